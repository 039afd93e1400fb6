import { setImmediate } from 'node:timers/promises';

/**
 * One read for all who wait for it: each gets what a read tells that began after they asked. While one is under way the next
 * ones gather, so its cost is shared by as many as come in that time, and there is never more than one.
 */

/**
 * Whoever asks in these turns of the event loop comes along. A loop that has nothing else to do turns in microseconds; one that is
 * busy brings more who ask with each, and the read, of which the most is waking another process, is shared by them all.
 */
const TURNS = 8;

export class JointRead<T> {
  readonly #read: () => Promise<T>;
  #next: Promise<T> | undefined;
  #underWay: Promise<unknown> | undefined;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  /** Rejects where that read did. */
  join(): Promise<T> {
    this.#next ??= this.#begin();
    return this.#next;
  }

  async #begin(): Promise<T> {
    await this.#underWay;
    for (let turn = 0; turn < TURNS; turn++) await setImmediate();
    this.#next = undefined;
    const reading = this.#read();
    this.#underWay = reading.catch(() => undefined);
    return reading;
  }
}
