/**
 * TBSCertificate (RFC 5280 4.1.2): what a certification authority decides on and signs. Written from a specification
 * whose extension order is kept; read into the same fields, for relying parties and for the lint before signing.
 */
import type { Result } from '@ishizue/outcome';
import { DerReader } from '../der/reader.ts';
import { passBitString } from '../der/structure.ts';
import { contextConstructed, contextPrimitive } from '../der/tag.ts';
import { encodeDer } from '../der/writer.ts';
import type { X509FailureCode } from '../failure.ts';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from './algorithm.ts';
import { type Defect, readFormedTime } from './defect.ts';
import { type Extension, hasDuplicate, readExtensions, writeExtensions } from './extension.ts';
import { type KnownExtensions, noKnownExtensions, readKnownExtension } from './known-extensions.ts';
import { type Name, readName } from './name.ts';
import { type PublicKeyInfo, readPublicKeyInfo } from './public-key.ts';
import { isSerialNumber } from './serial-number.ts';

/** More octets than this are no certificate here. */
export const CERTIFICATE_BYTES_MAX = 65_536;

const VERSION_3 = 2;

/** What to write. Instants are milliseconds since the epoch; `publicKey` is a SubjectPublicKeyInfo in DER. */
export interface TbsCertificateSpec {
  readonly serial: Uint8Array;
  readonly signatureAlgorithm: Pick<AlgorithmIdentifier, 'der'>;
  readonly issuer: Name;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly subject: Name;
  readonly publicKey: Uint8Array;
  readonly extensions: readonly Extension[];
}

/** A TBSCertificate that was read. */
export interface TbsCertificate {
  /** The octets that are signed. */
  readonly tbs: Uint8Array;
  /** 1, 2 or 3. */
  readonly version: number;
  readonly serial: Uint8Array;
  /** The algorithm named inside the signed part. */
  readonly innerAlgorithm: AlgorithmIdentifier;
  readonly issuer: Name;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly subject: Name;
  readonly publicKey: PublicKeyInfo;
  /** All extensions in their order. */
  readonly extensions: readonly Extension[];
  /** The standard ones, decoded. */
  readonly known: Readonly<KnownExtensions>;
  /** Empty in every certificate that `parseCertificate` hands out. */
  readonly defects: readonly Defect[];
}

/** A version 3 TBSCertificate in DER. Throws where the specification is impossible. */
export function encodeTbsCertificate(spec: TbsCertificateSpec): Uint8Array {
  return encodeDer((writer) =>
    writer.sequence(() => {
      writer.wrap(contextConstructed(0), () => writer.smallInteger(VERSION_3));
      writer.integer(spec.serial);
      writer.raw(spec.signatureAlgorithm.der);
      writer.raw(spec.issuer.der);
      writer.sequence(() => {
        writer.time(spec.notBefore);
        writer.time(spec.notAfter);
      });
      writer.raw(spec.subject.der);
      writer.raw(spec.publicKey);
      if (spec.extensions.length > 0) {
        writer.wrap(contextConstructed(3), () => writeExtensions(writer, spec.extensions));
      }
    }),
  );
}

function readVersion(reader: DerReader): number {
  if (reader.peek() !== contextConstructed(0)) return 1;
  reader.enter(contextConstructed(0));
  const version = reader.smallInteger(VERSION_3) + 1;
  reader.leave();
  if (version === 1) reader.reject('default-encoded', 'version 1');
  return version;
}

function readCertificateExtensions(reader: DerReader, known: KnownExtensions): Extension[] {
  if (!reader.more()) return [];
  reader.enter(contextConstructed(3));
  const extensions = readExtensions(reader, (oid, value) => readKnownExtension(oid, value, known));
  reader.leave();
  return extensions;
}

function findDefects(
  version: number,
  serial: Uint8Array,
  extensions: readonly Extension[],
  defects: Defect[],
): void {
  if (!isSerialNumber(serial)) {
    defects.push({ code: 'serial-number-range', detail: 'the serial number is not positive or too long' });
  }
  if (extensions.length > 0 && version !== 3) {
    defects.push({ code: 'extensions-without-v3', detail: `extensions in version ${version}` });
  }
  if (hasDuplicate(extensions)) {
    defects.push({ code: 'duplicate-extension', detail: 'an extension occurs twice' });
  }
}

/** Passes over issuerUniqueID and subjectUniqueID: nobody should have issued them since the 1990s. */
function passUniqueIdentifiers(reader: DerReader, defects: Defect[]): void {
  for (const tag of [contextPrimitive(1), contextPrimitive(2)]) {
    if (reader.peek() !== tag) continue;
    passBitString(reader, tag);
    defects.push({ code: 'unique-identifier', detail: 'a unique identifier' });
  }
}

/** Reads a TBSCertificate. */
export function readTbsCertificate(reader: DerReader): TbsCertificate {
  const start = reader.offset;
  const defects: Defect[] = [];
  reader.enterSequence();
  const version = readVersion(reader);
  const serial = reader.integer();
  const innerAlgorithm = readAlgorithmIdentifier(reader);
  const issuer = readName(reader);
  reader.enterSequence();
  const notBefore = readFormedTime(reader, defects);
  const notAfter = readFormedTime(reader, defects);
  reader.leave();
  const subject = readName(reader);
  const publicKey = readPublicKeyInfo(reader);
  passUniqueIdentifiers(reader, defects);
  const known = noKnownExtensions();
  const extensions = readCertificateExtensions(reader, known);
  reader.leave();
  if (!reader.failed) findDefects(version, serial, extensions, defects);
  return {
    tbs: reader.since(start),
    version,
    serial,
    innerAlgorithm,
    issuer,
    notBefore,
    notAfter,
    subject,
    publicKey,
    extensions,
    known,
    defects,
  };
}

/** A TBSCertificate from DER, with whatever defects it has: for the lint before signing. */
export function parseTbsCertificate(der: Uint8Array): Result<TbsCertificate, X509FailureCode> {
  const reader = new DerReader(der, CERTIFICATE_BYTES_MAX);
  return reader.finish(readTbsCertificate(reader));
}
