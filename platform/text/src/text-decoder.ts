/**
 * Streaming decoding of files in UTF-8 or CP932 (Windows' Shift_JIS). An invalid byte is a failure that says where it
 * is, never U+FFFD: a name that is damaged must not pass as a name. A byte order mark is skipped; the seven symbols of
 * jis-symbols.ts come out the same from both encodings.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { decodeCp932 } from './cp932.ts';
import type { DecodedPart } from './decoded-part.ts';
import { unifyJisSymbols } from './jis-symbols.ts';
import { decodeUtf8 } from './utf8.ts';

/** The encodings that files come in. */
export type FileEncoding = 'utf-8' | 'cp932';

/** `invalid-byte`: the byte at the offset named in the detail begins nothing valid. `truncated-character`: the file ends in one. */
export type DecodeCode = 'invalid-byte' | 'truncated-character';

const DECODERS = { 'utf-8': decodeUtf8, cp932: decodeCp932 } as const;
const BYTE_ORDER_MARK = '\uFEFF';
const EMPTY = new Uint8Array(0);

/** A decoder of one file. After a failure it answers with that failure. */
export class FileTextDecoder {
  readonly #decode: (bytes: Uint8Array) => DecodedPart;
  #rest: Uint8Array = EMPTY;
  #offset = 0; // of the first byte of #rest in the file
  #isAtStart = true;
  #failure: Result<string, DecodeCode> | undefined;

  constructor(encoding: FileEncoding) {
    this.#decode = DECODERS[encoding];
  }

  /** The text of the next bytes; a character that they only begin waits for the next call. */
  write(chunk: Uint8Array): Result<string, DecodeCode> {
    if (this.#failure !== undefined) return this.#failure;
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const part = this.#decode(bytes);
    this.#offset += part.bytes;
    if (part.isInvalid) return this.#fail('invalid-byte', `invalid byte at offset ${this.#offset}`);
    this.#rest = Uint8Array.prototype.slice.call(bytes, part.bytes); // a copy: the caller may reuse the chunk
    return ok(unifyJisSymbols(this.#withoutMark(part.text)));
  }

  /** The end of the file: fails where it cuts a character. */
  end(): Result<string, DecodeCode> {
    if (this.#failure !== undefined) return this.#failure;
    if (this.#rest.length > 0) {
      return this.#fail('truncated-character', `character cut at offset ${this.#offset}`);
    }
    return ok('');
  }

  #withoutMark(text: string): string {
    if (!this.#isAtStart || text === '') return text;
    this.#isAtStart = false;
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  }

  #fail(code: DecodeCode, detail: string): Result<string, DecodeCode> {
    this.#failure = fail(code, detail);
    return this.#failure;
  }
}

/** The text of a whole file that is in memory. */
export function decodeFileText(bytes: Uint8Array, encoding: FileEncoding): Result<string, DecodeCode> {
  const decoder = new FileTextDecoder(encoding);
  const text = decoder.write(bytes);
  if (!text.ok) return text;
  const end = decoder.end();
  return end.ok ? text : end;
}
