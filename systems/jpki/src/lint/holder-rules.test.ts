/** Both kinds of holders' certificates against their lints: the good ones pass, each rule finds what is planted for it. */
import {
  attribute,
  authorityInfoAccess,
  basicConstraints,
  caIssuersAccess,
  certificatePolicies,
  crlDistributionPoints,
  EXTENSION_OIDS,
  type Extension,
  encodeName,
  extKeyUsage,
  issuerAltName,
  KEY_PURPOSE_OIDS,
  keyUsage,
  ocspAccess,
  serialNumber,
  subjectAltName,
  utf8OtherName,
} from '@ishizue/x509';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import { ATTRIBUTE_ARC } from '../profile/holder-attributes.ts';
import {
  authorityAlternativeName,
  distributionPointName,
  testProfile as profile,
} from '../profile/jpki-profile.ts';
import {
  type Change,
  issuedViolations,
  ORDER,
  type PlantedViolation,
  renamed,
  replaced,
  sample,
  testProfile,
  without,
} from '../testing/planted.ts';

const point = (kind: CertificateKind, area = sample.area): Extension =>
  crlDistributionPoints([{ fullName: [distributionPointName(profile, kind, area)] }]);

const holderViolations = (kind: CertificateKind): readonly PlantedViolation[] => {
  const other = kind === 'signature' ? 'authentication' : 'signature';
  return [
    ...issuedViolations,
    { rule: 'serial-number-has-four-octets', change: () => ({ serial: serialNumber(1) }) },
    {
      rule: 'issuer-is-the-authority-of-the-kind',
      change: () => ({ issuer: sample.issuing(other).name }),
    },
    { rule: 'validity-ends-with-a-day', change: ({ notAfter }) => ({ notAfter: notAfter - 1_000 }) },
    {
      rule: 'validity-is-at-most-to-the-sixth-birthday',
      change: () => ({ notAfter: Date.parse('2032-11-21T14:59:59Z') }),
    },
    {
      rule: 'holder-is-no-authority',
      change: ({ extensions }) => ({ extensions: [...extensions, basicConstraints({ ca: true })] }),
    },
    {
      rule: 'policy-is-that-of-the-kind-with-its-practice-statement',
      change: replaced(
        certificatePolicies([{ policy: profile.policies[other], cps: [profile.cpsUri] }], true),
      ),
    },
    {
      rule: 'policy-is-that-of-the-kind-with-its-practice-statement',
      change: replaced(certificatePolicies([{ policy: profile.policies[kind] }], true)),
    },
    { rule: ORDER, change: replaced(certificatePolicies([{ policy: profile.policies[kind] }], false)) },
    {
      rule: 'issuer-alternative-name-is-the-authority-in-japanese',
      change: replaced(issuerAltName([authorityAlternativeName(profile, other)])),
    },
    {
      rule: 'distribution-point-is-the-directory-name-of-an-area',
      change: replaced(
        crlDistributionPoints([{ fullName: [{ kind: 'uri', value: 'http://jpki.test/crl' }] }]),
      ),
    },
    { rule: 'distribution-point-is-the-directory-name-of-an-area', change: replaced(point(other)) },
    {
      rule: 'distribution-point-is-the-directory-name-of-an-area',
      change: replaced(point(kind, { prefecture: 'Tokyo', area: 'Kiyose-shi' })),
    },
    {
      rule: 'distribution-point-is-the-directory-name-of-an-area',
      change: replaced(
        crlDistributionPoints([
          {
            fullName: [distributionPointName({ ...profile, organisation: 'ANOTHER' }, kind, sample.area)],
          },
        ]),
      ),
    },
  ];
};

const items = (changes: Readonly<Record<number, string>>, order = [1, 4, 3, 5, 2, 6]): Change => {
  const sound: Readonly<Record<number, string>> = {
    1: '石川　遥',
    2: '0000',
    3: '2',
    4: '319800217',
    5: '清瀬市',
    6: '000',
    ...changes,
  };
  return replaced(
    subjectAltName(order.map((last) => utf8OtherName(`${ATTRIBUTE_ARC}.${last}`, sound[last] ?? ''))),
  );
};

const ITEMS_ORDER = 'items-are-six-utf8-other-names-in-the-order-1-4-3-5-2-6';

testProfile('jpki-authentication', sample.authentication(), [
  ...holderViolations('authentication'),
  {
    rule: 'subject-of-authentication-is-a-number-and-nothing-of-the-person',
    change: ({ subject }) => ({ subject: renamed(subject, '003A', '003B') }),
  },
  {
    rule: 'subject-of-authentication-is-a-number-and-nothing-of-the-person',
    change: ({ subject }) => ({
      subject: encodeName([...subject.relativeNames, attribute('GN', '遥')]),
    }),
  },
  {
    rule: 'authentication-key-signs-and-nothing-else',
    change: replaced(keyUsage(['digitalSignature', 'nonRepudiation'])),
  },
  {
    rule: 'authentication-is-for-clients',
    change: replaced(extKeyUsage([KEY_PURPOSE_OIDS.clientAuth, KEY_PURPOSE_OIDS.codeSigning])),
  },
  {
    rule: 'authentication-names-the-ocsp-responder',
    change: replaced(authorityInfoAccess([caIssuersAccess('http://jpki.test/ca')])),
  },
  { rule: ORDER, change: without(EXTENSION_OIDS.authorityInfoAccess) },
]);

testProfile('jpki-signature', sample.signature(), [
  ...holderViolations('signature'),
  {
    rule: 'subject-of-signature-is-a-place-and-a-number',
    change: ({ subject }) => ({ subject: renamed(subject, 'Kiyose-shi', '清瀬市') }),
  },
  { rule: 'signature-key-signs-and-binds', change: replaced(keyUsage(['digitalSignature'])) },
  {
    rule: ORDER,
    change: ({ extensions }) => ({
      extensions: [...extensions, authorityInfoAccess([ocspAccess('http://jpki.test/ocsp')])],
    }),
  },
  { rule: ITEMS_ORDER, change: items({}, [1, 2, 3, 4, 5, 6]) },
  { rule: ITEMS_ORDER, change: items({}, [1, 4, 3, 6, 2, 5]) },
  { rule: ITEMS_ORDER, change: items({}, [1, 4, 3, 5, 2]) },
  { rule: 'name-is-text-that-jis-has', change: items({ 1: '髙橋　遥' }) },
  { rule: 'name-flags-are-one-for-each-character', change: items({ 2: '000' }) },
  { rule: 'sex-is-1-2-or-3', change: items({ 3: '9' }) },
  { rule: 'birth-date-is-era-and-gregorian-date', change: items({ 4: '419800217' }) },
  {
    rule: 'address-is-text-that-jis-has-of-at-most-200-characters',
    change: items({ 5: '町'.repeat(201), 6: '0'.repeat(201) }),
  },
  { rule: 'address-flags-are-one-for-each-character', change: items({ 6: '00x' }) },
]);
