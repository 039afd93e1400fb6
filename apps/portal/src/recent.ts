/**
 * An answer that is kept for a moment: however many visitors look at the page, what it shows is asked for once in that
 * time, and by one question at a time.
 */
import type { Clock } from '@ishizue/clock';

export class Recent<T> {
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #ask: () => Promise<T>;
  #kept: { readonly at: number; readonly answer: Promise<T> } | undefined;

  constructor(clock: Clock, keepMs: number, ask: () => Promise<T>) {
    this.#clock = clock;
    this.#keepMs = keepMs;
    this.#ask = ask;
  }

  /** The answer, at most `keepMs` old. A failure is not kept. */
  get(): Promise<T> {
    const now = this.#clock.now();
    // a clock that was set back must not keep an answer for longer
    if (this.#kept !== undefined && Math.abs(now - this.#kept.at) < this.#keepMs) return this.#kept.answer;
    const kept = { at: now, answer: this.#ask() };
    this.#kept = kept;
    kept.answer.catch(() => {
      if (this.#kept === kept) this.#kept = undefined;
    });
    return kept.answer;
  }

  /** Something changed: the next to ask gets a new answer. */
  forget(): void {
    this.#kept = undefined;
  }
}
