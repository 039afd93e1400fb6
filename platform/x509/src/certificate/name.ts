/**
 * Distinguished names (X.501, RFC 5280 4.1.2.4). A name is its DER: two names are the same when their octets are, which
 * RFC 5280 7.1 allows and which keeps apart what a certification authority encoded differently. The attributes are
 * decoded when somebody asks.
 */
import { mustSucceed, type Result } from '@ishizue/outcome';
import { DerReader } from '../der/reader.ts';
import { decodeText, findStringType, isDecodable, STRING_TAGS, type StringType } from '../der/string.ts';
import { SET } from '../der/tag.ts';
import { type DerWriter, encodeDer } from '../der/writer.ts';
import type { X509FailureCode } from '../failure.ts';

const NAME_BYTES_MAX = 16_384;

/** Attribute types by their RFC 4514 keywords and what X.520 adds. */
export const ATTRIBUTE_OIDS = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  STREET: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  title: '2.5.4.12',
  GN: '2.5.4.42',
  dnQualifier: '2.5.4.46',
  DC: '0.9.2342.19200300.100.1.25',
  UID: '0.9.2342.19200300.100.1.1',
} as const;

/** The keyword of an attribute type. */
export type AttributeKeyword = keyof typeof ATTRIBUTE_OIDS;

/** One attribute: its type, its text, and the string type of its encoding. */
export interface NameAttribute {
  readonly oid: string;
  readonly value: string;
  readonly type: StringType;
}

/** The attributes that stand at one level; nearly always one. */
export type RelativeName = readonly NameAttribute[];

const PRINTABLE_ONLY: readonly AttributeKeyword[] = ['C', 'serialNumber', 'dnQualifier'];

/** The string type that RFC 5280 appendix A asks for, where the caller has no wish of its own. */
function defaultStringType(keyword: AttributeKeyword): StringType {
  if (keyword === 'DC') return 'ia5';
  return PRINTABLE_ONLY.includes(keyword) ? 'printable' : 'utf8';
}

/** An attribute to write, by its keyword. */
export function attribute(
  keyword: AttributeKeyword,
  value: string,
  type: StringType = defaultStringType(keyword),
): NameAttribute {
  return { oid: ATTRIBUTE_OIDS[keyword], value, type };
}

/** A name that was written or read: its octets, and its attributes on demand. */
export class Name {
  readonly der: Uint8Array;
  #relativeNames: readonly RelativeName[] | undefined;

  constructor(der: Uint8Array) {
    this.der = der;
  }

  /** The levels from the root of the directory down. */
  get relativeNames(): readonly RelativeName[] {
    this.#relativeNames ??= decodeRelativeNames(this.der);
    return this.#relativeNames;
  }

  /** Whether the octets are the same. */
  equals(other: Name): boolean {
    return Buffer.compare(this.der, other.der) === 0;
  }

  /** The value of the first attribute of a type, from the root down. */
  find(keyword: AttributeKeyword): string | undefined {
    const oid = ATTRIBUTE_OIDS[keyword];
    return this.relativeNames.flat().find((each) => each.oid === oid)?.value;
  }

  /** The string form of RFC 4514: the last level first. For people and logs, not for comparison. */
  toString(): string {
    return this.relativeNames
      .toReversed()
      .map((level) => level.map(formatAttribute).join('+'))
      .join(',');
  }
}

const KEYWORDS = new Map<string, string>(
  Object.entries(ATTRIBUTE_OIDS).map(([keyword, oid]) => [oid, keyword]),
);

function formatAttribute({ oid, value }: NameAttribute): string {
  const escaped = value
    .replaceAll(/[\\",+<>;]/g, String.raw`\$&`)
    .replaceAll(/^[ #]|(?<=.) $/gs, String.raw`\$&`)
    // oxlint-disable-next-line no-control-regex -- controls are what is escaped
    .replaceAll(/[\0-\x1f\x7f]/g, (control) => `\\${Buffer.from(control).toString('hex')}`);
  return `${KEYWORDS.get(oid) ?? oid}=${escaped}`;
}

/** Writes an attribute's AttributeTypeAndValue. */
function encodeAttribute({ oid, value, type }: NameAttribute): Uint8Array {
  return encodeDer((writer) =>
    writer.sequence(() => {
      writer.oid(oid);
      writer.text(STRING_TAGS[type], value);
    }),
  );
}

function writeRelativeName(writer: DerWriter, level: RelativeName): void {
  if (level.length === 0) throw new Error('a level of a name without an attribute');
  writer.setOf(SET, level.map(encodeAttribute));
}

/** A name from its levels, root first; a level of one attribute may stand bare. */
export function encodeName(levels: readonly (NameAttribute | RelativeName)[]): Name {
  const der = encodeDer((writer) =>
    writer.sequence(() => {
      for (const level of levels) writeRelativeName(writer, 'oid' in level ? [level] : level);
    }),
  );
  return new Name(der);
}

/** Passes over one RelativeDistinguishedName, refusing what `Name` could not decode later. */
function passRelativeName(reader: DerReader): void {
  reader.enter(SET);
  if (!reader.more()) reader.reject('empty', 'a level of a name');
  let previous: Uint8Array | undefined;
  while (reader.more()) {
    const start = reader.offset;
    reader.enterSequence();
    reader.oid();
    const tag = reader.peek();
    const type = findStringType(tag);
    // a VisibleString is none of DirectoryString's choices (RFC 5280 4.1.2.4); OpenSSL reads none either
    const isAttribute = type !== undefined && type !== 'visible';
    if (!isAttribute || !isDecodable(type, reader.content(tag)))
      reader.reject('string-invalid', 'an attribute');
    reader.leave();
    const member = reader.since(start);
    if (previous !== undefined && Buffer.compare(previous, member) > 0) {
      reader.reject('set-not-sorted', 'a level of a name');
    }
    previous = member;
  }
  reader.leave();
}

/** Reads a name, checking its structure and decoding nothing. */
export function readName(reader: DerReader): Name {
  const start = reader.offset;
  reader.enterSequence();
  while (reader.more()) passRelativeName(reader);
  reader.leave();
  return new Name(reader.since(start));
}

/** A name from DER. */
export function parseName(der: Uint8Array): Result<Name, X509FailureCode> {
  const reader = new DerReader(der, NAME_BYTES_MAX);
  return reader.finish(readName(reader));
}

function decodeAttribute(reader: DerReader): NameAttribute {
  reader.enterSequence();
  const oid = reader.oid();
  const tag = reader.peek();
  const type = findStringType(tag) ?? 'utf8';
  const value = decodeText(type, reader.content(tag));
  reader.leave();
  return { oid, value, type };
}

/** Decodes what `readName` has passed or `encodeName` has written; so it cannot fail. */
function decodeRelativeNames(der: Uint8Array): readonly RelativeName[] {
  const reader = new DerReader(der, der.length);
  const levels: RelativeName[] = [];
  reader.enterSequence();
  while (reader.more()) {
    const level: NameAttribute[] = [];
    reader.enter(SET);
    while (reader.more()) level.push(decodeAttribute(reader));
    reader.leave();
    levels.push(level);
  }
  reader.leave();
  return mustSucceed(reader.finish(levels), 'decode a name that was read before');
}
