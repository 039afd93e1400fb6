/**
 * A cursor over untrusted DER (X.690): definite, shortest lengths only, one-octet tags, bounded size and depth, never
 * a read past the end of the element it stands in, never a throw. The first defect sticks: from then on every read
 * answers something empty, `more()` is false, and `finish` hands back the failure. So parsers read straight down and
 * ask once, at the end. Slices alias the input, which must not change afterwards.
 */
import { type Failure, ok, type Result } from '@ishizue/outcome';
import type { X509FailureCode } from '../failure.ts';
import { isShortestInteger } from './integer.ts';
import { decodeOid } from './oid.ts';
import {
  BIT_STRING,
  BOOLEAN,
  ENUMERATED,
  GENERALIZED_TIME,
  INTEGER,
  NULL,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  SEQUENCE,
  UTC_TIME,
} from './tag.ts';
import { takeTime } from './time.ts';

/** Containers within containers that a reader follows; a certificate needs about 14. */
const DEPTH_MAX = 32;

const NOTHING = new Uint8Array(0);

export class DerReader {
  readonly #bytes: Uint8Array;
  /** The ends of the containers around the current one. */
  readonly #outerEnds: number[] = [];
  #offset = 0;
  #end: number;
  /** Where the content of the element met last ends. */
  #contentEnd = 0;
  #failure: Failure<X509FailureCode> | undefined;

  constructor(bytes: Uint8Array, bytesMax: number) {
    this.#bytes = bytes;
    this.#end = bytes.length;
    if (bytes.length > bytesMax) this.reject('too-large', `more than ${bytesMax} octets`);
  }

  /** The octet that comes next, counted from the start of the input. */
  get offset(): number {
    return this.#offset;
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Records a failure, unless there is one already. */
  reject(code: X509FailureCode, what: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = { code, detail: `${what}, at octet ${this.#offset}` };
    this.#offset = this.#end;
  }

  /** The value, if all of the input was read without a defect. */
  finish<T>(value: T): Result<T, X509FailureCode> {
    if (this.#failure === undefined && this.#outerEnds.length > 0)
      throw new Error('finished inside a container');
    if (this.#failure === undefined && this.#offset !== this.#bytes.length) {
      this.reject('trailing-data', 'octets after the end');
    }
    return this.#failure === undefined ? ok(value) : { ok: false, failure: this.#failure };
  }

  /** Whether the current container holds more. */
  more(): boolean {
    return this.#offset < this.#end;
  }

  /** The tag that comes next in the current container, 0 at its end. */
  peek(): number {
    return this.#offset < this.#end ? (this.#bytes[this.#offset] ?? 0) : 0;
  }

  /** Passes tag and length: the offset of the content, or -1. `tag` 0 takes any tag. */
  #passHeader(tag: number): number {
    const bytes = this.#bytes;
    const at = this.#offset;
    if (at + 2 > this.#end) return this.#refuse('truncated', 'an element');
    const found = bytes[at] ?? 0;
    if (tag === 0 ? (found & 0x1f) === 0x1f || found === 0 : found !== tag) {
      return this.#refuse('unexpected-tag', `tag ${found.toString(16)} for ${tag.toString(16)}`);
    }
    let length = bytes[at + 1] ?? 0;
    let start = at + 2;
    if (length >= 0x80) {
      const octets = length & 0x7f;
      if (octets === 0 || octets > 4) return this.#refuse('length-invalid', 'a length');
      if (start + octets > this.#end) return this.#refuse('truncated', 'a length');
      length = 0;
      for (let next = start; next < start + octets; next++) length = length * 256 + (bytes[next] ?? 0);
      if (length < (octets === 1 ? 0x80 : 2 ** (8 * (octets - 1)))) {
        return this.#refuse('length-invalid', 'a length');
      }
      start += octets;
    }
    if (length > this.#end - start) return this.#refuse('truncated', 'the content');
    this.#contentEnd = start + length;
    return start;
  }

  #refuse(code: X509FailureCode, what: string): -1 {
    this.reject(code, what);
    return -1;
  }

  /** Goes into a container: a constructed element, or an OCTET STRING that holds DER. */
  enter(tag: number): void {
    const start = this.#passHeader(tag);
    if (start < 0) return;
    if (this.#outerEnds.length >= DEPTH_MAX) {
      this.reject('too-deep', `more than ${DEPTH_MAX} containers`);
      return;
    }
    this.#outerEnds.push(this.#end);
    this.#offset = start;
    this.#end = this.#contentEnd;
  }

  /** Leaves the current container, all of which must have been read. */
  leave(): void {
    if (this.#failure !== undefined) return;
    if (this.#offset !== this.#end) {
      this.reject('trailing-data', 'a member too many');
      return;
    }
    const outer = this.#outerEnds.pop();
    if (outer === undefined) throw new Error('left a container that was not entered');
    this.#end = outer;
  }

  /** Goes into a SEQUENCE. */
  enterSequence(): void {
    this.enter(SEQUENCE);
  }

  /** One whole element, tag and length included; of any tag where none is given. */
  element(tag = 0): Uint8Array {
    const at = this.#offset;
    if (this.#passHeader(tag) < 0) return NOTHING;
    this.#offset = this.#contentEnd;
    return this.#bytes.subarray(at, this.#contentEnd);
  }

  /** Passes one whole element of any tag. */
  skip(): void {
    if (this.#passHeader(0) >= 0) this.#offset = this.#contentEnd;
  }

  /** What is left of the current container, without passing it. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#offset, this.#end);
  }

  /** Passes what is left of the current container. */
  skipRest(): void {
    this.#offset = this.#end;
  }

  /** The octets from an offset met earlier up to here. */
  since(start: number): Uint8Array {
    return this.#failure === undefined ? this.#bytes.subarray(start, this.#offset) : NOTHING;
  }

  /** The content of an element. */
  content(tag: number): Uint8Array {
    const start = this.#passHeader(tag);
    if (start < 0) return NOTHING;
    this.#offset = this.#contentEnd;
    return this.#bytes.subarray(start, this.#contentEnd);
  }

  boolean(tag: number = BOOLEAN): boolean {
    const start = this.#passHeader(tag);
    if (start < 0) return false;
    const value = this.#bytes[start];
    if (this.#contentEnd - start !== 1 || (value !== 0 && value !== 0xff)) {
      this.reject('boolean-invalid', 'a BOOLEAN');
      return false;
    }
    this.#offset = this.#contentEnd;
    return value === 0xff;
  }

  null(tag: number = NULL): void {
    if (this.content(tag).length > 0) this.reject('trailing-data', 'a NULL with content');
  }

  /** The content octets of an INTEGER in shortest form; it may be negative. */
  integer(tag: number = INTEGER): Uint8Array {
    const start = this.#passHeader(tag);
    if (start < 0) return NOTHING;
    if (!isShortestInteger(this.#bytes, start, this.#contentEnd)) {
      this.reject('integer-invalid', 'an INTEGER');
      return NOTHING;
    }
    this.#offset = this.#contentEnd;
    return this.#bytes.subarray(start, this.#contentEnd);
  }

  /** An INTEGER (or, by its tag, an ENUMERATED or an implicitly tagged one) from 0 to `max`, below 2^31. */
  smallInteger(max: number, tag: number = INTEGER): number {
    const start = this.#passHeader(tag);
    if (start < 0) return 0;
    const end = this.#contentEnd;
    const isShort = end - start <= 4 && isShortestInteger(this.#bytes, start, end);
    let value = Number.NaN;
    if (isShort && (this.#bytes[start] ?? 0) < 0x80) {
      value = 0;
      for (let at = start; at < end; at++) value = value * 256 + (this.#bytes[at] ?? 0);
    }
    if (!(value <= max)) {
      this.reject('integer-invalid', `not an integer from 0 to ${max}`);
      return 0;
    }
    this.#offset = end;
    return value;
  }

  enumerated(max: number): number {
    return this.smallInteger(max, ENUMERATED);
  }

  /** The dotted text of an OBJECT IDENTIFIER; implicitly tagged where a tag is given. */
  oid(tag: number = OBJECT_IDENTIFIER): string {
    const start = this.#passHeader(tag);
    if (start < 0) return '';
    const dotted = decodeOid(this.#bytes, start, this.#contentEnd);
    if (dotted === undefined) {
      this.reject('oid-invalid', 'an OBJECT IDENTIFIER');
      return '';
    }
    this.#offset = this.#contentEnd;
    return dotted;
  }

  octetString(): Uint8Array {
    return this.content(OCTET_STRING);
  }

  /** The octets of a BIT STRING that is whole octets. */
  bitString(): Uint8Array {
    const content = this.content(BIT_STRING);
    if (this.#failure === undefined && content[0] !== 0)
      this.reject('bit-string-invalid', 'not whole octets');
    return content.subarray(1);
  }

  /** A named bit list of at most 16 bits as a mask: named bit n is bit n. Trailing zeros are refused (X.690 11.2.2). */
  namedBits(tag: number = BIT_STRING): number {
    const content = this.content(tag);
    if (this.#failure !== undefined) return 0;
    const unused = content[0] ?? 0xff;
    const octets = content.length - 1;
    const last = content[octets] ?? 0;
    const isMinimal = octets === 0 ? unused === 0 : unused < 8 && ((last >> unused) & 1) === 1;
    if (octets < 0 || octets > 2 || !isMinimal || (octets > 0 && (last & ((1 << unused) - 1)) !== 0)) {
      this.reject('bit-string-invalid', 'a named bit list');
      return 0;
    }
    let bits = 0;
    for (let bit = 0; bit < octets * 8; bit++) {
      if ((content[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) bits |= 1 << bit;
    }
    return bits;
  }

  /** A Time: UTCTime or GeneralizedTime, as an instant. Which of the two fits the year is for the caller to ask. */
  time(): number {
    return this.#time(this.peek() === UTC_TIME ? UTC_TIME : GENERALIZED_TIME);
  }

  generalizedTime(): number {
    return this.#time(GENERALIZED_TIME);
  }

  #time(tag: number): number {
    const start = this.#passHeader(tag);
    if (start < 0) return 0;
    const instant = takeTime(this.#bytes, start, this.#contentEnd, tag === GENERALIZED_TIME);
    if (Number.isNaN(instant)) {
      this.reject('time-invalid', 'a time');
      return 0;
    }
    this.#offset = this.#contentEnd;
    return instant;
  }
}
