/**
 * Streamed uploads: the body is handed to the route as bytes while they arrive, never whole. Back-pressure is the
 * stream's own: what the handler does not read is not received. Bytes and line lengths are bounded.
 */
import type { Readable } from 'node:stream';

/** A body that is streamed: which media types, and how many bytes at most. */
export class Upload {
  readonly mediaTypes: readonly [string, ...string[]];
  readonly bytesMax: number;

  constructor(mediaTypes: readonly [string, ...string[]], bytesMax: number) {
    this.mediaTypes = mediaTypes;
    this.bytesMax = bytesMax;
  }
}

/** Declares the body of a route as streamed. */
export const upload = (options: {
  readonly mediaTypes: readonly [string, ...string[]];
  readonly bytesMax: number;
}): Upload => new Upload(options.mediaTypes, options.bytesMax);

/** More bytes came than the route takes, or a line is longer than it may be. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** The text of an upload cannot be decoded, or the client went away in the middle. */
export class BodyUnreadable extends Error {
  override readonly name = 'BodyUnreadable';
}

/**
 * The bytes of a stream, failing with `BodyTooLarge` past the limit. A handler that stops early leaves the stream
 * open: to destroy it would cut the connection before the client has its answer.
 */
export async function* boundedBytes(source: Readable, bytesMax: number): AsyncGenerator<Uint8Array, void> {
  let received = 0;
  for await (const chunk of source.iterator({ destroyOnReturn: false })) {
    if (!(chunk instanceof Uint8Array)) throw new Error('an upload stream gave something that is not bytes');
    received += chunk.length;
    if (received > bytesMax) throw new BodyTooLarge(`more than ${bytesMax} bytes`);
    yield chunk;
  }
}

/** Encodings in which a line feed never is part of another character. */
export type LineEncoding = 'utf-8' | 'shift_jis' | 'euc-jp';

/**
 * The lines of an upload without their ends (LF or CRLF); a byte order mark is dropped. Lines are cut by LF alone: a
 * format that quotes line feeds needs its own reader over the bytes.
 */
export async function* linesOf(
  source: AsyncIterable<Uint8Array>,
  options: { readonly encoding?: LineEncoding; readonly lineBytesMax?: number } = {},
): AsyncGenerator<string, void> {
  const lineBytesMax = options.lineBytesMax ?? 65_536;
  const textOf = lineDecoder(options.encoding ?? 'utf-8');
  let rest: Uint8Array = new Uint8Array(0);
  let first = true;
  const decode = (bytes: Uint8Array): string => {
    if (bytes.length > lineBytesMax) throw new BodyTooLarge(`a line has more than ${lineBytesMax} bytes`);
    const text = textOf(bytes);
    const line = first && text.startsWith('\uFEFF') ? text.slice(1) : text;
    first = false;
    return line;
  };
  for await (const chunk of source) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(10, rest.length); end >= 0; end = bytes.indexOf(10, start)) {
      yield decode(bytes.subarray(start, bytes[end - 1] === 13 && end > start ? end - 1 : end));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > lineBytesMax) throw new BodyTooLarge(`a line has more than ${lineBytesMax} bytes`);
  }
  if (rest.length > 0) yield decode(rest);
}

function lineDecoder(encoding: LineEncoding): (bytes: Uint8Array) => string {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return (bytes) => {
    try {
      return decoder.decode(bytes);
    } catch (error) {
      throw new BodyUnreadable(`a line is not ${encoding}`, { cause: error });
    }
  };
}
