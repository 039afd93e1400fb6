/**
 * Looks at pictures in a thread of its own, so that one that is broken, huge or endless stops nothing: it has so long, and
 * then the thread is ended and another one begun. One picture at a time; others wait, up to a bound. There the photos of
 * chips are made and made visible too; a desk that nobody asks has no thread.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { fail, type Result } from '@ishizue/outcome';
import type { MeasuredPicture } from './measure-picture.ts';
import type { PhotoAsk, PhotoReply, PhotoTasks } from './photo-messages.ts';
import { type PictureFailure, tooLarge } from './picture/picture-failure.ts';
import { BYTES_MAX } from './picture/picture-header.ts';

export interface PhotoDeskOptions {
  /** How long one picture may take. */
  readonly timeoutMs?: number;
  /** How many may wait. */
  readonly waitingMax?: number;
}

const HEAP_MB_MAX = 768;

export class PhotoDesk {
  readonly #timeoutMs: number;
  readonly #waitingMax: number;
  #thread: Worker | undefined;
  #waiting = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ timeoutMs = 30_000, waitingMax = 16 }: PhotoDeskOptions = {}) {
    this.#timeoutMs = timeoutMs;
    this.#waitingMax = waitingMax;
  }

  /** Measures a picture and gives the one that may be kept. The bytes are copied. */
  look(bytes: Uint8Array): Promise<Result<MeasuredPicture, PictureFailure>> {
    return this.#inTurn('look', bytes);
  }

  /** The photo for a chip (JP2, at most 16,384 octets) of a photograph that was kept: the same octets of the same photograph. */
  makeChipPhoto(jpeg: Uint8Array): Promise<Result<Uint8Array, PictureFailure>> {
    return this.#inTurn('make-chip-photo', jpeg);
  }

  /** A PNG of the photo that was read from a chip (JP2 or a bare codestream of JPEG 2000), for a screen. */
  showChipPhoto(photo: Uint8Array): Promise<Result<Uint8Array, PictureFailure>> {
    return this.#inTurn('show-chip-photo', photo);
  }

  async #inTurn<Task extends keyof PhotoTasks>(
    task: Task,
    bytes: Uint8Array,
  ): Promise<Result<PhotoTasks[Task], PictureFailure>> {
    if (bytes.length > BYTES_MAX) return tooLarge(`more than ${BYTES_MAX} octets`);
    if (this.#waiting >= this.#waitingMax) return fail('pictures-busy', 'too many pictures wait');
    this.#waiting += 1;
    const mine = this.#turn.then(() => this.#ask({ task, bytes }));
    this.#turn = mine;
    try {
      return (await mine) as PhotoReply<Task>;
    } finally {
      this.#waiting -= 1;
    }
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#thread?.terminate();
    this.#thread = undefined;
  }

  #begin(): Worker {
    const thread = new Worker(new URL('./photo-thread.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
    });
    thread.on('error', () => undefined); // it exits after that
    thread.on('exit', () => {
      if (this.#thread === thread) this.#thread = undefined;
    });
    return thread;
  }

  async #ask(ask: PhotoAsk): Promise<PhotoReply> {
    const thread = (this.#thread ??= this.#begin());
    thread.ref();
    const reply = await answerOf(thread, ask, this.#timeoutMs);
    thread.unref();
    if (reply) return reply;
    this.#thread = undefined;
    await thread.terminate();
    return fail('picture-too-slow', 'the picture took too long, or too much memory');
  }
}

/** The thread's answer; undefined where it took too long or ended. */
async function answerOf(thread: Worker, ask: PhotoAsk, timeoutMs: number): Promise<PhotoReply | undefined> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), timeoutMs);
  const ended = once(thread, 'exit', { signal: giveUp.signal }).then(() => undefined);
  try {
    const answered = once(thread, 'message', { signal: giveUp.signal });
    thread.postMessage(ask, []);
    const [reply] = (await Promise.race([answered, ended])) ?? [];
    return reply as PhotoReply | undefined;
  } catch {
    return undefined; // given up, or the thread has failed
  } finally {
    clearTimeout(timer);
    giveUp.abort();
    await ended.catch(() => undefined);
  }
}
