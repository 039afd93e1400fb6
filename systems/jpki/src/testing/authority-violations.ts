/** What breaks each rule on the certificates of authorities and of responders. */
import {
  authorityKeyIdentifier,
  basicConstraints,
  crlDistributionPoints,
  EXTENSION_OIDS,
  extKeyUsage,
  KEY_PURPOSE_OIDS,
  keyIdentifier,
  keyUsage,
  subjectAltName,
} from '@ishizue/x509';
import { type CertificateKind, COUNTERPART_OF } from '../profile/certificate-kind.ts';
import {
  authorityAlternativeName,
  distributionPointName,
  testProfile as profile,
} from '../profile/jpki-profile.ts';
import {
  CRITICAL,
  commonViolations,
  issuedViolations,
  type PlantedViolation,
  renamed,
  replaced,
  sample,
  signer,
  turned,
} from './planted.ts';

export const authorityViolations = (kind: CertificateKind): readonly PlantedViolation[] => {
  const otherName = sample.issuing(COUNTERPART_OF[kind]).name;
  return [
    ...commonViolations,
    {
      rule: 'authority-signs-itself',
      what: 'another key than the one that signs',
      change: () => ({ publicKey: sample.holderSpki }),
    },
    {
      rule: 'authority-has-the-name-of-its-kind',
      what: 'the name of the authority of the other kind',
      change: () => ({ subject: otherName, issuer: otherName }),
    },
    {
      rule: 'authority-lasts-ten-years-to-the-end-of-a-day',
      what: 'a day longer',
      change: ({ notAfter }) => ({ notAfter: notAfter + 86_400_000 }),
    },
    {
      rule: 'authority-lasts-ten-years-to-the-end-of-a-day',
      what: 'ends at 15:00:00Z',
      change: ({ notAfter }) => ({ notAfter: notAfter + 1_000 }),
    },
    {
      rule: 'authority-names-no-key-above-it',
      what: 'its own key as authorityKeyIdentifier',
      change: ({ extensions }) => ({
        extensions: [...extensions, authorityKeyIdentifier({ keyIdentifier: keyIdentifier(signer) })],
      }),
    },
    {
      rule: 'authority-signs-certificates-and-lists-only',
      what: 'keyCertSign without cRLSign',
      change: replaced(keyUsage(['keyCertSign'])),
    },
    {
      rule: 'authority-is-a-ca-without-path-length',
      what: 'pathLenConstraint 0',
      change: replaced(basicConstraints({ ca: true, pathLength: 0 })),
    },
    {
      rule: 'authority-has-its-japanese-name',
      what: 'the other kind’s Japanese name',
      change: replaced(subjectAltName([authorityAlternativeName(profile, COUNTERPART_OF[kind])])),
    },
    {
      rule: 'distribution-point-of-an-authority-is-its-name',
      what: 'the point of an area',
      change: replaced(
        crlDistributionPoints([{ fullName: [distributionPointName(profile, kind, sample.area)] }]),
      ),
    },
    {
      rule: 'distribution-point-of-an-authority-is-its-name',
      what: 'its name, for some reasons only',
      change: (spec) =>
        replaced(
          crlDistributionPoints([
            { fullName: [{ kind: 'directoryName', name: spec.subject }], reasons: 0b10 },
          ]),
        )(spec),
    },
  ];
};

export const responderViolations: readonly PlantedViolation[] = [
  // a responder's key may be P-256 too
  ...issuedViolations.map((violation) =>
    violation.rule === 'key-type-is-allowed-on-the-day-of-issue'
      ? { ...violation, rule: 'responder-key-is-rsa-2048-or-p-256' }
      : violation,
  ),
  {
    rule: 'responder-is-under-its-authority',
    what: 'a subject that is no responder’s',
    change: ({ subject }) => ({ subject: renamed(subject, 'OCSP Responder', 'Somebody') }),
  },
  {
    rule: 'responder-without-revocation-check-is-short-lived',
    what: 'a year',
    change: () => ({ notAfter: Date.parse('2027-11-20T01:00:00Z') }),
  },
  {
    rule: 'responder-key-answers-and-nothing-else',
    what: 'clientAuth besides',
    change: replaced(extKeyUsage([KEY_PURPOSE_OIDS.ocspSigning, KEY_PURPOSE_OIDS.clientAuth])),
  },
  { rule: CRITICAL, what: 'ocsp-nocheck critical', change: turned(EXTENSION_OIDS.ocspNoCheck) },
];
