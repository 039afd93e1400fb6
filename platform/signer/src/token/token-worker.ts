/** The signer's side of a thread that holds a session: one request at a time, and its reply. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { TokenPlace, TokenReply, TokenRequest } from './token-messages.ts';

export class TokenThread {
  readonly #worker: Worker;
  #underWay: Promise<TokenReply> | undefined;

  constructor(place: TokenPlace) {
    this.#worker = new Worker(new URL('./token-thread.ts', import.meta.url), { workerData: place });
    this.#worker.unref();
  }

  get isBusy(): boolean {
    return this.#underWay !== undefined;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#underWay;
  }

  /** Asks what may only be asked while nothing is under way. */
  ask(request: TokenRequest): Promise<TokenReply> {
    if (this.#underWay) throw new Error('a thread of the token was asked twice');
    const reply = this.#ask(request);
    this.#underWay = reply;
    return reply;
  }

  async #ask(request: TokenRequest): Promise<TokenReply> {
    this.#worker.ref();
    try {
      const answered = once(this.#worker, 'message');
      this.#worker.postMessage(request, []);
      const [reply] = (await answered) as [TokenReply];
      return reply;
    } catch (error) {
      return {
        ok: false,
        code: 'token-away',
        detail: error instanceof Error ? error.name : 'the thread ended',
      };
    } finally {
      this.#underWay = undefined;
      this.#worker.unref();
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
