/** Rules on the certificate of an OCSP responder (RFC 6960 4.2.2.2); the profile is ours. */
import {
  ATTRIBUTE_OIDS,
  encodeName,
  KEY_PURPOSE_OIDS,
  type PublicKeyInfo,
  type TbsCertificate,
} from '@ishizue/x509';
import { signatureRule } from './key-type-rules.ts';
import { authorityKindOf } from './names.ts';
import { type CertificateRule, extensionRules, holds, issuedRules } from './profile-rule.ts';

const DAYS_MAX = 92;
const DAY_MS = 86_400_000;

export const responderRules = (signer: PublicKeyInfo): readonly CertificateRule[] => [
  signatureRule(signer),
  holds<TbsCertificate>(
    'responder-key-is-rsa-2048-or-p-256',
    'RFC 6960 4.2.2.2; the profile is ours',
    ({ publicKey: { type, sizeBits } }) => (type === 'rsa' && sizeBits === 2048) || type === 'p256',
    'another key than RSA-2048 or P-256',
  ),
  ...issuedRules(signer),
  holds<TbsCertificate>(
    'responder-is-under-its-authority',
    'RFC 6960 4.2.2.2',
    ({ issuer, subject }) => {
      const levels = subject.relativeNames;
      const last = levels.at(-1)?.[0];
      return (
        authorityKindOf(issuer) !== undefined &&
        encodeName(levels.slice(0, -1)).equals(issuer) &&
        last?.oid === ATTRIBUTE_OIDS.CN &&
        last.value.startsWith('OCSP Responder ')
      );
    },
    'issuer or subject',
  ),
  holds<TbsCertificate>(
    'responder-without-revocation-check-is-short-lived',
    'RFC 6960 4.2.2.2.1',
    ({ notBefore, notAfter }) => notAfter - notBefore <= DAYS_MAX * DAY_MS,
    `longer than ${DAYS_MAX} days`,
  ),
  ...extensionRules(
    'RFC 6960 4.2.2.2',
    'keyUsage!',
    'extKeyUsage',
    'ocspNoCheck',
    'authorityKeyIdentifier',
    'subjectKeyIdentifier',
  ),
  holds<TbsCertificate>(
    'responder-key-answers-and-nothing-else',
    'RFC 6960 4.2.2.2',
    ({ known }) =>
      known.keyUsage?.join(' ') === 'digitalSignature' &&
      known.extKeyUsage?.join(' ') === KEY_PURPOSE_OIDS.ocspSigning,
    'keyUsage or extKeyUsage',
  ),
];
