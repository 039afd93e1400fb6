/**
 * Reading the standard certificate extensions (RFC 5280 4.2.1, 4.2.2) into typed values, in the pass that reads the
 * certificate. A known extension that does not follow its syntax refuses the whole certificate.
 */
import type { DerReader } from '../der/reader.ts';
import { passElement } from '../der/structure.ts';
import { BOOLEAN, contextConstructed, contextPrimitive, IA5_STRING, INTEGER, SEQUENCE } from '../der/tag.ts';
import { CPS_QUALIFIER_OID, EXTENSION_OIDS } from './extension-oids.ts';
import { type GeneralName, readGeneralName, readGeneralNames, readIa5 } from './general-name.ts';
import {
  type AccessDescription,
  type AuthorityKeyIdentifier,
  type BasicConstraints,
  type DistributionPoint,
  KEY_USAGES,
  type KeyUsage,
  type PolicyInformation,
} from './standard-extension.ts';

/** The standard extensions of a certificate, undefined where it has none. */
export interface KnownExtensions {
  keyUsage: readonly KeyUsage[] | undefined;
  extKeyUsage: readonly string[] | undefined;
  basicConstraints: BasicConstraints | undefined;
  certificatePolicies: readonly PolicyInformation[] | undefined;
  subjectAltName: readonly GeneralName[] | undefined;
  issuerAltName: readonly GeneralName[] | undefined;
  crlDistributionPoints: readonly DistributionPoint[] | undefined;
  authorityInfoAccess: readonly AccessDescription[] | undefined;
  subjectKeyIdentifier: Uint8Array | undefined;
  authorityKeyIdentifier: AuthorityKeyIdentifier | undefined;
  ocspNoCheck: true | undefined;
}

/** No extension yet. Every field is there from the start, so that all instances have one shape. */
export const noKnownExtensions = (): KnownExtensions => ({
  keyUsage: undefined,
  extKeyUsage: undefined,
  basicConstraints: undefined,
  certificatePolicies: undefined,
  subjectAltName: undefined,
  issuerAltName: undefined,
  crlDistributionPoints: undefined,
  authorityInfoAccess: undefined,
  subjectKeyIdentifier: undefined,
  authorityKeyIdentifier: undefined,
  ocspNoCheck: undefined,
});

/** Members of a SEQUENCE SIZE (1..MAX). */
function readMembers<T>(reader: DerReader, readMember: (reader: DerReader) => T): T[] {
  const members: T[] = [];
  reader.enterSequence();
  if (!reader.more()) reader.reject('empty', 'a SEQUENCE');
  while (reader.more()) members.push(readMember(reader));
  reader.leave();
  return members;
}

function readKeyUsage(reader: DerReader): KeyUsage[] {
  const bits = reader.namedBits();
  if (bits >> KEY_USAGES.length !== 0) reader.reject('bit-string-invalid', 'an unknown key usage');
  return KEY_USAGES.filter((_, bit) => (bits >> bit) & 1);
}

const PATH_LENGTH_MAX = 255;

function readBasicConstraints(reader: DerReader): BasicConstraints {
  reader.enterSequence();
  const hasCa = reader.peek() === BOOLEAN;
  const ca = hasCa && reader.boolean();
  if (hasCa && !ca) reader.reject('default-encoded', 'cA FALSE');
  const pathLength = reader.peek() === INTEGER ? reader.smallInteger(PATH_LENGTH_MAX) : undefined;
  reader.leave();
  return { ca, pathLength };
}

function readPolicy(reader: DerReader): PolicyInformation {
  reader.enterSequence();
  const policy = reader.oid();
  const cps: string[] = [];
  const otherQualifiers: Uint8Array[] = [];
  if (reader.more()) {
    for (const qualifier of readMembers(reader, readQualifier)) {
      if (typeof qualifier === 'string') cps.push(qualifier);
      else otherQualifiers.push(qualifier);
    }
  }
  reader.leave();
  return { policy, cps, otherQualifiers };
}

/** A CPS address as text, any other qualifier as its DER. */
function readQualifier(reader: DerReader): string | Uint8Array {
  const start = reader.offset;
  reader.enterSequence();
  const isCps = reader.oid() === CPS_QUALIFIER_OID;
  const address = isCps ? readIa5(reader, IA5_STRING) : undefined;
  if (!isCps) passElement(reader);
  reader.leave();
  return address ?? reader.since(start);
}

/** The content of a DistributionPointName under `[0]`, if it is there. */
export function readDistributionPointName(
  reader: DerReader,
): Pick<DistributionPoint, 'fullName' | 'relativeName'> {
  if (reader.peek() !== contextConstructed(0)) return { fullName: undefined, relativeName: undefined };
  reader.enter(contextConstructed(0));
  const isFull = reader.peek() === contextConstructed(0);
  const fullName = isFull ? readGeneralNames(reader, contextConstructed(0)) : undefined;
  const relativeName = isFull ? undefined : reader.content(contextConstructed(1));
  reader.leave();
  return { fullName, relativeName };
}

function readDistributionPoint(reader: DerReader): DistributionPoint {
  reader.enterSequence();
  const { fullName, relativeName } = readDistributionPointName(reader);
  const reasons = reader.peek() === contextPrimitive(1) ? reader.namedBits(contextPrimitive(1)) : undefined;
  const hasIssuer = reader.peek() === contextConstructed(2);
  const crlIssuer = hasIssuer ? readGeneralNames(reader, contextConstructed(2)) : undefined;
  reader.leave();
  return { fullName, relativeName, reasons, crlIssuer };
}

function readAccessDescription(reader: DerReader): AccessDescription {
  reader.enterSequence();
  const method = reader.oid();
  const location = readGeneralName(reader);
  reader.leave();
  return { method, location };
}

/** Reads the content of an authorityKeyIdentifier, which CRLs have too. */
export function readAuthorityKeyIdentifier(reader: DerReader): AuthorityKeyIdentifier {
  reader.enterSequence();
  const hasKey = reader.peek() === contextPrimitive(0);
  const keyIdentifier = hasKey ? reader.content(contextPrimitive(0)) : undefined;
  const hasIssuer = reader.peek() === contextConstructed(1);
  const issuer = hasIssuer ? readGeneralNames(reader, contextConstructed(1)) : undefined;
  const hasSerial = reader.peek() === contextPrimitive(2);
  const serial = hasSerial ? reader.integer(contextPrimitive(2)) : undefined;
  reader.leave();
  return { keyIdentifier, issuer, serial };
}

/** Decodes an extension into its field; answers false for one that is not known here. */
export function readKnownExtension(oid: string, reader: DerReader, into: KnownExtensions): boolean {
  switch (oid) {
    case EXTENSION_OIDS.keyUsage:
      into.keyUsage = readKeyUsage(reader);
      return true;
    case EXTENSION_OIDS.extKeyUsage:
      into.extKeyUsage = readMembers(reader, (each) => each.oid());
      return true;
    case EXTENSION_OIDS.basicConstraints:
      into.basicConstraints = readBasicConstraints(reader);
      return true;
    case EXTENSION_OIDS.certificatePolicies:
      into.certificatePolicies = readMembers(reader, readPolicy);
      return true;
    case EXTENSION_OIDS.subjectAltName:
      into.subjectAltName = readGeneralNames(reader, SEQUENCE);
      return true;
    case EXTENSION_OIDS.issuerAltName:
      into.issuerAltName = readGeneralNames(reader, SEQUENCE);
      return true;
    case EXTENSION_OIDS.crlDistributionPoints:
      into.crlDistributionPoints = readMembers(reader, readDistributionPoint);
      return true;
    case EXTENSION_OIDS.authorityInfoAccess:
      into.authorityInfoAccess = readMembers(reader, readAccessDescription);
      return true;
    case EXTENSION_OIDS.subjectKeyIdentifier:
      into.subjectKeyIdentifier = reader.octetString();
      return true;
    case EXTENSION_OIDS.authorityKeyIdentifier:
      into.authorityKeyIdentifier = readAuthorityKeyIdentifier(reader);
      return true;
    case EXTENSION_OIDS.ocspNoCheck:
      reader.null();
      into.ocspNoCheck = true;
      return true;
    default:
      return false;
  }
}
