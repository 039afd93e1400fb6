/**
 * How many frames too large for the small buffers (a whole CRL) may be received or signed at a time in the whole
 * process. It bounds the memory that clients can claim; who finds it full reads on when a place is free.
 */

const LARGE_FRAME_BYTES = 1024 * 1024;

export class LargeFrameGate {
  readonly #places: number;
  readonly #waiting = new Set<() => void>();
  #held = 0;

  constructor(places: number) {
    this.#places = places;
  }

  isLarge(bytes: number): boolean {
    return bytes > LARGE_FRAME_BYTES;
  }

  /** False where no place is free; `wake` is then called once, when one may be. */
  tryEnter(wake: () => void): boolean {
    if (this.#held < this.#places) {
      this.#held++;
      return true;
    }
    this.#waiting.add(wake);
    return false;
  }

  /** Wakes all that wait: one of them may be unable to go on, and whoever is too late waits again. */
  leave(): void {
    this.#held--;
    for (const wake of this.#waiting) setImmediate(wake);
    this.#waiting.clear();
  }

  forget(wake: () => void): void {
    this.#waiting.delete(wake);
  }
}
