/**
 * Whether octets are DER through and through (X.690 clauses 8 to 11), whatever they mean: every element, known or not,
 * down to the repertoire of each string. Parsers read only what they understand; this reads the rest, before signing.
 */
import type { Result } from '@ishizue/outcome';
import type { X509FailureCode } from '../failure.ts';
import { DerReader } from './reader.ts';
import { findStringType, isInRepertoire } from './string.ts';
import {
  BIT_STRING,
  BOOLEAN,
  ENUMERATED,
  GENERALIZED_TIME,
  INTEGER,
  NULL,
  OBJECT_IDENTIFIER,
  SEQUENCE,
  SET,
  UTC_TIME,
} from './tag.ts';

const CONSTRUCTED = 0x20;
const CLASS = 0xc0;

/** Refuses the current container's members where a SET OF would not be in ascending order (X.690 11.6). */
function passSortedMembers(reader: DerReader): void {
  let previous: Uint8Array | undefined;
  while (reader.more()) {
    const start = reader.offset;
    passElement(reader);
    const member = reader.since(start);
    if (previous !== undefined && Buffer.compare(previous, member) > 0) {
      reader.reject('set-not-sorted', 'a SET OF');
    }
    previous = member;
  }
}

/** Passes a BIT STRING that nobody looks into, or what is tagged in its place. */
export function passBitString(reader: DerReader, tag: number = BIT_STRING): void {
  const content = reader.content(tag);
  if (reader.failed) return;
  const unused = content[0] ?? 8;
  const last = content[content.length - 1] ?? 0;
  const hasPadding = unused > 0 && (content.length === 1 || (last & ((1 << unused) - 1)) !== 0);
  if (unused > 7 || hasPadding) reader.reject('bit-string-invalid', 'a BIT STRING');
}

function passPrimitive(reader: DerReader, tag: number): void {
  switch (tag) {
    case BOOLEAN:
      reader.boolean();
      return;
    case INTEGER:
      reader.integer();
      return;
    case ENUMERATED:
      reader.enumerated(0x7fff_ffff);
      return;
    case BIT_STRING:
      passBitString(reader);
      return;
    case NULL:
      reader.null();
      return;
    case OBJECT_IDENTIFIER:
      reader.oid();
      return;
    case UTC_TIME:
    case GENERALIZED_TIME:
      reader.time();
      return;
    default:
      passString(reader, tag);
  }
}

function passString(reader: DerReader, tag: number): void {
  const type = findStringType(tag);
  const content = reader.content(tag);
  if (type !== undefined && !isInRepertoire(type, content)) {
    reader.reject('string-invalid', 'a character string');
  }
}

/** Passes one element that nobody looks into, strictly all the same: what is accepted has one encoding. */
export function passElement(reader: DerReader): void {
  const tag = reader.peek();
  const isUniversal = (tag & CLASS) === 0;
  const isContainer = (tag & CONSTRUCTED) !== 0;
  const mustContain = (tag & 0x1f) === (SEQUENCE & 0x1f) || (tag & 0x1f) === (SET & 0x1f);
  if (tag === 0 || (tag & 0x1f) === 0x1f || (isUniversal && isContainer !== mustContain)) {
    reader.reject('unexpected-tag', `tag ${tag.toString(16)}`);
  } else if (!isContainer) {
    passPrimitive(reader, tag);
  } else {
    reader.enter(tag);
    if (tag === SET) passSortedMembers(reader);
    else while (reader.more()) passElement(reader);
    reader.leave();
  }
}

/** One strict DER element and nothing after it, or the first defect. */
export function checkDer(der: Uint8Array, bytesMax: number): Result<undefined, X509FailureCode> {
  const reader = new DerReader(der, bytesMax);
  passElement(reader);
  return reader.finish(undefined);
}
