/** The signed attributes that decide something (RFC 5652 11; RFC 5035 for the certificate that the signer means). */
import { fail, ok, type Result } from '@ishizue/outcome';
import { DerReader, derTag, readAlgorithmIdentifier } from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';
import { DIGESTS } from './digests.ts';
import type { Attribute } from './signed-data.ts';

const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_TIME = '1.2.840.113549.1.9.5';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

/** The certificate that the signer says is theirs, by its hash. */
export interface NamedCertificate {
  readonly digest: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  readonly hash: Uint8Array;
}

export interface SignedAttributes {
  readonly contentType: string;
  readonly messageDigest: Uint8Array;
  /** What the signer claims, in milliseconds since the epoch. */
  readonly signingTime: number | undefined;
  readonly namedCertificates: readonly NamedCertificate[];
}

type Read<T> = Result<T | undefined, VerificationFailureCode>;

const INVALID = fail('cms-attributes-invalid', 'a signed attribute');

/** The one value of the one attribute of a type; undefined where there is none. */
function readOne<T>(attributes: readonly Attribute[], oid: string, read: (reader: DerReader) => T): Read<T> {
  const [attribute, ...others] = attributes.filter((each) => each.oid === oid);
  if (attribute === undefined) return ok(undefined);
  const [value, ...more] = attribute.values;
  if (value === undefined || more.length > 0 || others.length > 0) return INVALID;
  const reader = new DerReader(value, value.length);
  const result = reader.finish(read(reader));
  return result.ok ? result : INVALID;
}

/** The first ESSCertID or ESSCertIDv2: the signer's own certificate; later ones are of authorities. */
function readNamed(reader: DerReader, isV2: boolean): NamedCertificate {
  reader.enterSequence();
  reader.enterSequence();
  reader.enterSequence();
  const hasAlgorithm = isV2 && reader.peek() === derTag.SEQUENCE;
  const algorithm = hasAlgorithm ? DIGESTS.get(readAlgorithmIdentifier(reader).oid) : undefined;
  if (hasAlgorithm && algorithm === undefined) reader.reject('unexpected-tag', 'a digest');
  const hash = reader.octetString();
  reader.skipRest();
  reader.leave();
  reader.skipRest();
  reader.leave();
  reader.skipRest();
  reader.leave();
  return { digest: isV2 ? (algorithm ?? 'sha256') : 'sha1', hash };
}

/** The attributes, of which contentType and messageDigest must be there. */
export function readSignedAttributes(
  attributes: readonly Attribute[],
): Result<SignedAttributes, VerificationFailureCode> {
  const contentType = readOne(attributes, CONTENT_TYPE, (reader) => reader.oid());
  const messageDigest = readOne(attributes, MESSAGE_DIGEST, (reader) => reader.octetString());
  const signingTime = readOne(attributes, SIGNING_TIME, (reader) => reader.time());
  const first = readOne(attributes, SIGNING_CERTIFICATE, (reader) => readNamed(reader, false));
  const second = readOne(attributes, SIGNING_CERTIFICATE_V2, (reader) => readNamed(reader, true));
  if (!contentType.ok || !messageDigest.ok || !signingTime.ok || !first.ok || !second.ok) return INVALID;
  if (contentType.value === undefined || messageDigest.value === undefined) return INVALID;
  return ok({
    contentType: contentType.value,
    messageDigest: messageDigest.value,
    signingTime: signingTime.value,
    namedCertificates: [first.value, second.value].filter((named) => named !== undefined),
  });
}
