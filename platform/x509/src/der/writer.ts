/**
 * Writes DER (X.690) into one growing buffer, front to back. A container leaves one octet for its length and moves its
 * content aside when that proves too little: a `copyWithin` of a kilobyte costs less than a tree of nodes would.
 * Wrong arguments are broken invariants and throw: what is written was decided by the program.
 */
import { integerContent, isShortestInteger } from './integer.ts';
import { encodeOid } from './oid.ts';
import {
  BIT_STRING,
  BOOLEAN,
  ENUMERATED,
  GENERALIZED_TIME,
  IA5_STRING,
  INTEGER,
  NULL,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  PRINTABLE_STRING,
  SEQUENCE,
  UTC_TIME,
  UTF8_STRING,
} from './tag.ts';
import { isUtcTimeRange, putTime } from './time.ts';

const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/;
// oxlint-disable-next-line no-control-regex -- IA5String is exactly these
const IA5 = /^[\0-\x7f]*$/;

/** How many octets a definite length takes. */
export function lengthOctets(length: number): number {
  if (length < 0x80) return 1;
  if (length < 0x100) return 2;
  if (length < 0x1_0000) return 3;
  return length < 0x100_0000 ? 4 : 5;
}

/** One DER encoding under way. Use `encodeDer`, which lends a warm one. */
export class DerWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity = 1024) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  /** Octets written so far. */
  get length(): number {
    return this.#length;
  }

  #room(octets: number): number {
    const at = this.#length;
    const needed = at + octets;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    this.#length = needed;
    return at;
  }

  /** Tag and length alone; the content follows. */
  header(tag: number, length: number): void {
    const octets = lengthOctets(length);
    const at = this.#room(1 + octets);
    this.#buffer[at] = tag;
    this.#putLength(at + 1, length, octets);
  }

  #putLength(at: number, length: number, octets: number): void {
    if (octets === 1) {
      this.#buffer[at] = length;
      return;
    }
    this.#buffer[at] = 0x80 | (octets - 1);
    let rest = length;
    for (let next = at + octets - 1; next > at; next--) {
      this.#buffer[next] = rest & 0xff;
      rest = Math.floor(rest / 256);
    }
  }

  /** An element of any tag whose content `fill` writes. */
  wrap(tag: number, fill: () => void): void {
    const at = this.#room(2);
    this.#buffer[at] = tag;
    fill();
    const length = this.#length - at - 2;
    const octets = lengthOctets(length);
    if (octets > 1) {
      this.#room(octets - 1);
      this.#buffer.copyWithin(at + 1 + octets, at + 2, at + 2 + length);
    }
    this.#putLength(at + 1, length, octets);
  }

  /** A SEQUENCE whose members `fill` writes. */
  sequence(fill: () => void): void {
    this.wrap(SEQUENCE, fill);
  }

  /** Octets that are DER already. */
  raw(der: Uint8Array): void {
    const at = this.#room(der.length);
    this.#buffer.set(der, at);
  }

  /** An element with the content given. */
  element(tag: number, content: Uint8Array): void {
    this.header(tag, content.length);
    this.raw(content);
  }

  /** The members of a SET OF, put into DER's ascending order. */
  setOf(tag: number, members: readonly Uint8Array[]): void {
    const sorted = members.length > 1 ? [...members].sort((a, b) => Buffer.compare(a, b)) : members;
    this.wrap(tag, () => {
      for (const member of sorted) this.raw(member);
    });
  }

  boolean(value: boolean): void {
    const at = this.#room(3);
    this.#buffer[at] = BOOLEAN;
    this.#buffer[at + 1] = 1;
    this.#buffer[at + 2] = value ? 0xff : 0;
  }

  null(): void {
    const at = this.#room(2);
    this.#buffer[at] = NULL;
    this.#buffer[at + 1] = 0;
  }

  /** An INTEGER from its content octets, which must be in shortest form. */
  integer(content: Uint8Array): void {
    if (!isShortestInteger(content, 0, content.length)) throw new Error('an INTEGER not in shortest form');
    this.element(INTEGER, content);
  }

  /** A non-negative INTEGER. */
  smallInteger(value: number): void {
    this.element(INTEGER, integerContent(BigInt(value)));
  }

  /** An ENUMERATED below 128. */
  enumerated(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value > 127) throw new Error(`no ENUMERATED: ${value}`);
    const at = this.#room(3);
    this.#buffer[at] = ENUMERATED;
    this.#buffer[at + 1] = 1;
    this.#buffer[at + 2] = value;
  }

  oid(dotted: string): void {
    this.element(OBJECT_IDENTIFIER, encodeOid(dotted));
  }

  octetString(content: Uint8Array): void {
    this.element(OCTET_STRING, content);
  }

  /** A BIT STRING of whole octets. */
  bitString(content: Uint8Array): void {
    this.header(BIT_STRING, content.length + 1);
    const at = this.#room(1);
    this.#buffer[at] = 0;
    this.raw(content);
  }

  /** A named bit list (X.690 11.2.2): bit n of `bits` is named bit n; trailing zeros are left out. */
  namedBits(tag: number, bits: number): void {
    const count = 32 - Math.clz32(bits);
    const octets = Math.ceil(count / 8);
    this.header(tag, octets + 1);
    const at = this.#room(octets + 1);
    this.#buffer[at] = octets * 8 - count;
    this.#buffer.fill(0, at + 1, at + 1 + octets);
    for (let bit = 0; bit < count; bit++) {
      const index = at + 1 + (bit >> 3);
      if ((bits >> bit) & 1) this.#buffer[index] = (this.#buffer[index] ?? 0) | (0x80 >> (bit & 7));
    }
  }

  /** A certificate's or list's Time: UTCTime through 2049, GeneralizedTime after (RFC 5280 4.1.2.5). */
  time(instant: number): void {
    if (!isUtcTimeRange(instant)) {
      this.generalizedTime(instant);
      return;
    }
    const at = this.#room(15);
    this.#buffer[at] = UTC_TIME;
    this.#buffer[at + 1] = 13;
    putTime(this.#buffer, at + 2, instant, false);
  }

  generalizedTime(instant: number): void {
    const at = this.#room(17);
    this.#buffer[at] = GENERALIZED_TIME;
    this.#buffer[at + 1] = 15;
    putTime(this.#buffer, at + 2, instant, true);
  }

  /** A character string of one of the three types that this package writes, with its repertoire enforced. */
  text(tag: number, text: string, repertoire: number = tag): void {
    const fits =
      (repertoire === UTF8_STRING && text.isWellFormed()) ||
      (repertoire === PRINTABLE_STRING && PRINTABLE.test(text)) ||
      (repertoire === IA5_STRING && IA5.test(text));
    if (!fits) throw new Error(`text outside the repertoire of string type ${repertoire}`);
    const length = repertoire === UTF8_STRING ? Buffer.byteLength(text, 'utf8') : text.length;
    this.header(tag, length);
    const at = this.#room(length);
    this.#buffer.write(text, at, length, 'utf8');
  }

  /** A copy of what has been written; the writer is empty again. */
  take(): Uint8Array {
    const copy = Buffer.allocUnsafe(this.#length);
    this.#buffer.copy(copy, 0, 0, this.#length);
    this.#length = 0;
    return copy;
  }
}

/** Writers between uses. Encodings nest (an extension's value inside a certificate), so there may be several. */
const idle: DerWriter[] = [];
const IDLE_MAX = 8;
/** A writer that has grown beyond this is not kept. */
const KEPT_BYTES_MAX = 1 << 20;

/** One DER encoding: `fill` writes it; the answer is a buffer of its own. */
export function encodeDer(fill: (writer: DerWriter) => void): Uint8Array {
  const writer = idle.pop() ?? new DerWriter();
  fill(writer); // a throw drops the writer with the half an element in it
  const isLarge = writer.length > KEPT_BYTES_MAX;
  const der = writer.take();
  if (!isLarge && idle.length < IDLE_MAX) idle.push(writer);
  return der;
}
