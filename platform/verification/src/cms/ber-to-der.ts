/**
 * CMS may be BER (RFC 5652 2): indefinite lengths and octet strings in pieces, as streaming writers make them. Here it is
 * written anew with definite, shortest lengths and whole octet strings, so that the strict reader reads one form only. What
 * was signed as DER comes out as it went in. Depth and size are bounded; nothing is read past the end.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { derTag } from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';

const DEPTH_MAX = 32;
const CONSTRUCTED = 0x20;
const CONSTRUCTED_OCTET_STRING = derTag.OCTET_STRING | CONSTRUCTED;

interface Element {
  readonly der: Uint8Array;
  /** The content alone, for who puts pieces of an octet string together. */
  readonly content: Uint8Array;
  readonly tag: number;
  /** Where the next element begins. */
  readonly end: number;
}

class Malformed extends Error {
  readonly code: VerificationFailureCode;

  constructor(code: VerificationFailureCode, at: number) {
    super(`at octet ${at}`);
    this.code = code;
  }
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

const write = (tag: number, content: Uint8Array): Uint8Array =>
  Buffer.concat([Uint8Array.from([tag, ...lengthOctets(content.length)]), content]);

class BerReader {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  element(at: number, limit: number, depth: number): Element {
    const { tag, start, length } = this.#header(at, limit);
    if (depth > DEPTH_MAX) throw new Malformed('too-deep', at);
    if ((tag & CONSTRUCTED) === 0) {
      if (length === undefined) throw new Malformed('length-invalid', at);
      const content = this.#bytes.subarray(start, start + length);
      return { tag, content, der: write(tag, content), end: start + length };
    }
    const { members, end } = this.#members(
      start,
      length === undefined ? limit : start + length,
      length,
      depth,
    );
    if (tag === CONSTRUCTED_OCTET_STRING) {
      if (members.some((member) => member.tag !== derTag.OCTET_STRING))
        throw new Malformed('unexpected-tag', at);
      const content = Buffer.concat(members.map((member) => member.content));
      return { tag: derTag.OCTET_STRING, content, der: write(derTag.OCTET_STRING, content), end };
    }
    const content = Buffer.concat(members.map((member) => member.der));
    return { tag, content, der: write(tag, content), end };
  }

  /** Members up to the limit, or up to the end-of-contents octets where the length is indefinite. */
  #members(
    start: number,
    limit: number,
    length: number | undefined,
    depth: number,
  ): { readonly members: Element[]; readonly end: number } {
    const members: Element[] = [];
    let at = start;
    while (at < limit) {
      if (length === undefined && this.#isEnd(at, limit)) return { members, end: at + 2 };
      const member = this.element(at, limit, depth + 1);
      members.push(member);
      at = member.end;
    }
    if (length === undefined) throw new Malformed('truncated', at);
    return { members, end: limit };
  }

  /** End-of-contents octets. */
  #isEnd(at: number, limit: number): boolean {
    return at + 2 <= limit && this.#bytes[at] === 0 && this.#bytes[at + 1] === 0;
  }

  /** Tag and length; the length is undefined where it is indefinite. */
  #header(
    at: number,
    limit: number,
  ): { readonly tag: number; readonly start: number; readonly length: number | undefined } {
    if (at + 2 > limit) throw new Malformed('truncated', at);
    const tag = this.#bytes[at] ?? 0;
    if (tag === 0 || (tag & 0x1f) === 0x1f) throw new Malformed('unexpected-tag', at);
    const first = this.#bytes[at + 1] ?? 0;
    if (first === 0x80) return { tag, start: at + 2, length: undefined };
    const count = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + count;
    if (count > 4) throw new Malformed('length-invalid', at);
    if (start > limit) throw new Malformed('truncated', at);
    const octets = this.#bytes.subarray(at + 2, start);
    const length = count === 0 ? first : octets.reduce((sum, octet) => sum * 256 + octet, 0);
    if (length > limit - start) throw new Malformed('truncated', at);
    return { tag, start, length };
  }
}

/** The first element in DER; behind it may stand zeros only, with which PDF fills up the room that it kept. */
export function berToDer(bytes: Uint8Array, bytesMax: number): Result<Uint8Array, VerificationFailureCode> {
  if (bytes.length > bytesMax) return fail('too-large', `more than ${bytesMax} octets`);
  try {
    const { der, end } = new BerReader(bytes).element(0, bytes.length, 0);
    return bytes.subarray(end).every((octet) => octet === 0)
      ? ok(der)
      : fail('trailing-data', `octets after the end, at octet ${end}`);
  } catch (error) {
    if (error instanceof Malformed) return fail(error.code, `not BER, ${error.message}`);
    throw error;
  }
}
