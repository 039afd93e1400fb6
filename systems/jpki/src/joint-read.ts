/**
 * One read for all who wait for it: each gets what a read tells that began after they asked. While one is under way the next
 * ones gather, so its cost is shared by as many as come in that time, and there is never more than one.
 */
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
    // whoever else asks in this turn of the event loop comes along
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#next = undefined;
    const reading = this.#read();
    this.#underWay = reading.catch(() => undefined);
    return reading;
  }
}
