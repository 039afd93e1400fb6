/** Lets the same thing be told at most once in a while: what goes wrong every second is told once a minute. */
import type { Clock } from '@ishizue/clock';

export class Seldom {
  readonly #clock: Clock;
  readonly #pauseMs: number;
  readonly #toldAt = new Map<string, number>();

  constructor(clock: Clock, pauseMs: number) {
    this.#clock = clock;
    this.#pauseMs = pauseMs;
  }

  /** Calls `tell` unless it was called for the same key within the pause. Keys are few: sites. */
  tell(key: string, tell: () => void): void {
    const now = this.#clock.now();
    const before = this.#toldAt.get(key);
    if (before !== undefined && now - before < this.#pauseMs) return;
    this.#toldAt.set(key, now);
    tell();
  }
}
