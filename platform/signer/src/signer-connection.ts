/**
 * One client's connection on the signer's side: takes frames while there is room, answers them in whatever order they
 * finish, and stops reading when too much is under way or the client does not read its answers. A malformed frame is
 * answered with its code and ends the connection; nothing a client sends throws out of here.
 */
import type { Socket } from 'node:net';
import { BatchedOutput } from './batched-output.ts';
import { encodeFrame, type Frame, type FrameFault, FrameReader } from './frame.ts';
import { ANSWER_REFUSED, operationNumbered, operations, refusal } from './operations.ts';

const IN_FLIGHT_MAX = 256;
const IN_FLIGHT_BYTES_MAX = 4 * 1024 * 1024; // beyond it one more frame may start
const OUTPUT_BYTES_MAX = 1024 * 1024;
const STALLED_MS = 30_000;
const LINGER_MS = 1_000; // for the peer to read the last answers and close

export interface ConnectionOptions {
  /** The answer's frame, undefined for a body that is malformed. Never rejects. */
  readonly answer: (frame: Frame) => Buffer | Promise<Buffer> | undefined;
  readonly onClose: () => void;
  readonly onFault: (fault: FrameFault) => void;
}

export class SignerConnection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #reader: FrameReader;
  readonly #output: BatchedOutput;
  readonly #wake = (): void => this.#pump();
  #inFlight = 0;
  #inFlightBytes = 0;
  #ending = false;
  #closed = false;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#output = new BatchedOutput(socket);
    this.#reader = new FrameReader({
      bodyBytesMax: (kind) => {
        const name = operationNumbered(kind);
        return name && operations[name].requestBytesMax;
      },
    });
    socket.on('data', (chunk: Buffer) => {
      if (this.#ending) return; // read on and forget: closing over unread bytes would reset the peer
      this.#reader.push(chunk);
      this.#pump();
    });
    socket.on('drain', this.#wake);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#onClose());
    socket.setTimeout(STALLED_MS, () => this.#onSilence());
  }

  /** Takes no more requests, finishes those under way, then ends the connection. */
  end(): void {
    this.#ending = true;
    this.#socket.resume();
    if (this.#inFlight === 0) this.#finish();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #hasRoom(): boolean {
    return (
      this.#inFlight < IN_FLIGHT_MAX &&
      this.#inFlightBytes < IN_FLIGHT_BYTES_MAX &&
      this.#output.waitingBytes < OUTPUT_BYTES_MAX
    );
  }

  #pump(): void {
    while (!this.#ending && !this.#closed) {
      if (!this.#hasRoom()) {
        this.#socket.pause();
        return;
      }
      const frame = this.#reader.next();
      if (frame === undefined) {
        this.#socket.resume();
        return;
      }
      if ('fault' in frame) this.#refuseFault(frame);
      else this.#take(frame);
    }
  }

  #take(frame: Frame): void {
    const bytes = frame.body.length;
    this.#inFlight++;
    this.#inFlightBytes += bytes;
    const answer = this.#options.answer(frame);
    if (answer === undefined) {
      this.#done(bytes);
      this.#refuseFault({ requestId: frame.requestId, fault: 'frame-malformed' });
    } else if (answer instanceof Promise)
      void answer.then((ready) => this.#answered(ready, bytes, this.#inFlight - 1));
    else this.#answered(answer, bytes);
  }

  /** What took no time leaves at once; what was signed may wait for others that are being signed. */
  #answered(answer: Buffer, bytes: number, stillToCome = 0): void {
    const wasFull = !this.#hasRoom();
    this.#done(bytes);
    if (this.#closed) return;
    this.#output.push(answer, stillToCome);
    if (this.#ending) {
      if (this.#inFlight === 0) this.#finish();
    } else if (wasFull) setImmediate(this.#wake);
  }

  #done(bytes: number): void {
    this.#inFlight--;
    this.#inFlightBytes -= bytes;
  }

  #refuseFault(fault: FrameFault): void {
    this.#options.onFault(fault);
    const told = { code: fault.fault, detail: 'the connection is closed' };
    this.#output.push(encodeFrame(fault.requestId, ANSWER_REFUSED, refusal, told));
    this.end();
  }

  #finish(): void {
    this.#output.flush();
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }

  /** An idle client is welcome; half a frame, or answers that nobody reads, are not. */
  #onSilence(): void {
    if (this.#inFlight > 0) return;
    if (this.#reader.partial || this.#output.waitingBytes > 0) this.#socket.destroy();
  }

  #onClose(): void {
    this.#closed = true;
    this.#options.onClose();
  }
}
