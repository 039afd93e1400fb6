/**
 * One signer of a SignedData (RFC 5652 5.4, 5.6): the digest of the content, the signature under the key of a certificate,
 * and that this certificate is the one that the signer means. Whether the certificate is valid is asked afterwards.
 */
import { createHash, hash } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Certificate, derTag } from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';
import { sameName } from '../names/name-key.ts';
import type { Trail } from '../report.ts';
import { type Digest, findScheme, type SignatureScheme, verifyMessage } from '../signature/verify-message.ts';
import { DIGESTS } from './digests.ts';
import { type NamedCertificate, readSignedAttributes, type SignedAttributes } from './signed-attributes.ts';
import type { SignerIdentifier, SignerInfo } from './signed-data.ts';

type Check = Result<undefined, VerificationFailureCode>;

const DATA_OID = '1.2.840.113549.1.7.1';
const RSA_OID = '1.2.840.113549.1.1.1';
const ATTRIBUTES_BYTES_MAX = 65_536;

/** The content in pieces, as it lies in the file. */
export type Content = readonly Uint8Array[];

export interface SignedContent {
  readonly contentType: string;
  readonly content: Content;
}

const sameOctets = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const isOf = (signer: SignerIdentifier, certificate: Certificate): boolean =>
  signer.kind === 'serial'
    ? sameOctets(signer.serial, certificate.serial) && sameName(signer.issuer, certificate.issuer)
    : certificate.known.subjectKeyIdentifier !== undefined &&
      sameOctets(signer.keyIdentifier, certificate.known.subjectKeyIdentifier);

function digestOf(content: Content, digest: Digest): Uint8Array {
  const running = createHash(digest);
  for (const piece of content) running.update(piece);
  return running.digest();
}

/** The scheme of a signer: RSA is often named without its digest, which is then the message's (RFC 3370 3.2). */
function schemeOf(
  { signatureAlgorithm }: SignerInfo,
  digest: Digest,
): Result<SignatureScheme, VerificationFailureCode> {
  const { oid } = signatureAlgorithm;
  const scheme: SignatureScheme | undefined = oid === RSA_OID ? { family: 'rsa', digest } : findScheme(oid);
  return scheme === undefined || (scheme.digest !== undefined && scheme.digest !== digest)
    ? fail('signature-algorithm-unsupported', `algorithm ${oid} over ${digest}`)
    : ok(scheme);
}

const checkNamed = (certificate: Certificate, named: readonly NamedCertificate[]): Check =>
  named.every(({ digest, hash: expected }) => sameOctets(hash(digest, certificate.der, 'buffer'), expected))
    ? ok(undefined)
    : fail('cms-signing-certificate-differs', 'the signer means another certificate');

/** The attribute messageDigest by its object identifier. */
const MESSAGE_DIGEST = Buffer.from('06092a864886f70d010904', 'hex');

/**
 * Whether a content could be the signed attributes of another message: taken for a content without attributes it would
 * verify under the same signature, though its signer never signed it as one.
 */
function looksLikeAttributes(content: Content): boolean {
  const head = Buffer.concat(content.map((piece) => piece.subarray(0, ATTRIBUTES_BYTES_MAX)));
  return head[0] === derTag.SET && head.subarray(0, ATTRIBUTES_BYTES_MAX).includes(MESSAGE_DIGEST);
}

/** The attributes, which must be there for any content but plain data, and must be about this content. */
function checkAttributes(
  { signed }: SignerInfo,
  { contentType, content }: SignedContent,
  digest: Digest,
): Result<SignedAttributes | undefined, VerificationFailureCode> {
  if (signed === undefined) {
    if (looksLikeAttributes(content))
      return fail('cms-attributes-invalid', 'a content that is another message’s signed attributes');
    return contentType === DATA_OID
      ? ok(undefined)
      : fail('cms-attributes-invalid', 'a content of a type without signed attributes');
  }
  const attributes = readSignedAttributes(signed.attributes);
  if (!attributes.ok) return attributes;
  if (attributes.value.contentType !== contentType)
    return fail('cms-attributes-invalid', 'the content is of another type than was signed');
  return sameOctets(digestOf(content, digest), attributes.value.messageDigest)
    ? attributes
    : fail('cms-digest-differs', 'the content is not what was signed');
}

/** A signer whose signature holds. */
export interface CheckedSigner {
  readonly certificate: Certificate;
  readonly signingTime: number | undefined;
}

/** Whether the signer's certificate signed the content. */
export function checkSigner(
  info: SignerInfo,
  signedContent: SignedContent,
  certificates: readonly Certificate[],
  about: string,
  trail: Trail,
): Result<CheckedSigner, VerificationFailureCode> {
  const digest = DIGESTS.get(info.digestAlgorithm.oid);
  const known =
    digest === undefined ? fail('cms-digest-unsupported' as const, info.digestAlgorithm.oid) : ok(digest);
  const accepted = trail.note(about, 'a digest that is accepted', 'RFC 5754', known);
  if (!accepted.ok) return accepted;
  const attributes = trail.note(
    about,
    'the content is what was signed',
    'RFC 5652 5.4, 11',
    checkAttributes(info, signedContent, accepted.value),
  );
  if (!attributes.ok) return attributes;
  const signature = trail.note(
    about,
    'signature of the signer',
    'RFC 5652 5.6',
    findSigner(info, signedContent, certificates, accepted.value),
  );
  if (!signature.ok) return signature;
  const named = trail.note(
    about,
    'the certificate that the signer means',
    'RFC 5035 5.4',
    checkNamed(signature.value, attributes.value?.namedCertificates ?? []),
  );
  return named.ok ? ok({ certificate: signature.value, signingTime: attributes.value?.signingTime }) : named;
}

/** The certificate, among those that the signer may mean, whose key made the signature. */
function findSigner(
  info: SignerInfo,
  { content }: SignedContent,
  certificates: readonly Certificate[],
  digest: Digest,
): Result<Certificate, VerificationFailureCode> {
  const scheme = schemeOf(info, digest);
  if (!scheme.ok) return scheme;
  const message = info.signed?.der ?? Buffer.concat(content);
  let refusal: Result<Certificate, VerificationFailureCode> = fail(
    'cms-signer-not-found',
    'no certificate of the signer',
  );
  for (const certificate of certificates) {
    if (!isOf(info.signer, certificate)) continue;
    const check = verifyMessage(scheme.value, certificate.publicKey, message, info.signature);
    if (check.ok) return ok(certificate);
    refusal = check;
  }
  return refusal;
}
