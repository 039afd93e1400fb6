/**
 * A PKCS#11 token as the signer uses it: threads with a session each, which take what waits in turn, so that a call that
 * blocks keeps nobody else waiting. What waits is bounded in number and in time. A token that went away is answered
 * `signer-unavailable`; once all sessions are closed the library is begun anew, at most once a second, until it is back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok, type Result } from '@ishizue/outcome';
import { refuse, type SignerResult, type SignerStartCode } from '../signer-code.ts';
import { type TokenAlgorithm, tokenInput, tokenSignature } from './token-algorithm.ts';
import type { TokenFaultCode, TokenKeyPair, TokenPlace, TokenReply, TokenRequest } from './token-messages.ts';
import { TokenThread } from './token-worker.ts';

export interface TokenOptions extends TokenPlace {
  /** Sessions at a time, 1 to 16; 2 where nothing is said. */
  readonly sessions?: number;
  /** How long somebody waits for the token at most. */
  readonly waitMsMax?: number;
}

const SESSIONS = 2;
const WAITING_MAX = 1_024;
const WAIT_MS_MAX = 30_000;
const RETRY_MS = 1_000;
const CLOSE_MS_MAX = 2_000;

type Work = Extract<TokenRequest, { ask: 'generate' | 'sign' }>;

interface Job {
  readonly work: Work;
  readonly settle: (reply: TokenReply) => void;
}

const AWAY: TokenReply = { ok: false, code: 'token-away', detail: 'the token is away' };

export class Token {
  readonly #threads: readonly TokenThread[];
  readonly #waitMsMax: number;
  #waiting: Job[] = [];
  #isOpen = true;
  /** Opening or closing all sessions. */
  #changing: Promise<void> | undefined;
  #retryAt = 0;

  private constructor(threads: readonly TokenThread[], waitMsMax: number) {
    this.#threads = threads;
    this.#waitMsMax = waitMsMax;
  }

  /** Logs in with every session; the first fault refuses. */
  static async open({
    sessions = SESSIONS,
    waitMsMax = WAIT_MS_MAX,
    ...place
  }: TokenOptions): Promise<Result<Token, SignerStartCode>> {
    const token = new Token(
      Array.from({ length: sessions }, () => new TokenThread(place)),
      waitMsMax,
    );
    const fault = await token.#openAll();
    if (!fault) return ok(token);
    await token.close();
    return fail(startCode(fault.code), fault.detail);
  }

  /** A key pair made in the token, or the one of that label that is there already. */
  async generate(algorithm: TokenAlgorithm, label: string): Promise<SignerResult<TokenKeyPair>> {
    const reply = await this.#ask({ ask: 'generate', algorithm, label });
    if (!reply.ok) return refusalOf(reply);
    if (reply.value === undefined || reply.value instanceof Uint8Array)
      throw new Error('a thread gave no key pair');
    return ok(reply.value);
  }

  /** The signature over a hash by the key of an id, as it stands in certificates. */
  async sign(algorithm: TokenAlgorithm, id: Buffer, hash: Buffer): Promise<SignerResult<Buffer>> {
    const reply = await this.#ask({ ask: 'sign', algorithm, id, input: tokenInput(algorithm, hash) });
    if (!reply.ok) return refusalOf(reply);
    if (!(reply.value instanceof Uint8Array)) throw new Error('a thread gave no signature');
    return ok(tokenSignature(algorithm, Buffer.from(reply.value)));
  }

  async close(): Promise<void> {
    this.#retryAt = Number.POSITIVE_INFINITY;
    this.#isOpen = false;
    this.#refuseWaiting();
    await Promise.race([this.#finishAll(), sleep(CLOSE_MS_MAX, undefined, { ref: false })]);
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  #ask(work: Work): Promise<TokenReply> {
    if (this.#waiting.length >= WAITING_MAX)
      return Promise.resolve({ ok: false, code: 'token-away', detail: `${WAITING_MAX} wait for the token` });
    return new Promise((resolve) => {
      const deadline = setTimeout(() => {
        this.#waiting = this.#waiting.filter((each) => each !== job);
        resolve({ ok: false, code: 'token-away', detail: 'the token does not answer' });
      }, this.#waitMsMax);
      const settle = (reply: TokenReply): void => {
        clearTimeout(deadline);
        resolve(reply);
      };
      const job: Job = { work, settle };
      this.#waiting.push(job);
      this.#go();
    });
  }

  /** Gives what waits to threads that have nothing to do, or opens what is closed. */
  #go(): void {
    if (this.#changing || this.#waiting.length === 0) return;
    if (!this.#isOpen) return this.#reopen();
    for (const thread of this.#threads) {
      if (thread.isBusy) continue;
      const job = this.#waiting.shift();
      if (!job) return;
      void this.#run(thread, job);
    }
  }

  async #run(thread: TokenThread, job: Job): Promise<void> {
    const reply = await thread.ask(job.work);
    job.settle(reply);
    if (!reply.ok && reply.code !== 'token-key-differs') this.#closeAll();
    this.#go();
  }

  #reopen(): void {
    if (performance.now() < this.#retryAt) return this.#refuseWaiting();
    this.#changing = this.#openAgain();
  }

  async #openAgain(): Promise<void> {
    const fault = await this.#openAll();
    this.#changing = undefined;
    this.#isOpen = !fault;
    if (fault) {
      // a PIN that was refused once would soon lock the token
      const isLast = fault.code === 'token-pin-wrong';
      this.#retryAt = isLast ? Number.POSITIVE_INFINITY : performance.now() + RETRY_MS;
      this.#refuseWaiting();
    }
    this.#go();
  }

  async #openAll(): Promise<{ readonly code: TokenFaultCode; readonly detail: string } | undefined> {
    // one after another: the first initializes the library, and a wrong PIN is tried once only
    for (const thread of this.#threads) {
      const reply = await thread.ask({ ask: 'open' });
      if (!reply.ok) return reply;
    }
    return undefined;
  }

  #closeAll(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#retryAt = 0;
    this.#changing = this.#closeAndGo();
  }

  async #closeAndGo(): Promise<void> {
    await this.#finishAll();
    this.#changing = undefined;
    this.#go();
  }

  async #finishAll(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.idle()));
    for (const thread of this.#threads) await thread.ask({ ask: 'close' });
    await this.#threads[0]?.ask({ ask: 'finalize' });
  }

  #refuseWaiting(): void {
    const refused = this.#waiting;
    this.#waiting = [];
    for (const { settle } of refused) settle(AWAY);
  }
}

const refusalOf = ({ code, detail }: Extract<TokenReply, { ok: false }>): SignerResult<never> =>
  code === 'token-key-differs'
    ? refuse('key-differs', detail)
    : refuse('signer-unavailable', `${code}: ${detail}`);

/** At the start there is nothing yet that could have gone away. */
const startCode = (code: TokenFaultCode): SignerStartCode =>
  code === 'token-key-differs' || code === 'token-key-missing' ? 'token-away' : code;
