/**
 * SignedData (RFC 5652 5.1, 5.3) read into a view; nothing of it is believed here. Certificates of other kinds than X.509
 * and lists of other kinds than CRLs are passed over. Numbers of members are bounded.
 */
import type { Result } from '@ishizue/outcome';
import {
  type AlgorithmIdentifier,
  type Certificate,
  type Crl,
  DerReader,
  derTag,
  type Name,
  parseCrl,
  readAlgorithmIdentifier,
  readName,
} from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';
import { readForeignCertificate } from '../read-certificate.ts';
import { berToDer } from './ber-to-der.ts';

const CMS_BYTES_MAX = 1 << 26;
const CERTIFICATES_MAX = 256;
const SIGNERS_MAX = 16;
const ATTRIBUTES_MAX = 64;
const SIGNED_DATA_OID = '1.2.840.113549.1.7.2';

/** Who signed: by issuer and serial number, or by the identifier of the key. */
export type SignerIdentifier =
  | { readonly kind: 'serial'; readonly issuer: Name; readonly serial: Uint8Array }
  | { readonly kind: 'key'; readonly keyIdentifier: Uint8Array };

export interface Attribute {
  readonly oid: string;
  /** Each value in DER. */
  readonly values: readonly Uint8Array[];
}

export interface SignerInfo {
  readonly signer: SignerIdentifier;
  readonly digestAlgorithm: AlgorithmIdentifier;
  /** Undefined where the content itself is signed. */
  readonly signed: { readonly der: Uint8Array; readonly attributes: readonly Attribute[] } | undefined;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

export interface SignedData {
  readonly contentType: string;
  /** Undefined where the content stands elsewhere. */
  readonly content: Uint8Array | undefined;
  readonly certificates: readonly Certificate[];
  readonly crls: readonly Crl[];
  readonly signers: readonly SignerInfo[];
}

/** Members of a container under a tag, at most so many. */
function readMembers<T>(reader: DerReader, tag: number, max: number, read: (reader: DerReader) => T): T[] {
  const members: T[] = [];
  reader.enter(tag);
  while (reader.more()) {
    if (members.length >= max) reader.reject('too-large', `more than ${max} members`);
    members.push(read(reader));
  }
  reader.leave();
  return members;
}

const element = (reader: DerReader): Uint8Array => reader.element();

function readAttribute(reader: DerReader): Attribute {
  reader.enterSequence();
  const oid = reader.oid();
  const values = readMembers(reader, derTag.SET, ATTRIBUTES_MAX, element);
  reader.leave();
  return { oid, values };
}

/** The attributes with the octets that are signed: those of a SET, whatever tag they stand under (5.4). */
function readSignedAttributes(reader: DerReader): SignerInfo['signed'] {
  const tag = derTag.contextConstructed(0);
  if (reader.peek() !== tag) return undefined;
  const start = reader.offset;
  const attributes = readMembers(reader, tag, ATTRIBUTES_MAX, readAttribute);
  const der = Uint8Array.from(reader.since(start));
  if (der.length > 0) der[0] = derTag.SET;
  return { der, attributes };
}

function readSigner(reader: DerReader): SignerIdentifier {
  const tag = derTag.contextPrimitive(0);
  if (reader.peek() === tag) return { kind: 'key', keyIdentifier: reader.content(tag) };
  reader.enterSequence();
  const issuer = readName(reader);
  const serial = reader.integer();
  reader.leave();
  return { kind: 'serial', issuer, serial };
}

function readSignerInfo(reader: DerReader): SignerInfo {
  reader.enterSequence();
  const version = reader.smallInteger(3);
  if (version !== 1 && version !== 3) reader.reject('version-unsupported', 'a SignerInfo');
  const signer = readSigner(reader);
  const digestAlgorithm = readAlgorithmIdentifier(reader);
  const signed = readSignedAttributes(reader);
  const signatureAlgorithm = readAlgorithmIdentifier(reader);
  const signature = reader.octetString();
  if (reader.peek() === derTag.contextConstructed(1)) reader.skip();
  reader.leave();
  return { signer, digestAlgorithm, signed, signatureAlgorithm, signature };
}

function readContent(reader: DerReader): Pick<SignedData, 'contentType' | 'content'> {
  reader.enterSequence();
  const contentType = reader.oid();
  let content: Uint8Array | undefined;
  if (reader.more()) {
    reader.enter(derTag.contextConstructed(0));
    content = reader.octetString();
    reader.leave();
  }
  reader.leave();
  return { contentType, content };
}

/** What stands under an optional tag, as DER of its members. */
const readChoices = (reader: DerReader, number: number): Uint8Array[] => {
  const tag = derTag.contextConstructed(number);
  return reader.peek() === tag ? readMembers(reader, tag, CERTIFICATES_MAX, element) : [];
};

/** Those of the members that can be read as what they should be; the others are of no use to anybody. */
const readable = <T>(
  members: readonly Uint8Array[],
  read: (der: Uint8Array) => Result<T, VerificationFailureCode>,
): T[] =>
  members
    .filter(([tag]) => tag === derTag.SEQUENCE)
    .flatMap((der) => {
      const result = read(der);
      return result.ok ? [result.value] : [];
    });

/** A SignedData from DER or BER. */
export function parseSignedData(message: Uint8Array): Result<SignedData, VerificationFailureCode> {
  const der = berToDer(message, CMS_BYTES_MAX);
  if (!der.ok) return der;
  const reader = new DerReader(der.value, CMS_BYTES_MAX * 2);
  reader.enterSequence();
  if (reader.oid() !== SIGNED_DATA_OID) reader.reject('unexpected-tag', 'a content that is no SignedData');
  reader.enter(derTag.contextConstructed(0));
  reader.enterSequence();
  reader.smallInteger(5);
  readMembers(reader, derTag.SET, SIGNERS_MAX, readAlgorithmIdentifier);
  const { contentType, content } = readContent(reader);
  const certificates = readChoices(reader, 0);
  const crls = readChoices(reader, 1);
  const signers = readMembers(reader, derTag.SET, SIGNERS_MAX, readSignerInfo);
  reader.leave();
  reader.leave();
  reader.leave();
  const read = reader.finish({ contentType, content, signers });
  if (!read.ok) return read;
  return {
    ok: true,
    value: {
      ...read.value,
      certificates: readable(certificates, readForeignCertificate),
      crls: readable(crls, parseCrl),
    },
  };
}
