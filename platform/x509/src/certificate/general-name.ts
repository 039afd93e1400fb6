/**
 * GeneralName (RFC 5280 4.2.1.6): the alternatives of subjectAltName, distribution points, access locations. What this
 * package has no use for (x400Address, ediPartyName) is kept as its octets.
 */

import { encodeOid } from '../der/oid.ts';
import type { DerReader } from '../der/reader.ts';
import { decodeText, isInRepertoire } from '../der/string.ts';
import { passElement } from '../der/structure.ts';
import { contextConstructed, contextPrimitive, IA5_STRING, UTF8_STRING } from '../der/tag.ts';
import { type DerWriter, encodeDer } from '../der/writer.ts';
import { type Name, readName } from './name.ts';

/** One alternative name. `value` of otherName is the DER of what stands inside its `[0] EXPLICIT`. */
export type GeneralName =
  | { readonly kind: 'otherName'; readonly oid: string; readonly value: Uint8Array }
  | { readonly kind: 'rfc822Name' | 'dnsName' | 'uri'; readonly value: string }
  | { readonly kind: 'directoryName'; readonly name: Name }
  | { readonly kind: 'ipAddress'; readonly value: Uint8Array }
  | { readonly kind: 'registeredId'; readonly oid: string }
  | { readonly kind: 'unsupported'; readonly der: Uint8Array };

const OTHER_NAME = contextConstructed(0);
const RFC822_NAME = contextPrimitive(1);
const DNS_NAME = contextPrimitive(2);
const DIRECTORY_NAME = contextConstructed(4);
const URI = contextPrimitive(6);
const IP_ADDRESS = contextPrimitive(7);
const REGISTERED_ID = contextPrimitive(8);

/** The tags of the alternatives that are IA5String. */
const TEXT_TAGS = { rfc822Name: RFC822_NAME, dnsName: DNS_NAME, uri: URI } as const;

/** An otherName whose value is a UTF8String. */
export function utf8OtherName(oid: string, text: string): GeneralName {
  return { kind: 'otherName', oid, value: encodeDer((writer) => writer.text(UTF8_STRING, text)) };
}

export function writeGeneralName(writer: DerWriter, name: GeneralName): void {
  switch (name.kind) {
    case 'otherName':
      writer.wrap(OTHER_NAME, () => {
        writer.oid(name.oid);
        writer.wrap(contextConstructed(0), () => writer.raw(name.value));
      });
      return;
    case 'rfc822Name':
    case 'dnsName':
    case 'uri':
      writer.text(TEXT_TAGS[name.kind], name.value, IA5_STRING);
      return;
    case 'directoryName':
      // EXPLICIT although the module says IMPLICIT TAGS: Name is a CHOICE (X.680 31.2.7).
      writer.wrap(DIRECTORY_NAME, () => writer.raw(name.name.der));
      return;
    case 'ipAddress':
      writer.element(IP_ADDRESS, name.value);
      return;
    case 'registeredId':
      writer.element(REGISTERED_ID, encodeOid(name.oid));
      return;
    case 'unsupported':
      writer.raw(name.der);
  }
}

/** GeneralNames under a tag: SEQUENCE, or the context tag that stands for it. */
export function writeGeneralNames(writer: DerWriter, tag: number, names: readonly GeneralName[]): void {
  if (names.length === 0) throw new Error('GeneralNames without a name');
  writer.wrap(tag, () => {
    for (const name of names) writeGeneralName(writer, name);
  });
}

/** An IA5String, or what is tagged in its place. */
export function readIa5(reader: DerReader, tag: number): string {
  const content = reader.content(tag);
  if (!isInRepertoire('ia5', content)) reader.reject('string-invalid', 'an IA5String');
  return decodeText('ia5', content);
}

/** What nobody looks into: the value of an otherName, x400Address, ediPartyName. */
function passUnread(reader: DerReader): Uint8Array {
  const start = reader.offset;
  passElement(reader);
  return reader.since(start);
}

function readOtherName(reader: DerReader): GeneralName {
  reader.enter(OTHER_NAME);
  const oid = reader.oid();
  reader.enter(contextConstructed(0));
  const value = passUnread(reader);
  reader.leave();
  reader.leave();
  return { kind: 'otherName', oid, value };
}

export function readGeneralName(reader: DerReader): GeneralName {
  switch (reader.peek()) {
    case OTHER_NAME:
      return readOtherName(reader);
    case RFC822_NAME:
      return { kind: 'rfc822Name', value: readIa5(reader, RFC822_NAME) };
    case DNS_NAME:
      return { kind: 'dnsName', value: readIa5(reader, DNS_NAME) };
    case URI:
      return { kind: 'uri', value: readIa5(reader, URI) };
    case IP_ADDRESS:
      return { kind: 'ipAddress', value: reader.content(IP_ADDRESS) };
    case REGISTERED_ID:
      return { kind: 'registeredId', oid: reader.oid(REGISTERED_ID) };
    case DIRECTORY_NAME: {
      reader.enter(DIRECTORY_NAME);
      const name = readName(reader);
      reader.leave();
      return { kind: 'directoryName', name };
    }
    case contextConstructed(3):
    case contextConstructed(5):
      return { kind: 'unsupported', der: passUnread(reader) };
    default:
      reader.reject('unexpected-tag', 'a GeneralName');
      return { kind: 'unsupported', der: reader.rest() };
  }
}

/** GeneralNames under a tag; at least one. */
export function readGeneralNames(reader: DerReader, tag: number): GeneralName[] {
  const names: GeneralName[] = [];
  reader.enter(tag);
  if (!reader.more()) reader.reject('empty', 'GeneralNames');
  while (reader.more()) names.push(readGeneralName(reader));
  reader.leave();
  return names;
}

/** Whether two names are the same octet by octet. */
export function sameGeneralName(a: GeneralName, b: GeneralName): boolean {
  const encode = (name: GeneralName): Uint8Array => encodeDer((writer) => writeGeneralName(writer, name));
  return a.kind === b.kind && Buffer.compare(encode(a), encode(b)) === 0;
}
