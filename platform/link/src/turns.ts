/**
 * One at a time for each link, in the order of arrival: a second receipt of a link would only wait for the row's lock
 * and keep a connection meanwhile. The queue is bounded; who finds it full comes again.
 */

const WAITING_MAX = 16;

export class Turns {
  readonly #queues = new Map<number, { last: Promise<void>; length: number }>();

  /** Runs `work` after those before it with the same number; undefined at once where too many wait. */
  take<T>(id: number, work: () => Promise<T>): Promise<T> | undefined {
    const queue = this.#queues.get(id) ?? { last: Promise.resolve(), length: 0 };
    if (queue.length >= WAITING_MAX) return undefined;
    this.#queues.set(id, queue);
    queue.length++;
    const result = queue.last.then(work);
    queue.last = result.then(
      () => this.#leave(id, queue),
      () => this.#leave(id, queue),
    );
    return result;
  }

  #leave(id: number, queue: { length: number }): void {
    queue.length--;
    if (queue.length === 0) this.#queues.delete(id);
  }
}
