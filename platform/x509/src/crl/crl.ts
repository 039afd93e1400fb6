/**
 * Reading CertificateList (RFC 5280 5.1). Every entry is checked once when the list is read, so walking them later
 * cannot fail; they are decoded one at a time, and looked up without being decoded.
 */
import { fail, mustSucceed, type Result } from '@ishizue/outcome';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../certificate/algorithm.ts';
import { type Defect, readFormedTime, TIME_FORM_DEFECT } from '../certificate/defect.ts';
import { type Extension, hasDuplicate, readExtensions } from '../certificate/extension.ts';
import { type Name, readName } from '../certificate/name.ts';
import { readSignature, type Signed } from '../certificate/signature.ts';
import { DerReader } from '../der/reader.ts';
import { contextConstructed, GENERALIZED_TIME, INTEGER, SEQUENCE, UTC_TIME } from '../der/tag.ts';
import type { X509FailureCode } from '../failure.ts';
import { type ReadCrlEntry, readCrlEntry } from './crl-entry.ts';
import { type KnownCrlExtensions, readKnownCrlExtension } from './crl-extension.ts';

/** More octets than this are no CRL here: some seven million entries. */
const CRL_BYTES_MAX = 1 << 28;

/** A TBSCertList that was read. */
export interface TbsCertList {
  /** The octets that are signed. */
  readonly tbs: Uint8Array;
  /** 1 or 2. */
  readonly version: number;
  readonly innerAlgorithm: AlgorithmIdentifier;
  readonly issuer: Name;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  /** The entries one after another, in DER. */
  readonly entries: Uint8Array;
  readonly entryCount: number;
  /** Whether some entry has a critical extension that this package does not understand. */
  readonly hasUnknownEntryExtension: boolean;
  readonly extensions: readonly Extension[];
  readonly known: Readonly<KnownCrlExtensions>;
  /** Empty in every list that `parseCrl` hands out. */
  readonly defects: readonly Defect[];
}

/** A CRL that was read. All octets alias the input. */
export interface Crl extends TbsCertList, Signed {
  readonly der: Uint8Array;
}

interface Entries {
  readonly der: Uint8Array;
  readonly count: number;
  readonly hasUnknown: boolean;
}

/** Checks every entry and decodes none for keeps. */
function passEntries(reader: DerReader, defects: Defect[]): Entries {
  reader.enterSequence();
  if (!reader.more()) reader.reject('empty', 'revokedCertificates');
  const der = reader.rest();
  let count = 0;
  let hasUnknown = false;
  let isTimeFormRight = true;
  while (reader.more()) {
    const entry = readCrlEntry(reader);
    hasUnknown ||= entry.hasUnknownCritical;
    isTimeFormRight &&= entry.hasRightTimeForm;
    count++;
  }
  reader.leave();
  if (!isTimeFormRight) defects.push(TIME_FORM_DEFECT);
  return { der, count, hasUnknown };
}

const NO_ENTRIES: Entries = { der: new Uint8Array(0), count: 0, hasUnknown: false };

function readCrlExtensions(reader: DerReader, known: KnownCrlExtensions): Extension[] {
  if (!reader.more()) return [];
  reader.enter(contextConstructed(0));
  const extensions = readExtensions(reader, (oid, value) => readKnownCrlExtension(oid, value, known));
  reader.leave();
  return extensions;
}

function readTbsCertList(reader: DerReader): TbsCertList {
  const start = reader.offset;
  const defects: Defect[] = [];
  reader.enterSequence();
  const version = reader.peek() === INTEGER ? reader.smallInteger(1) + 1 : 1;
  const innerAlgorithm = readAlgorithmIdentifier(reader);
  const issuer = readName(reader);
  const thisUpdate = readFormedTime(reader, defects);
  const hasNext = reader.peek() === UTC_TIME || reader.peek() === GENERALIZED_TIME;
  const nextUpdate = hasNext ? readFormedTime(reader, defects) : undefined;
  const entries = reader.peek() === SEQUENCE ? passEntries(reader, defects) : NO_ENTRIES;
  const known: KnownCrlExtensions = {
    crlNumber: undefined,
    authorityKeyIdentifier: undefined,
    issuingDistributionPoint: undefined,
  };
  const extensions = readCrlExtensions(reader, known);
  reader.leave();
  if (extensions.length > 0 && version !== 2) {
    defects.push({ code: 'version-unsupported', detail: 'extensions in a version 1 CRL' });
  }
  if (hasDuplicate(extensions))
    defects.push({ code: 'duplicate-extension', detail: 'an extension occurs twice' });
  return {
    tbs: reader.since(start),
    version,
    innerAlgorithm,
    issuer,
    thisUpdate,
    nextUpdate,
    entries: entries.der,
    entryCount: entries.count,
    hasUnknownEntryExtension: entries.hasUnknown,
    extensions,
    known,
    defects,
  };
}

/** A TBSCertList from DER, with whatever defects it has: for the lint before signing. */
export function parseTbsCertList(der: Uint8Array): Result<TbsCertList, X509FailureCode> {
  const reader = new DerReader(der, CRL_BYTES_MAX);
  return reader.finish(readTbsCertList(reader));
}

/** A CRL from DER. */
export function parseCrl(der: Uint8Array): Result<Crl, X509FailureCode> {
  const reader = new DerReader(der, CRL_BYTES_MAX);
  reader.enterSequence();
  const list = readTbsCertList(reader);
  const { signatureAlgorithm, signature } = readSignature(reader);
  reader.leave();
  if (!reader.failed && Buffer.compare(list.innerAlgorithm.der, signatureAlgorithm.der) !== 0) {
    reader.reject('algorithm-mismatch', 'the signature algorithms differ');
  }
  const [defect] = list.defects;
  if (!reader.failed && defect !== undefined) return fail(defect.code, defect.detail);
  return reader.finish({ ...list, der, signatureAlgorithm, signature });
}

/** The entries of a list that was read, decoded one at a time. */
export function* crlEntries(list: TbsCertList): Generator<ReadCrlEntry, void, undefined> {
  const reader = new DerReader(list.entries, list.entries.length);
  while (reader.more()) yield readCrlEntry(reader);
  mustSucceed(reader.finish(undefined), 'walk entries that were checked before');
}

/** Octets of an element from its tag on, for DER that was checked before. */
function elementEnd(bytes: Uint8Array, at: number): number {
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return at + 2 + first;
  let length = 0;
  const start = at + 2 + (first & 0x7f);
  for (let next = at + 2; next < start; next++) length = length * 256 + (bytes[next] ?? 0);
  return start + length;
}

/** Where the content of an element begins, for DER that was checked before. */
function contentStart(bytes: Uint8Array, at: number): number {
  const first = bytes[at + 1] ?? 0;
  return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
}

/** The entry of a serial number, if it is there. Walks the octets: some ten milliseconds for a million entries. */
export function findCrlEntry(list: TbsCertList, serial: Uint8Array): ReadCrlEntry | undefined {
  const bytes = list.entries;
  for (let at = 0; at < bytes.length; ) {
    const end = elementEnd(bytes, at);
    const serialAt = contentStart(bytes, at);
    const from = contentStart(bytes, serialAt);
    let same = elementEnd(bytes, serialAt) - from === serial.length;
    for (let next = 0; same && next < serial.length; next++) same = bytes[from + next] === serial[next];
    if (same) return readCrlEntry(new DerReader(bytes.subarray(at, end), end - at));
    at = end;
  }
  return undefined;
}
