/**
 * The certificate of a certification authority: self-signed, ten years, extensions in the order of the published ones, which
 * are RSA-2048 with sha256WithRSA (other keys by profile/key-types.ts). The four authorities differ in their names only.
 */
import { addDays, dateInTokyo, endOfDateInTokyo } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import {
  basicConstraints,
  crlDistributionPoints,
  encodeTbsCertificate,
  keyIdentifier,
  keyUsage,
  parsePublicKeyInfo,
  type SignatureAlgorithm,
  signatureAlgorithm,
  subjectAltName,
  subjectKeyIdentifier,
} from '@ishizue/x509';
import { addYears } from './birthday.ts';
import type { CertificateKind } from './certificate-kind.ts';
import { authorityAlternativeName, authorityName, type JpkiProfile } from './jpki-profile.ts';
import { authoritySerial } from './serial-numbers.ts';

const AUTHORITY_YEARS = 10;

export interface AuthorityCertificateSpec {
  readonly profile: JpkiProfile;
  readonly kind: CertificateKind;
  readonly generation: number;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  readonly notBefore: number;
}

/** TBSCertificate of an authority in DER. */
export function encodeAuthorityCertificate(spec: AuthorityCertificateSpec): Uint8Array {
  const { profile, kind, generation, publicKey, notBefore } = spec;
  const name = authorityName(profile, kind);
  const lastDay = addDays(addYears(dateInTokyo(notBefore), AUTHORITY_YEARS), -1);
  return encodeTbsCertificate({
    serial: authoritySerial(generation),
    signatureAlgorithm: algorithmOf(publicKey),
    issuer: name,
    notBefore,
    notAfter: endOfDateInTokyo(lastDay),
    subject: name,
    publicKey,
    extensions: [
      keyUsage(['keyCertSign', 'cRLSign']),
      subjectAltName([authorityAlternativeName(profile, kind)]),
      basicConstraints({ ca: true }),
      crlDistributionPoints([{ fullName: [{ kind: 'directoryName', name }] }]),
      subjectKeyIdentifier(keyIdentifierOf(publicKey)),
    ],
  });
}

/** The algorithm with which the key of a SubjectPublicKeyInfo that is known to be one of ours signs. */
export function algorithmOf(publicKey: Uint8Array): SignatureAlgorithm {
  const { type } = mustSucceed(parsePublicKeyInfo(publicKey), 'a public key that was read before');
  if (type === undefined) throw new Error('an authority with a key of no kind in use');
  return signatureAlgorithm(type);
}

/** The key identifier of a SubjectPublicKeyInfo that is known to be one. */
export const keyIdentifierOf = (publicKey: Uint8Array): Uint8Array =>
  keyIdentifier(mustSucceed(parsePublicKeyInfo(publicKey), 'a public key that was read before'));
