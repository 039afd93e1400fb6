/** What breaks each rule on the certificates of holders, of cards and of phones. */
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
import { type CertificateKind, COUNTERPART_OF } from '../profile/certificate-kind.ts';
import { ATTRIBUTE_ARC } from '../profile/holder-attributes.ts';
import {
  authorityAlternativeName,
  distributionPointName,
  testProfile as profile,
} from '../profile/jpki-profile.ts';
import {
  type Change,
  CRITICAL,
  issuedViolations,
  ORDER,
  type PlantedViolation,
  renamed,
  replaced,
  sample,
  turned,
  without,
} from './planted.ts';

const SERIAL = 'serial-number-has-four-octets';
const POLICY = 'policy-is-that-of-the-kind-with-its-practice-statement';
const POINT = 'distribution-point-is-the-directory-name-of-an-area';

const point = (kind: CertificateKind, area = sample.area, its = profile): Extension =>
  crlDistributionPoints([{ fullName: [distributionPointName(its, kind, area)] }]);

const pointViolations = (kind: CertificateKind): readonly PlantedViolation[] => [
  {
    rule: POINT,
    what: 'an address',
    change: replaced(crlDistributionPoints([{ fullName: [{ kind: 'uri', value: 'http://jpki.test/crl' }] }])),
  },
  {
    rule: POINT,
    what: 'an address beside the directory name',
    change: replaced(
      crlDistributionPoints([
        {
          fullName: [
            distributionPointName(profile, kind, sample.area),
            { kind: 'uri', value: 'http://jpki.test/crl' },
          ],
        },
      ]),
    ),
  },
  { rule: POINT, what: 'the point of the other kind', change: replaced(point(COUNTERPART_OF[kind])) },
  {
    rule: POINT,
    what: 'a prefecture without its suffix',
    change: replaced(point(kind, { prefecture: 'Tokyo', area: 'Kiyose-shi' })),
  },
  {
    rule: POINT,
    what: 'another organisation than the issuer’s',
    change: replaced(point(kind, sample.area, { ...profile, organisation: 'ANOTHER' })),
  },
];

const holderViolations = (kind: CertificateKind): readonly PlantedViolation[] => {
  const other = COUNTERPART_OF[kind];
  const policy = profile.policies[kind];
  return [
    ...issuedViolations,
    { rule: SERIAL, what: 'serial number 1', change: () => ({ serial: serialNumber(1) }) },
    { rule: SERIAL, what: 'five octets', change: () => ({ serial: Buffer.from('0112345678', 'hex') }) },
    {
      rule: 'issuer-is-the-authority-of-the-kind',
      what: 'the other kind’s authority',
      change: () => ({ issuer: sample.issuing(other).name }),
    },
    {
      rule: 'validity-ends-with-a-day',
      what: 'ends at 14:59:58Z',
      change: ({ notAfter }) => ({ notAfter: notAfter - 1_000 }),
    },
    {
      rule: 'validity-is-at-most-to-the-sixth-birthday',
      what: 'six years and a day',
      change: () => ({ notAfter: Date.parse('2032-11-21T14:59:59Z') }),
    },
    {
      rule: 'holder-is-no-authority',
      what: 'basicConstraints CA:TRUE',
      change: ({ extensions }) => ({ extensions: [...extensions, basicConstraints({ ca: true })] }),
    },
    {
      rule: POLICY,
      what: 'the policy of the other kind',
      change: replaced(
        certificatePolicies([{ policy: profile.policies[other], cps: [profile.cpsUri] }], true),
      ),
    },
    {
      rule: POLICY,
      what: 'without the practice statement',
      change: replaced(certificatePolicies([{ policy }], true)),
    },
    {
      rule: CRITICAL,
      what: 'certificatePolicies not critical',
      change: turned(EXTENSION_OIDS.certificatePolicies),
    },
    {
      rule: 'issuer-alternative-name-is-the-authority-in-japanese',
      what: 'the other kind’s Japanese name',
      change: replaced(issuerAltName([authorityAlternativeName(profile, other)])),
    },
    ...pointViolations(kind),
  ];
};

const SUBJECT = 'subject-of-authentication-is-a-number-and-nothing-of-the-person';

export const authenticationViolations = (kind: CertificateKind): readonly PlantedViolation[] => [
  ...holderViolations(kind),
  {
    rule: SUBJECT,
    what: '003B at the end of CN',
    change: ({ subject }) => ({ subject: renamed(subject, '003A', '003B') }),
  },
  {
    rule: SUBJECT,
    what: 'a given name',
    change: ({ subject }) => ({ subject: encodeName([...subject.relativeNames, attribute('GN', '遥')]) }),
  },
  {
    rule: SUBJECT,
    what: 'CN as PrintableString',
    change: ({ subject }) => ({
      subject: encodeName(
        subject.relativeNames.map((level) => level.map((each) => ({ ...each, type: 'printable' as const }))),
      ),
    }),
  },
  {
    rule: 'authentication-key-signs-and-nothing-else',
    what: 'nonRepudiation besides',
    change: replaced(keyUsage(['digitalSignature', 'nonRepudiation'])),
  },
  {
    rule: 'authentication-is-for-clients',
    what: 'codeSigning besides',
    change: replaced(extKeyUsage([KEY_PURPOSE_OIDS.clientAuth, KEY_PURPOSE_OIDS.codeSigning])),
  },
  {
    rule: 'authentication-names-the-ocsp-responder',
    what: 'caIssuers in its place',
    change: replaced(authorityInfoAccess([caIssuersAccess('http://jpki.test/ca')])),
  },
  {
    rule: ORDER,
    what: 'without authorityInfoAccess',
    change: without(EXTENSION_OIDS.authorityInfoAccess),
  },
];

const ITEMS_ORDER = 'items-are-six-utf8-other-names-in-the-order-1-4-3-5-2-6';
const PARTS = 'parts-of-a-name-stand-apart-by-one-u-3000';

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

const itemViolations: readonly PlantedViolation[] = [
  { rule: ITEMS_ORDER, what: 'in the order 1 2 3 4 5 6', change: items({}, [1, 2, 3, 4, 5, 6]) },
  { rule: ITEMS_ORDER, what: '5 and 6 mixed up', change: items({}, [1, 4, 3, 6, 2, 5]) },
  { rule: ITEMS_ORDER, what: 'without 6', change: items({}, [1, 4, 3, 5, 2]) },
  {
    rule: 'name-is-text-that-jis-has',
    what: '髙橋, which JIS does not have',
    change: items({ 1: '髙橋　遥' }),
  },
  { rule: PARTS, what: 'a space of ASCII between', change: items({ 1: '石川 遥' }) },
  { rule: PARTS, what: 'two between', change: items({ 1: '石川　　遥', 2: '00000' }) },
  {
    rule: 'name-flags-are-one-for-each-character',
    what: 'three flags for four',
    change: items({ 2: '000' }),
  },
  { rule: 'sex-is-1-2-or-3', what: '9', change: items({ 3: '9' }) },
  { rule: 'birth-date-is-era-and-gregorian-date', what: '1980 in Heisei', change: items({ 4: '419800217' }) },
  {
    rule: 'address-is-text-that-jis-has-of-at-most-200-characters',
    what: '201 characters',
    change: items({ 5: '町'.repeat(201), 6: '0'.repeat(201) }),
  },
  { rule: 'address-flags-are-one-for-each-character', what: 'a flag x', change: items({ 6: '00x' }) },
];

export const signatureViolations = (kind: CertificateKind): readonly PlantedViolation[] => [
  ...holderViolations(kind),
  {
    rule: 'subject-of-signature-is-a-place-and-a-number',
    what: 'the city in Japanese',
    change: ({ subject }) => ({ subject: renamed(subject, 'Kiyose-shi', '清瀬市') }),
  },
  {
    rule: 'signature-key-signs-and-binds',
    what: 'without nonRepudiation',
    change: replaced(keyUsage(['digitalSignature'])),
  },
  {
    rule: ORDER,
    what: 'authorityInfoAccess at the end',
    change: ({ extensions }) => ({
      extensions: [...extensions, authorityInfoAccess([ocspAccess('http://jpki.test/ocsp')])],
    }),
  },
  { rule: CRITICAL, what: 'subjectAltName critical', change: turned(EXTENSION_OIDS.subjectAltName) },
  ...itemViolations,
];
