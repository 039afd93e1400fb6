/**
 * Every rule of the profiles has a good example (the profiles' own certificates pass all) and a bad one: a violation that is
 * planted by writing the certificate anew with one thing changed.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { mustSucceed } from '@ishizue/outcome';
import type { Lint } from '@ishizue/signer';
import {
  attribute,
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  type CrlEntry,
  caIssuersAccess,
  certificatePolicies,
  crlDistributionPoints,
  crlNumber,
  EXTENSION_OIDS,
  type Extension,
  encodeCertId,
  encodeName,
  encodeResponseData,
  encodeTbsCertificate,
  encodeTbsCertList,
  extKeyUsage,
  issuerAltName,
  issuingDistributionPoint,
  KEY_PURPOSE_OIDS,
  keyIdentifier,
  keyUsage,
  type Name,
  ocspAccess,
  ocspNoCheck,
  parsePublicKeyInfo,
  parseTbsCertificate,
  type ResponseDataSpec,
  serialNumber,
  signatureAlgorithm,
  subjectAltName,
  subjectKeyIdentifier,
  type TbsCertificateSpec,
  type TbsCertListSpec,
  utf8OtherName,
} from '@ishizue/x509';
import { ATTRIBUTE_ARC } from '../profile/holder-attributes.ts';
import { authorityAlternativeName, distributionPointName, testProfile } from '../profile/jpki-profile.ts';
import { sampleCertificates } from '../testing/sample-certificates.ts';
import { jpkiLints } from './jpki-lints.ts';
import { AREA, PREFECTURE } from './names.ts';

const sample = sampleCertificates();
const signer = mustSucceed(parsePublicKeyInfo(sample.authoritySpki), 'the signing key');
const at = (text: string): number => Date.parse(text);
const OTHER_SPKI = generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey.export({
  format: 'der',
  type: 'spki',
});

type Change = (spec: TbsCertificateSpec) => Partial<TbsCertificateSpec>;

/** The specification of a certificate as it was read, to be written again with a change. */
function specOf(tbs: Buffer): TbsCertificateSpec {
  const read = mustSucceed(parseTbsCertificate(tbs), 'a sample');
  return { ...read, signatureAlgorithm: read.innerAlgorithm, publicKey: read.publicKey.der };
}

const findings = (lint: Lint | undefined, tbs: Uint8Array): string[] => {
  assert.ok(lint);
  return lint(Buffer.from(tbs), sample.authoritySpki).map(({ rule }) => rule);
};

const changed = (tbs: Buffer, change: Change): Uint8Array => {
  const spec = specOf(tbs);
  return encodeTbsCertificate({ ...spec, ...change(spec) });
};

/** Puts another extension in the place of one of its kind. */
const replaced =
  (...others: readonly Extension[]): Change =>
  ({ extensions }) => ({
    extensions: extensions.map((each) => others.find(({ oid }) => oid === each.oid) ?? each),
  });
const without =
  (oid: string): Change =>
  ({ extensions }) => ({ extensions: extensions.filter((each) => each.oid !== oid) });
const renamed = (name: Name, find: string, replacement: string): Name =>
  encodeName(
    name.relativeNames.map((level) =>
      level.map((each) => ({ ...each, value: each.value.replace(find, replacement) })),
    ),
  );

const ORDER = 'extensions-are-those-of-the-profile-in-its-order';
const swapFirstTwo: Change = ({ extensions: [a, b, ...rest] }) => ({
  extensions: [a, b, ...rest].filter((each) => each !== undefined).toSorted((x) => (x === b ? -1 : 0)),
});

interface Case {
  readonly rule: string;
  readonly change: Change;
}

/** Rules that every certificate of the house keeps. */
const common: readonly Case[] = [
  { rule: 'key-is-rsa-2048', change: () => ({ publicKey: OTHER_SPKI }) },
  {
    rule: 'signature-is-sha256-with-rsa',
    change: () => ({ signatureAlgorithm: signatureAlgorithm('p256') }),
  },
  { rule: ORDER, change: swapFirstTwo },
  {
    rule: 'subject-key-identifier-is-the-sha-1-of-the-key',
    change: replaced(subjectKeyIdentifier(Buffer.alloc(20, 7))),
  },
];

const issuedCases: readonly Case[] = [
  ...common,
  {
    rule: 'authority-key-is-the-signing-key',
    change: ({ issuer, extensions }) =>
      replaced(
        authorityKeyIdentifier({
          keyIdentifier: Buffer.alloc(20, 7),
          issuer: [{ kind: 'directoryName', name: issuer }],
          serial: serialNumber(1),
        }),
      )({ extensions } as TbsCertificateSpec),
  },
  {
    rule: 'authority-key-is-the-signing-key',
    change: replaced(authorityKeyIdentifier({ keyIdentifier: keyIdentifier(signer) })),
  },
  { rule: 'subject-key-is-not-the-signing-key', change: () => ({ publicKey: sample.authoritySpki }) },
];

const point = (kind: 'signature' | 'authentication', area = sample.area): Extension =>
  crlDistributionPoints([{ fullName: [distributionPointName(testProfile, kind, area)] }]);

const holderCases = (kind: 'signature' | 'authentication'): readonly Case[] => {
  const other = kind === 'signature' ? 'authentication' : 'signature';
  return [
    ...issuedCases,
    { rule: 'serial-number-has-four-octets', change: () => ({ serial: serialNumber(1) }) },
    {
      rule: 'issuer-is-the-authority-of-the-kind',
      change: () => ({ issuer: sample.issuing(other).name }),
    },
    { rule: 'validity-ends-with-a-day', change: ({ notAfter }) => ({ notAfter: notAfter - 1_000 }) },
    {
      rule: 'validity-is-at-most-to-the-sixth-birthday',
      change: () => ({ notAfter: at('2032-11-21T14:59:59Z') }),
    },
    {
      rule: 'holder-is-no-authority',
      change: ({ extensions }) => ({ extensions: [...extensions, basicConstraints({ ca: true })] }),
    },
    {
      rule: 'policy-is-that-of-the-kind-with-its-practice-statement',
      change: replaced(
        certificatePolicies([{ policy: testProfile.policies[other], cps: [testProfile.cpsUri] }], true),
      ),
    },
    {
      rule: 'policy-is-that-of-the-kind-with-its-practice-statement',
      change: replaced(certificatePolicies([{ policy: testProfile.policies[kind] }], true)),
    },
    { rule: ORDER, change: replaced(certificatePolicies([{ policy: testProfile.policies[kind] }], false)) },
    {
      rule: 'issuer-alternative-name-is-the-authority-in-japanese',
      change: replaced(issuerAltName([authorityAlternativeName(testProfile, other)])),
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
            fullName: [distributionPointName({ ...testProfile, organisation: 'ANOTHER' }, kind, sample.area)],
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

const profiles: readonly (readonly [name: string, tbs: Buffer, cases: readonly Case[]])[] = [
  [
    'jpki-authentication-ca',
    sample.authority('authentication'),
    [
      ...common,
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
        change: replaced(subjectAltName([authorityAlternativeName(testProfile, 'signature')])),
      },
      {
        rule: 'distribution-point-of-an-authority-is-its-name',
        change: replaced(point('authentication')),
      },
    ],
  ],
  [
    'jpki-authentication',
    sample.authentication(),
    [
      ...holderCases('authentication'),
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
    ],
  ],
  [
    'jpki-signature',
    sample.signature(),
    [
      ...holderCases('signature'),
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
    ],
  ],
  [
    'jpki-ocsp-responder',
    sample.responder(),
    [
      ...issuedCases,
      {
        rule: 'responder-is-under-its-authority',
        change: ({ subject }) => ({ subject: renamed(subject, 'OCSP Responder', 'Somebody') }),
      },
      {
        rule: 'responder-without-revocation-check-is-short-lived',
        change: () => ({ notAfter: at('2027-11-20T01:00:00Z') }),
      },
      {
        rule: 'responder-key-answers-and-nothing-else',
        change: replaced(extKeyUsage([KEY_PURPOSE_OIDS.ocspSigning, KEY_PURPOSE_OIDS.clientAuth])),
      },
      { rule: ORDER, change: replaced({ ...ocspNoCheck(), critical: true }) },
    ],
  ],
];

const rulesTried = new Set<string>();

for (const [name, tbs, cases] of profiles) {
  test(`${name}: the profile’s own certificate passes`, () => {
    assert.deepEqual(findings(jpkiLints.certificate[name], tbs), []);
  });
  for (const [index, { rule, change }] of cases.entries())
    test(`${name}: ${rule} refuses planted violation ${index + 1}`, () => {
      rulesTried.add(`${name} ${rule}`);
      assert.ok(findings(jpkiLints.certificate[name], changed(tbs, change)).includes(rule));
    });
}

test('a certificate of one profile does not pass as another’s', () => {
  for (const [name] of profiles)
    for (const [other, tbs] of profiles)
      if (name !== other)
        assert.notDeepEqual(findings(jpkiLints.certificate[name], tbs), [], `${other} as ${name}`);
});

const list = (
  changes: Partial<TbsCertListSpec> = {},
  entries: readonly CrlEntry[] = [],
  scope: Extension | undefined = issuingDistributionPoint({
    fullName: [distributionPointName(testProfile, 'signature', sample.area)],
  }),
): Uint8Array =>
  encodeTbsCertList(
    {
      signatureAlgorithm: signatureAlgorithm('rsa'),
      issuer: sample.issuing('signature').name,
      thisUpdate: sample.notBefore,
      nextUpdate: sample.notBefore + 86_400_000,
      extensions: [
        authorityKeyIdentifier({ keyIdentifier: keyIdentifier(signer) }),
        crlNumber(1n),
        ...(scope ? [scope] : []),
      ],
      ...changes,
    },
    entries,
  );

test('lists: ours pass, with and without a scope, and each rule refuses its violation', () => {
  const entry: CrlEntry = { serial: serialNumber(5), revokedAt: sample.notBefore, reason: 'certificateHold' };
  assert.deepEqual(findings(jpkiLints.crl, list({}, [entry])), []);
  assert.deepEqual(findings(jpkiLints.crl, list({}, [entry], undefined)), []);
  const otherScope = issuingDistributionPoint({
    fullName: [distributionPointName(testProfile, 'authentication', sample.area)],
  });
  const indirect = issuingDistributionPoint({
    fullName: [distributionPointName(testProfile, 'signature', sample.area)],
    indirectCrl: true,
  });
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [list({ issuer: encodeName([attribute('CN', 'X')]) }), 'list-is-an-authoritys'],
    [
      list({ extensions: [authorityKeyIdentifier({ keyIdentifier: Buffer.alloc(20) }), crlNumber(1n)] }),
      'list-names-the-signing-key',
    ],
    [list({ nextUpdate: sample.notBefore + 8 * 86_400_000 }), 'next-list-comes-within-a-week'],
    [list({}, [], otherScope), 'scope-of-a-list-is-the-directory-name-of-an-area'],
    [list({}, [], indirect), 'scope-of-a-list-is-the-directory-name-of-an-area'],
    [list({}, [{ ...entry, reason: 'privilegeWithdrawn' }]), 'reasons-are-those-of-the-practice-statement'],
  ];
  for (const [tbs, rule] of cases) assert.ok(findings(jpkiLints.crl, tbs).includes(rule), rule);
});

test('answers: ours pass, and each rule refuses its violation', () => {
  const hashes = { name: Buffer.alloc(20), key: Buffer.alloc(20) };
  const certId = encodeCertId('sha1', { sha1: hashes, sha256: hashes }, serialNumber(5));
  const now = sample.notBefore;
  const answer = (changes: Partial<ResponseDataSpec> = {}): Uint8Array =>
    encodeResponseData({
      responderKeyHash: keyIdentifier(signer),
      producedAt: now,
      responses: [{ certId, status: { status: 'good' }, thisUpdate: now }],
      ...changes,
    });
  assert.deepEqual(findings(jpkiLints.ocsp, answer()), []);
  const old = [{ certId, status: { status: 'good' } as const, thisUpdate: now - 60_000 }];
  const lasting = [
    { certId, status: { status: 'good' } as const, thisUpdate: now, nextUpdate: now + 3_600_000 },
  ];
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [answer({ responderKeyHash: Buffer.alloc(20, 1) }), 'responder-is-the-signing-key'],
    [answer({ responses: old }), 'answers-are-of-this-instant'],
    [answer({ responses: lasting }), 'answers-are-of-this-instant'],
  ];
  for (const [tbs, rule] of cases) assert.ok(findings(jpkiLints.ocsp, tbs).includes(rule), rule);
});

test('the names of all municipalities, wards and prefectures of the country pass', () => {
  const directory = new MunicipalityDirectory(bundledReference());
  for (const { romaji } of directory.prefectures) assert.match(romaji, PREFECTURE);
  for (const { romaji, code } of directory.municipalities) {
    assert.match(romaji, AREA);
    for (const ward of directory.wardsOf(code, '2026-11-20')) assert.match(ward.romaji, AREA);
  }
});
