/**
 * An answer that is kept for a moment: however many visitors look at the page, what it shows is asked for once in that
 * time, and by one question at a time.
 */
import type { Clock } from '@ishizue/clock';

interface Kept<T> {
  readonly answer: Promise<T>;
  /** Undefined while the question is under way. */
  answeredAt?: number;
}

export class Recent<T> {
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #ask: () => Promise<T>;
  #kept: Kept<T> | undefined;

  constructor(clock: Clock, keepMs: number, ask: () => Promise<T>) {
    this.#clock = clock;
    this.#keepMs = keepMs;
    this.#ask = ask;
  }

  /** The answer, at most `keepMs` old. A failure is not kept. */
  get(): Promise<T> {
    if (this.#kept === undefined || this.#isOld(this.#kept)) this.#kept = this.#begin();
    return this.#kept.answer;
  }

  /** Something changed: the next to ask gets a new answer. */
  forget(): void {
    this.#kept = undefined;
  }

  // a clock that was set back must not keep an answer for longer
  #isOld({ answeredAt }: Kept<T>): boolean {
    return answeredAt !== undefined && Math.abs(this.#clock.now() - answeredAt) >= this.#keepMs;
  }

  #begin(): Kept<T> {
    const kept: Kept<T> = { answer: this.#ask() };
    void this.#watch(kept);
    return kept;
  }

  async #watch(kept: Kept<T>): Promise<void> {
    try {
      await kept.answer;
      kept.answeredAt = this.#clock.now();
    } catch {
      // whoever asked is told by the answer itself
      if (this.#kept === kept) this.#kept = undefined;
    }
  }
}
