/**
 * Frames that become ready in one turn of the event loop leave in one write. It costs no latency worth the name
 * (the check phase of the same turn) and saves a system call a frame.
 */
import type { Socket } from 'node:net';

export class BatchedOutput {
  readonly #socket: Socket;
  #frames: Buffer[] = [];
  #bytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Bytes that the peer has not taken yet. */
  get waitingBytes(): number {
    return this.#bytes + this.#socket.writableLength;
  }

  push(frame: Buffer): void {
    if (this.#frames.length === 0) setImmediate(() => this.flush());
    this.#frames.push(frame);
    this.#bytes += frame.length;
  }

  flush(): void {
    const frames = this.#frames;
    if (frames.length === 0) return;
    const [first] = frames;
    const all = frames.length === 1 && first ? first : Buffer.concat(frames, this.#bytes);
    this.#frames = [];
    this.#bytes = 0;
    if (this.#socket.writable) this.#socket.write(all);
  }
}
