/** Authorities and responders against their lints, and every profile against every other's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  basicConstraints,
  crlDistributionPoints,
  extKeyUsage,
  KEY_PURPOSE_OIDS,
  keyUsage,
  ocspNoCheck,
  subjectAltName,
} from '@ishizue/x509';
import {
  authorityAlternativeName,
  distributionPointName,
  testProfile as profile,
} from '../profile/jpki-profile.ts';
import {
  commonViolations,
  findings,
  issuedViolations,
  ORDER,
  renamed,
  replaced,
  sample,
  testProfile,
} from '../testing/planted.ts';
import { jpkiLints } from './jpki-lints.ts';

testProfile('jpki-authentication-ca', sample.authority('authentication'), [
  ...commonViolations,
  { rule: 'authority-signs-itself', change: () => ({ publicKey: sample.holderSpki }) },
  {
    rule: 'authority-has-the-name-of-its-kind',
    change: () => ({
      subject: sample.issuing('signature').name,
      issuer: sample.issuing('signature').name,
    }),
  },
  {
    rule: 'authority-lasts-ten-years-to-the-end-of-a-day',
    change: ({ notAfter }) => ({ notAfter: notAfter + 86_400_000 }),
  },
  { rule: 'authority-signs-certificates-and-lists-only', change: replaced(keyUsage(['keyCertSign'])) },
  {
    rule: 'authority-is-a-ca-without-path-length',
    change: replaced(basicConstraints({ ca: true, pathLength: 0 })),
  },
  {
    rule: 'authority-has-its-japanese-name',
    change: replaced(subjectAltName([authorityAlternativeName(profile, 'signature')])),
  },
  {
    rule: 'distribution-point-of-an-authority-is-its-name',
    change: replaced(
      crlDistributionPoints([{ fullName: [distributionPointName(profile, 'authentication', sample.area)] }]),
    ),
  },
]);

testProfile('jpki-signature-ca', sample.authority('signature'), commonViolations);

testProfile('jpki-ocsp-responder', sample.responder(), [
  // a responder's key may be P-256 too
  ...issuedViolations.map(({ rule, change }) => ({
    rule: rule === 'key-type-is-allowed-on-the-day-of-issue' ? 'responder-key-is-rsa-2048-or-p-256' : rule,
    change,
  })),
  {
    rule: 'responder-is-under-its-authority',
    change: ({ subject }) => ({ subject: renamed(subject, 'OCSP Responder', 'Somebody') }),
  },
  {
    rule: 'responder-without-revocation-check-is-short-lived',
    change: () => ({ notAfter: Date.parse('2027-11-20T01:00:00Z') }),
  },
  {
    rule: 'responder-key-answers-and-nothing-else',
    change: replaced(extKeyUsage([KEY_PURPOSE_OIDS.ocspSigning, KEY_PURPOSE_OIDS.clientAuth])),
  },
  { rule: ORDER, change: replaced({ ...ocspNoCheck(), critical: true }) },
]);

test('a certificate of one profile does not pass as another’s', () => {
  const own = [
    ['jpki-authentication-ca', sample.authority('authentication')],
    ['jpki-signature-ca', sample.authority('signature')],
    ['jpki-authentication', sample.authentication()],
    ['jpki-signature', sample.signature()],
    ['jpki-ocsp-responder', sample.responder()],
  ] as const;
  for (const [name] of own)
    for (const [other, tbs] of own)
      if (name !== other)
        assert.notDeepEqual(findings(jpkiLints.certificate[name], tbs), [], `${other} as ${name}`);
});
