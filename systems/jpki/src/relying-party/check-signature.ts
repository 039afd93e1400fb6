/**
 * What can be told of a signed challenge without asking anybody: the certificate leads to an authority that is trusted, is
 * of the wanted kind and in date, and its key signed the challenge: PKCS#1 v1.5 with SHA-256 as cards sign today, ECDSA
 * with the hash of its curve in DER, or ML-DSA. Whether it is revoked is another question. Pure.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  type Certificate,
  KEY_PURPOSE_OIDS,
  type PathQuestion,
  parseCertificate,
  verifyPath,
  verifyWithKey,
} from '@ishizue/x509';
import {
  CARD_KIND_OF,
  type CardKind,
  type CertificateKind,
  POLICIES_OF,
} from '../profile/certificate-kind.ts';

export type SignatureCheckFailure =
  | 'certificate-malformed'
  /** No path to a trusted authority; the detail names x509's code. */
  | 'certificate-not-trusted'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  /** Policy, key usage or purpose of another kind. */
  | 'certificate-of-another-kind'
  | 'challenge-signature-invalid';

export interface SignedChallenge {
  readonly kind: CertificateKind;
  /** The holder's, in DER. */
  readonly certificate: Uint8Array;
  readonly challenge: Uint8Array;
  /** Over the challenge. */
  readonly signature: Uint8Array;
}

export interface CheckedSignature {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
}

const REQUIREMENTS: Readonly<
  Record<CardKind, Pick<PathQuestion, 'requiredKeyUsages' | 'requiredKeyPurpose'>>
> = {
  authentication: {
    requiredKeyUsages: ['digitalSignature'],
    requiredKeyPurpose: KEY_PURPOSE_OIDS.clientAuth,
  },
  signature: { requiredKeyUsages: ['digitalSignature', 'nonRepudiation'] },
};

/** Checks everything but revocation at an instant (milliseconds since the epoch). */
export function checkSignature(
  { kind, certificate: der, challenge, signature }: SignedChallenge,
  anchors: readonly Certificate[],
  at: number,
): Result<CheckedSignature, SignatureCheckFailure> {
  const parsed = parseCertificate(der);
  if (!parsed.ok) return fail('certificate-malformed', parsed.failure.code);
  const certificate = parsed.value;
  const path = verifyPath({
    certificate,
    intermediates: [],
    anchors,
    at,
    requiredPolicies: POLICIES_OF[kind],
    ...REQUIREMENTS[CARD_KIND_OF[kind]],
  });
  if (!path.ok) return fail(pathFailure(path.failure.code), path.failure.code);
  const [, issuer] = path.value;
  if (!issuer) return fail('certificate-not-trusted', 'a holder is no authority');
  return verifyWithKey(challenge, signature, certificate.publicKey).ok
    ? ok({ certificate, issuer })
    : fail('challenge-signature-invalid', 'the key did not sign this challenge');
}

function pathFailure(code: string): SignatureCheckFailure {
  switch (code) {
    case 'expired':
      return 'certificate-expired';
    case 'not-yet-valid':
      return 'certificate-not-yet-valid';
    case 'policy-not-allowed':
    case 'key-usage-refuses':
    case 'extended-key-usage-refuses':
      return 'certificate-of-another-kind';
    default:
      return 'certificate-not-trusted';
  }
}
