/** Work that is done again and again, one run after the other: a run that takes long delays the next. */
import { setTimeout as sleep } from 'node:timers/promises';

export class Repeating {
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(pauseMs: number, work: () => Promise<void>, onError: (error: unknown) => void) {
    this.#running = this.#run(pauseMs, work, onError);
  }

  async #run(pauseMs: number, work: () => Promise<void>, onError: (error: unknown) => void): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        onError(error);
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }
}
