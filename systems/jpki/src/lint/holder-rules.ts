/** Rules that both kinds of holders' certificates keep (jpki-formats 2). */
import { dateInTokyo, endOfDateInTokyo } from '@ishizue/clock';
import type { PublicKeyInfo, TbsCertificate } from '@ishizue/x509';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import { isAuthorityName, isAuthorityNameInJapanese, isDistributionPoint } from './names.ts';
import { type CertificateRule, holds, issuedRules } from './profile-rule.ts';

const CITATION = 'jpki-formats 2';
const LONGEST_YEARS = 6; // to the sixth birthday after issue, on renewal

export const HOLDER_NUMBER_FORM = /^[0-9A-Z]{14}[0-9]{5}003A$/;

/** `policies`: the policy identifiers, one of which the certificate names. */
export const holderRules = (
  kind: CertificateKind,
  policies: readonly string[],
  signer: PublicKeyInfo,
): readonly CertificateRule[] => [
  ...issuedRules(signer),
  holds<TbsCertificate>(
    'serial-number-has-four-octets',
    `${CITATION} (Serial)`,
    ({ serial }) => serial.length === 4,
    'another length',
  ),
  holds<TbsCertificate>(
    'issuer-is-the-authority-of-the-kind',
    'jpki-formats 1 (Issuer)',
    ({ issuer }) => isAuthorityName(issuer, kind),
    'the issuer',
  ),
  holds<TbsCertificate>(
    'validity-ends-with-a-day',
    `${CITATION} (Validity: 14:59:59Z)`,
    ({ notAfter }) => notAfter === endOfDateInTokyo(dateInTokyo(notAfter)),
    'notAfter',
  ),
  holds<TbsCertificate>(
    'validity-is-at-most-to-the-sixth-birthday',
    `${CITATION} (Validity)`,
    ({ notBefore, notAfter }) => dateInTokyo(notAfter) <= yearsLater(dateInTokyo(notBefore)),
    'longer than six years',
  ),
  holds<TbsCertificate>(
    'holder-is-no-authority',
    `${CITATION}; RFC 5280 4.2.1.9`,
    ({ known }) => known.basicConstraints === undefined,
    'basicConstraints',
  ),
  holds<TbsCertificate>(
    'policy-is-that-of-the-kind-with-its-practice-statement',
    `${CITATION} (certificatePolicies)`,
    ({ known }) => {
      const [policy, ...more] = known.certificatePolicies ?? [];
      return (
        more.length === 0 &&
        policy !== undefined &&
        policies.includes(policy.policy) &&
        policy.cps?.length === 1 &&
        (policy.otherQualifiers?.length ?? 0) === 0
      );
    },
    'certificatePolicies',
  ),
  holds<TbsCertificate>(
    'issuer-alternative-name-is-the-authority-in-japanese',
    `${CITATION} (issuerAltName)`,
    ({ known }) => isAuthorityNameInJapanese(known.issuerAltName, kind),
    'issuerAltName',
  ),
  holds<TbsCertificate>(
    'distribution-point-is-the-directory-name-of-an-area',
    `${CITATION} (cRLDistributionPoints)`,
    ({ known, issuer }) => {
      const [point, ...more] = known.crlDistributionPoints ?? [];
      return (
        more.length === 0 &&
        point !== undefined &&
        point.reasons === undefined &&
        point.crlIssuer === undefined &&
        isDistributionPoint(point.fullName, kind, issuer)
      );
    },
    'cRLDistributionPoints',
  ),
];

const yearsLater = (day: string): string => `${Number(day.slice(0, 4)) + LONGEST_YEARS}${day.slice(4)}`;
