/**
 * CertificationRequest (PKCS#10, RFC 2986): a key's wish for a certificate, signed with itself. The card writes one,
 * the certification authority reads it and believes nothing in it but that the sender holds the key.
 */
import type { Result } from '@ishizue/outcome';
import { type Extension, hasDuplicate, readExtensions, writeExtensions } from '../certificate/extension.ts';
import {
  type KnownExtensions,
  noKnownExtensions,
  readKnownExtension,
} from '../certificate/known-extensions.ts';
import { type Name, readName } from '../certificate/name.ts';
import { type PublicKeyInfo, readPublicKeyInfo } from '../certificate/public-key.ts';
import { readSignature, type Signed, verifySignature } from '../certificate/signature.ts';
import { DerReader } from '../der/reader.ts';
import { passElement } from '../der/structure.ts';
import { contextConstructed, SET } from '../der/tag.ts';
import { encodeDer } from '../der/writer.ts';
import type { X509FailureCode } from '../failure.ts';

const REQUEST_BYTES_MAX = 65_536;
const ATTRIBUTES_MAX = 16;
const EXTENSION_REQUEST_OID = '1.2.840.113549.1.9.14';

/** What to write; `publicKey` is a SubjectPublicKeyInfo in DER. */
export interface CertificationRequestSpec {
  readonly subject: Name;
  readonly publicKey: Uint8Array;
  /** Extensions asked for. */
  readonly extensions?: readonly Extension[] | undefined;
}

/** A request that was read. */
export interface CertificationRequest extends Signed {
  readonly der: Uint8Array;
  readonly subject: Name;
  readonly publicKey: PublicKeyInfo;
  /** Extensions asked for, and the standard ones among them decoded. */
  readonly extensions: readonly Extension[];
  readonly known: Readonly<KnownExtensions>;
}

/** CertificationRequestInfo in DER: what the key signs; `assembleSigned` makes the request of it. */
export function encodeCertificationRequestInfo(spec: CertificationRequestSpec): Uint8Array {
  const { extensions = [] } = spec;
  return encodeDer((writer) =>
    writer.sequence(() => {
      writer.smallInteger(0);
      writer.raw(spec.subject.der);
      writer.raw(spec.publicKey);
      writer.wrap(contextConstructed(0), () => {
        if (extensions.length === 0) return;
        writer.sequence(() => {
          writer.oid(EXTENSION_REQUEST_OID);
          writer.wrap(SET, () => writeExtensions(writer, extensions));
        });
      });
    }),
  );
}

/** Reads one attribute; other than the extension request it is only passed. */
function readAttribute(reader: DerReader, known: KnownExtensions): Extension[] {
  reader.enterSequence();
  const isExtensionRequest = reader.oid() === EXTENSION_REQUEST_OID;
  reader.enter(SET);
  const extensions = isExtensionRequest
    ? readExtensions(reader, (oid, value) => readKnownExtension(oid, value, known))
    : [];
  if (!isExtensionRequest) while (reader.more()) passElement(reader);
  reader.leave();
  reader.leave();
  return extensions;
}

function readAttributes(reader: DerReader, known: KnownExtensions): Extension[] {
  const extensions: Extension[] = [];
  reader.enter(contextConstructed(0));
  for (let count = 0; reader.more(); count++) {
    if (count >= ATTRIBUTES_MAX) reader.reject('too-large', `more than ${ATTRIBUTES_MAX} attributes`);
    extensions.push(...readAttribute(reader, known));
  }
  reader.leave();
  if (hasDuplicate(extensions)) reader.reject('duplicate-extension', 'an extension asked for');
  return extensions;
}

/** A request from DER, possession not yet proved: see `verifyPossession`. */
export function parseCertificationRequest(der: Uint8Array): Result<CertificationRequest, X509FailureCode> {
  const reader = new DerReader(der, REQUEST_BYTES_MAX);
  reader.enterSequence();
  const start = reader.offset;
  reader.enterSequence();
  reader.smallInteger(0);
  const subject = readName(reader);
  const publicKey = readPublicKeyInfo(reader);
  const known = noKnownExtensions();
  const extensions = readAttributes(reader, known);
  reader.leave();
  const tbs = reader.since(start);
  const { signatureAlgorithm, signature } = readSignature(reader);
  reader.leave();
  return reader.finish({ der, tbs, subject, publicKey, extensions, known, signatureAlgorithm, signature });
}

/** Whether whoever made the request holds the private key: it signed itself (RFC 2986 3). */
export const verifyPossession = (request: CertificationRequest): Result<undefined, X509FailureCode> =>
  verifySignature(request, request.publicKey);
