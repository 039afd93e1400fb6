/**
 * Frames on the socket: `u32 length | u32 request id | u8 kind | body`, big-endian, where the length counts what
 * follows it. The kind is the operation in a request and the status in an answer (PROTOCOL.md). A frame's length
 * is checked against the limit of its kind before a byte of its body is kept.
 */
import { ByteWriter, type Codec } from './wire.ts';

const LENGTH_BYTES = 4;
export const FRAME_HEADER_BYTES = 9;

export interface Frame {
  readonly requestId: number;
  readonly kind: number;
  readonly body: Buffer;
}

/** A header that cannot be served; the connection ends after it, because where the next frame starts is unknown. */
export interface FrameFault {
  readonly requestId: number;
  readonly fault: 'frame-malformed' | 'frame-too-large' | 'operation-unknown';
}

/** The frame of a value. */
export function encodeFrame<T>(requestId: number, kind: number, codec: Codec<T>, value: T): Buffer {
  const writer = new ByteWriter(FRAME_HEADER_BYTES);
  codec.write(writer, value);
  const frame = writer.finish();
  frame.writeUInt32BE(frame.length - LENGTH_BYTES, 0);
  frame.writeUInt32BE(requestId, 4);
  frame.writeUInt8(kind, 8);
  return frame;
}

export interface FrameReaderOptions {
  /** The largest body of a kind in bytes; undefined for a kind that does not exist. */
  readonly bodyBytesMax: (kind: number) => number | undefined;
}

/** Cuts what arrives into frames. Bodies share memory with the chunk when they lie in one. */
export class FrameReader {
  readonly #options: FrameReaderOptions;
  #chunk: Buffer = Buffer.alloc(0);
  #header: Omit<Frame, 'body'> = { requestId: 0, kind: 0 };
  #body: Buffer | undefined; // being collected over several chunks
  #filled = 0;

  constructor(options: FrameReaderOptions) {
    this.#options = options;
  }

  /** True between the first byte of a frame and its last. */
  get partial(): boolean {
    return this.#body !== undefined || this.#chunk.length > 0;
  }

  push(chunk: Buffer): void {
    this.#chunk = this.#chunk.length === 0 ? chunk : Buffer.concat([this.#chunk, chunk]);
    if (this.#body) this.#fill(this.#body);
  }

  next(): Frame | FrameFault | undefined {
    if (this.#body) return this.#finishBody(this.#body);
    const chunk = this.#chunk;
    if (chunk.length < FRAME_HEADER_BYTES) return undefined;
    const bodyBytes = chunk.readUInt32BE(0) + LENGTH_BYTES - FRAME_HEADER_BYTES;
    const requestId = chunk.readUInt32BE(4);
    const kind = chunk.readUInt8(8);
    if (bodyBytes < 0) return { requestId, fault: 'frame-malformed' };
    const max = this.#options.bodyBytesMax(kind);
    if (max === undefined) return { requestId, fault: 'operation-unknown' };
    if (bodyBytes > max) return { requestId, fault: 'frame-too-large' };

    const end = FRAME_HEADER_BYTES + bodyBytes;
    if (chunk.length >= end) {
      this.#chunk = chunk.subarray(end);
      return { requestId, kind, body: chunk.subarray(FRAME_HEADER_BYTES, end) };
    }
    this.#header = { requestId, kind };
    this.#body = Buffer.allocUnsafe(bodyBytes);
    this.#filled = 0;
    this.#chunk = chunk.subarray(FRAME_HEADER_BYTES);
    this.#fill(this.#body);
    return undefined;
  }

  #fill(body: Buffer): void {
    const taken = Math.min(body.length - this.#filled, this.#chunk.length);
    body.set(this.#chunk.subarray(0, taken), this.#filled);
    this.#filled += taken;
    this.#chunk = this.#chunk.subarray(taken);
  }

  #finishBody(body: Buffer): Frame | undefined {
    if (this.#filled < body.length) return undefined;
    this.#body = undefined;
    return { ...this.#header, body };
  }
}
