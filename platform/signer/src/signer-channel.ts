/**
 * The client's connection: frames out, answers matched by request id, a bounded window in flight and a bounded queue
 * behind it, and the connecting again. A lost connection fails what was in flight and what waited; the caller
 * decides what to repeat.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ok } from '@ishizue/outcome';
import { BatchedOutput } from './batched-output.ts';
import { encodeFrame, FRAME_HEADER_BYTES, type Frame, FrameReader } from './frame.ts';
import {
  ANSWER_BYTES_MAX,
  ANSWER_OK,
  ANSWER_REFUSED,
  type Answers,
  type OperationName,
  operations,
  type Requests,
  refusal,
} from './operations.ts';
import { refuse, type SignerRequestCode, type SignerResult } from './signer-code.ts';
import { decode, FieldRangeError } from './wire.ts';

export interface ChannelOptions {
  /** How long `connect` tries before it gives up: 5,000. */
  readonly connectMsMax?: number;
  /** How long an answer may take: 60,000; the generation of a long RSA key is the slowest. */
  readonly answerMsMax?: number;
}

const WINDOW = 256; // what the signer takes in one connection before it stops reading
const QUEUE_MAX = 16_384;
const QUEUE_BYTES_MAX = 256 * 1024 * 1024;
const PAUSE_MS_MIN = 20;
const PAUSE_MS_MAX = 2_000;
const REQUEST_IDS = 2 ** 32;
const TIMEOUT_CHECK_MS = 500;

/** One request until its answer; an undefined frame is the failure of that code. */
interface Pending {
  readonly startedAt: number;
  readonly settle: (frame: Frame | undefined, code?: SignerRequestCode) => void;
}

interface Queued {
  readonly id: number;
  readonly frame: Buffer;
  readonly pending: Pending;
}

export class SignerChannel {
  readonly #path: string;
  readonly #answerMsMax: number;
  readonly #timeoutCheck: NodeJS.Timeout;
  readonly #inFlight = new Map<number, Pending>(); // in the order of sending, so the first is the oldest
  readonly #queue = new FrameQueue();
  #nextId = 0;
  #connection: { readonly socket: Socket; readonly output: BatchedOutput } | undefined;
  #retry: NodeJS.Timeout | undefined;
  #pauseMs = PAUSE_MS_MIN;
  #closing = false;
  #whenIdle: (() => void) | undefined;

  private constructor(path: string, answerMsMax: number) {
    this.#path = path;
    this.#answerMsMax = answerMsMax;
    this.#timeoutCheck = setInterval(() => this.#expire(), TIMEOUT_CHECK_MS).unref();
  }

  static async open(path: string, options: ChannelOptions): Promise<SignerResult<SignerChannel>> {
    const channel = new SignerChannel(path, options.answerMsMax ?? 60_000);
    const deadline = Date.now() + (options.connectMsMax ?? 5_000);
    while (!(await channel.#connect())) {
      if (Date.now() >= deadline) {
        await channel.close();
        return refuse('signer-unavailable', 'nobody answers on the socket');
      }
      await sleep(channel.#nextPauseMs());
    }
    return ok(channel);
  }

  /** Sends a request; resolves with its answer, and never rejects. */
  ask<Name extends OperationName>(name: Name, request: Requests[Name]): Promise<SignerResult<Answers[Name]>> {
    if (!this.#connection || this.#closing)
      return Promise.resolve(refuse('signer-unavailable', 'not connected'));
    const operation = operations[name];
    const id = this.#takeId();
    let frame: Buffer;
    try {
      frame = encodeFrame(id, operation.number, operation.request, request);
    } catch (error) {
      if (error instanceof FieldRangeError) return Promise.resolve(refuse('request-invalid', error.message));
      throw error;
    }
    if (frame.length - FRAME_HEADER_BYTES > operation.requestBytesMax) {
      return Promise.resolve(refuse('request-invalid', `over ${operation.requestBytesMax} bytes`));
    }
    return new Promise((resolve) => {
      const settle: Pending['settle'] = (answer, code = 'signer-unavailable') => {
        const outcome = answer ? readAnswer(name, answer) : refuse(code, 'no answer came');
        if (outcome) return resolve(outcome);
        this.#connection?.socket.destroy();
        resolve(refuse('signer-unavailable', 'the answer was malformed'));
      };
      this.#send({ id, frame, pending: { startedAt: Date.now(), settle } });
    });
  }

  /** Waits for what is in flight, then disconnects. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#inFlight.size > 0) await new Promise<void>((resolve) => (this.#whenIdle = resolve));
    clearTimeout(this.#retry);
    clearInterval(this.#timeoutCheck);
    this.#connection?.socket.destroy();
    this.#connection = undefined;
  }

  #send(queued: Queued): void {
    if (this.#inFlight.size < WINDOW) this.#transmit(queued);
    else if (!this.#queue.push(queued)) queued.pending.settle(undefined, 'signer-busy');
  }

  #transmit({ id, frame, pending }: Queued): void {
    this.#inFlight.set(id, pending);
    this.#connection?.output.push(frame);
  }

  #settleOne(id: number, frame: Frame | undefined, code?: SignerRequestCode): void {
    const pending = this.#inFlight.get(id);
    if (!pending) return; // its time was up
    this.#inFlight.delete(id);
    const next = this.#queue.shift();
    if (next) this.#transmit(next);
    pending.settle(frame, code);
    if (this.#inFlight.size === 0) this.#whenIdle?.();
  }

  #connect(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.#path);
      socket.once('error', () => {
        socket.destroy();
        resolve(false); // of no effect once connected
      });
      socket.once('connect', () => {
        this.#attach(socket);
        resolve(true);
      });
    });
  }

  #attach(socket: Socket): void {
    const reader = new FrameReader({ bodyBytesMax: () => ANSWER_BYTES_MAX });
    this.#connection = { socket, output: new BatchedOutput(socket) };
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk);
      for (let frame = reader.next(); frame; frame = reader.next()) {
        if ('fault' in frame) return void socket.destroy();
        this.#pauseMs = PAUSE_MS_MIN;
        this.#settleOne(frame.requestId, frame);
      }
    });
    socket.on('error', () => undefined); // the close follows
    socket.on('close', () => this.#lost(socket));
  }

  #lost(socket: Socket): void {
    if (this.#connection?.socket !== socket) return;
    this.#connection = undefined;
    const lost = [...this.#inFlight.values(), ...this.#queue.clear()];
    this.#inFlight.clear();
    for (const pending of lost) pending.settle(undefined);
    this.#whenIdle?.();
    if (!this.#closing) this.#reconnectLater();
  }

  #reconnectLater(): void {
    this.#retry = setTimeout(() => void this.#reconnect(), this.#nextPauseMs());
  }

  async #reconnect(): Promise<void> {
    const connected = await this.#connect();
    if (this.#closing) this.#connection?.socket.destroy();
    else if (!connected) this.#reconnectLater();
  }

  /** The pause before the next attempt: doubled each time, and shortened at random so that clients spread. */
  #nextPauseMs(): number {
    const pause = this.#pauseMs;
    this.#pauseMs = Math.min(pause * 2, PAUSE_MS_MAX);
    return pause * (0.5 + Math.random() / 2);
  }

  #takeId(): number {
    this.#nextId = (this.#nextId + 1) % REQUEST_IDS;
    return this.#nextId;
  }

  #expire(): void {
    const limit = Date.now() - this.#answerMsMax;
    for (const [id, pending] of this.#inFlight) {
      if (pending.startedAt > limit) return;
      this.#settleOne(id, undefined, 'signer-timeout');
    }
  }
}

/** What waits behind the window, first in first out. */
class FrameQueue {
  #items: Queued[] = [];
  #head = 0;
  #bytes = 0;

  /** False where there is no room. */
  push(queued: Queued): boolean {
    const bytes = this.#bytes + queued.frame.length;
    if (this.#items.length - this.#head >= QUEUE_MAX || bytes > QUEUE_BYTES_MAX) return false;
    this.#items.push(queued);
    this.#bytes = bytes;
    return true;
  }

  shift(): Queued | undefined {
    const queued = this.#items[this.#head];
    if (!queued) return undefined;
    this.#head++;
    this.#bytes -= queued.frame.length;
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return queued;
  }

  clear(): Pending[] {
    const left = this.#items.slice(this.#head).map(({ pending }) => pending);
    this.#items = [];
    this.#head = 0;
    this.#bytes = 0;
    return left;
  }
}

/** Undefined where the frame holds no answer to that operation. */
function readAnswer<Name extends OperationName>(
  name: Name,
  frame: Frame,
): SignerResult<Answers[Name]> | undefined {
  if (frame.kind === ANSWER_OK) {
    const answer = decode(operations[name].answer, frame.body);
    return answer && ok(answer.value);
  }
  const refused = frame.kind === ANSWER_REFUSED ? decode(refusal, frame.body) : undefined;
  return refused && refuse(refused.value.code, refused.value.detail);
}
