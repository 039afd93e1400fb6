/** Rules on the certificate of a certification authority (jpki-formats 1). */
import { addDays, dateInTokyo, endOfDateInTokyo } from '@ishizue/clock';
import type { PublicKeyInfo, TbsCertificate } from '@ishizue/x509';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import { isAuthorityName, isAuthorityNameInJapanese } from './names.ts';
import { type CertificateRule, extensionRules, holds, sameOctets, subjectKeyRule } from './profile-rule.ts';

const CITATION = 'jpki-formats 1';

export const authorityRules =
  (kind: CertificateKind) =>
  (signer: PublicKeyInfo): readonly CertificateRule[] => [
    holds<TbsCertificate>(
      'authority-signs-itself',
      `${CITATION} (one-tier self-signed root)`,
      ({ publicKey, issuer, subject }) =>
        sameOctets(publicKey.keyOctets, signer.keyOctets) && issuer.equals(subject),
      'another key or another issuer',
    ),
    holds<TbsCertificate>(
      'authority-has-the-name-of-its-kind',
      `${CITATION} (Issuer = Subject)`,
      ({ subject }) => isAuthorityName(subject, kind),
      'the subject',
    ),
    holds<TbsCertificate>(
      'authority-lasts-ten-years-to-the-end-of-a-day',
      `${CITATION} (10 years, notAfter …145959Z)`,
      ({ notBefore, notAfter }) => notAfter === tenYearsAfter(notBefore),
      'notAfter',
    ),
    ...extensionRules(
      `${CITATION} (Extensions, in order)`,
      'keyUsage!',
      'subjectAltName',
      'basicConstraints!',
      'crlDistributionPoints',
      'subjectKeyIdentifier',
    ),
    holds<TbsCertificate>(
      'authority-names-no-key-above-it',
      `${CITATION} (No authorityKeyIdentifier)`,
      ({ known }) => known.authorityKeyIdentifier === undefined,
      'authorityKeyIdentifier',
    ),
    holds<TbsCertificate>(
      'authority-signs-certificates-and-lists-only',
      `${CITATION} (keyUsage)`,
      ({ known }) => known.keyUsage?.join(' ') === 'keyCertSign cRLSign',
      'keyUsage',
    ),
    holds<TbsCertificate>(
      'authority-is-a-ca-without-path-length',
      `${CITATION} (basicConstraints)`,
      ({ known }) => known.basicConstraints?.ca === true && known.basicConstraints.pathLength === undefined,
      'basicConstraints',
    ),
    holds<TbsCertificate>(
      'authority-has-its-japanese-name',
      `${CITATION} (SAN directoryName)`,
      ({ known }) => isAuthorityNameInJapanese(known.subjectAltName, kind),
      'subjectAltName',
    ),
    holds<TbsCertificate>(
      'distribution-point-of-an-authority-is-its-name',
      `${CITATION} (cRLDistributionPoints directoryName = the CA DN)`,
      ({ known, subject }) => {
        const [point, ...more] = known.crlDistributionPoints ?? [];
        const [name, ...others] = point?.fullName ?? [];
        return (
          more.length + others.length === 0 &&
          point?.reasons === undefined &&
          point?.crlIssuer === undefined &&
          name?.kind === 'directoryName' &&
          name.name.equals(subject)
        );
      },
      'cRLDistributionPoints',
    ),
    subjectKeyRule,
  ];

/** The last second of the day before the same day ten years on; 29 February counts as the 28th. */
function tenYearsAfter(notBefore: number): number {
  const begins = dateInTokyo(notBefore);
  const monthDay = begins.slice(5) === '02-29' ? '02-28' : begins.slice(5);
  return endOfDateInTokyo(addDays(`${Number(begins.slice(0, 4)) + 10}-${monthDay}`, -1));
}
