/**
 * Frames that become ready in one turn of the event loop leave in one write: it costs no latency worth the name (the check
 * phase of the same turn) and saves a system call a frame. Whoever knows that more are to come lets frames wait for as many as
 * that, and never long: each write wakes the other side, and what wakes together is worked on together, down to the caller's
 * caller (docs/flows/issue-rates.md).
 */
import type { Writable } from 'node:stream';

const COMPANY_MAX = 16;
/** Well above what that many signatures take; what is to come may also be a key that takes seconds to make. */
const COMPANY_MS_MAX = 5;

export class BatchedOutput {
  readonly #socket: Writable;
  #frames: Buffer[] = [];
  #bytes = 0;
  #leaving: NodeJS.Immediate | undefined;
  #waiting: NodeJS.Timeout | undefined;

  constructor(socket: Writable) {
    this.#socket = socket;
  }

  /** Bytes that the peer has not taken yet. */
  get waitingBytes(): number {
    return this.#bytes + this.#socket.writableLength;
  }

  /** @param stillToCome how many frames like this one are under way; none for one that must not wait */
  push(frame: Buffer, stillToCome = 0): void {
    this.#frames.push(frame);
    this.#bytes += frame.length;
    if (this.#frames.length >= Math.min(stillToCome, COMPANY_MAX))
      this.#leaving ??= setImmediate(() => this.flush());
    else this.#waiting ??= setTimeout(() => this.flush(), COMPANY_MS_MAX);
  }

  flush(): void {
    clearImmediate(this.#leaving);
    clearTimeout(this.#waiting);
    this.#leaving = undefined;
    this.#waiting = undefined;
    const frames = this.#frames;
    if (frames.length === 0) return;
    const [first] = frames;
    const all = frames.length === 1 && first ? first : Buffer.concat(frames, this.#bytes);
    this.#frames = [];
    this.#bytes = 0;
    if (this.#socket.writable) this.#socket.write(all);
  }
}
