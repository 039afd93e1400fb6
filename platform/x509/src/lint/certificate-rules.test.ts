import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { signatureAlgorithm } from '../certificate/algorithm.ts';
import { type Extension, encodeExtension } from '../certificate/extension.ts';
import { EXTENSION_OIDS, KEY_PURPOSE_OIDS } from '../certificate/extension-oids.ts';
import { utf8OtherName } from '../certificate/general-name.ts';
import { attribute, encodeName, type Name, parseName } from '../certificate/name.ts';
import { serialNumber } from '../certificate/serial-number.ts';
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  certificatePolicies,
  crlDistributionPoints,
  extKeyUsage,
  issuerAltName,
  keyUsage,
  ocspAccess,
  ocspNoCheck,
  subjectAltName,
  subjectKeyIdentifier,
} from '../certificate/standard-extension.ts';
import {
  encodeTbsCertificate,
  parseTbsCertificate,
  type TbsCertificateSpec,
} from '../certificate/tbs-certificate.ts';
import { makeKey, testName } from '../testing/authority.ts';
import { fromHex, hexOf, tlv, utf8Hex } from '../testing/tlv.ts';
import { certificateRules } from './certificate-rules.ts';
import { lintCertificate } from './lint-rule.ts';

const key = makeKey('p256').publicKey;
const aki = authorityKeyIdentifier({ keyIdentifier: Uint8Array.of(1) });
const ski = subjectKeyIdentifier(Uint8Array.of(2));
const usage = keyUsage(['digitalSignature']);
const caUsage = keyUsage(['keyCertSign', 'cRLSign']);

const good: TbsCertificateSpec = {
  serial: serialNumber(1),
  signatureAlgorithm: signatureAlgorithm('rsa'),
  issuer: testName('Authority'),
  notBefore: Date.parse('2026-04-01T00:00:00Z'),
  notAfter: Date.parse('2031-03-31T14:59:59Z'),
  subject: testName('Somebody'),
  publicKey: key,
  extensions: [usage, aki, ski],
};

const inhibitAny: Extension = {
  oid: EXTENSION_OIDS.inhibitAnyPolicy,
  critical: true,
  value: fromHex('020100'),
};

const critical = (extension: Extension): Extension => ({ ...extension, critical: true });
const rules = (tbs: Uint8Array): string[] => lintCertificate(certificateRules, tbs).map(({ rule }) => rule);
const build = (changes: Partial<TbsCertificateSpec>): Uint8Array =>
  encodeTbsCertificate({ ...good, ...changes });
const withExtensions = (...extensions: Extension[]): Uint8Array => build({ extensions });

/** A TBSCertificate by hand, for what the builder does not write. */
function byHand({ version = 'a003020102', validity = '', identifiers = '', extensions = '' }): Uint8Array {
  const time = tlv('17', utf8Hex('260401000000Z'));
  return fromHex(
    tlv(
      '30',
      version,
      '020101',
      hexOf(good.signatureAlgorithm.der),
      hexOf(good.issuer.der),
      tlv('30', validity === '' ? time + time : validity),
      hexOf(good.subject.der),
      hexOf(key),
      identifiers,
      extensions,
    ),
  );
}

const nameOf = (type: string, tag: string, value: string): Name =>
  mustSucceed(parseName(fromHex(tlv('30', tlv('31', tlv('30', `0603${type}`, tlv(tag, value)))))), 'a name');

const rsaKey = (modulusLength: number, publicExponent = 65_537): Uint8Array =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({
    format: 'der',
    type: 'spki',
  });
const p521 = generateKeyPairSync('ec', { namedCurve: 'secp521r1' }).publicKey.export({
  format: 'der',
  type: 'spki',
});
/** An RSA key of 2048 bits that the number divides: the first multiple above 2^2048 - 2^1024. */
const keyDividedBy = (factor: bigint): Uint8Array => {
  const floor = 2n ** 2048n - 2n ** 1024n;
  const modulus = floor + factor - (floor % factor);
  return fromHex(
    tlv(
      '30',
      '300d06092a864886f70d0101010500',
      tlv('03', '00', tlv('30', tlv('02', `00${modulus.toString(16)}`), '0203010001')),
    ),
  );
};

const goodExamples: [string, Uint8Array][] = [
  ['an end entity', build({})],
  ['a root', build({ issuer: good.subject, extensions: [caUsage, basicConstraints({ ca: true }), ski] })],
  ['an intermediate', withExtensions(caUsage, basicConstraints({ ca: true, pathLength: 0 }), aki, ski)],
  [
    'an OCSP responder',
    withExtensions(usage, extKeyUsage([KEY_PURPOSE_OIDS.ocspSigning]), aki, ski, ocspNoCheck()),
  ],
  [
    'one with everything',
    build({
      notAfter: Date.parse('2051-03-31T14:59:59Z'),
      publicKey: rsaKey(2048),
      extensions: [
        keyUsage(['digitalSignature', 'nonRepudiation']),
        extKeyUsage([KEY_PURPOSE_OIDS.clientAuth]),
        subjectAltName([utf8OtherName('1.2.3', '公的　太郎'), { kind: 'rfc822Name', value: 'a@b.example' }]),
        certificatePolicies([{ policy: '1.2.3', cps: ['http://a.example/cps'] }], true),
        issuerAltName([{ kind: 'directoryName', name: testName('認証局') }]),
        crlDistributionPoints([{ fullName: [{ kind: 'directoryName', name: testName('CRLDP') }] }]),
        authorityInfoAccess([ocspAccess('http://ocsp.example/')]),
        authorityKeyIdentifier({
          keyIdentifier: Uint8Array.of(1),
          issuer: [{ kind: 'directoryName', name: testName('Authority') }],
          serial: serialNumber(1),
        }),
        ski,
        { oid: '1.2.3.4', critical: false, value: fromHex('0500') },
      ],
    }),
  ],
  [
    'an intermediate with constraints',
    withExtensions(caUsage, basicConstraints({ ca: true, pathLength: 0 }), aki, ski, inhibitAny),
  ],
  ['one for any purpose', withExtensions(usage, extKeyUsage([KEY_PURPOSE_OIDS.any]), aki)],
  [
    'one of a key that only signs',
    build({ publicKey: makeKey('ed25519').publicKey, extensions: [usage, aki, ski] }),
  ],
  [
    'one without a subject',
    build({
      subject: encodeName([]),
      extensions: [usage, aki, critical(subjectAltName([{ kind: 'uri', value: 'a:b' }]))],
    }),
  ],
];

test('good certificates have no findings, and every rule looks at one of them', () => {
  for (const [what, tbs] of goodExamples) assert.deepEqual(lintCertificate(certificateRules, tbs), [], what);
  const views = goodExamples.map(([what, tbs]) => mustSucceed(parseTbsCertificate(tbs), what));
  for (const { name, applies } of certificateRules) assert.ok(views.some(applies), name);
});

/** The rule, a certificate that breaks it, and which other rules that breaks unavoidably. */
type BadExample = [string, Uint8Array, ...string[]];

/** With a key whose identifier lacks the parameters of its kind, or has some that are not its. */
const withOtherParameters = (identifier: string): BadExample => [
  'public-key-parameters-are-those-of-its-kind',
  build({ publicKey: fromHex(tlv('30', identifier, '03020004')) }),
  'public-key-is-of-a-kind-in-use',
];

const badExamples: BadExample[] = [
  [
    'every-element-is-strict-der',
    withExtensions(usage, aki, { oid: '1.2.3', critical: false, value: fromHex('020200 05') }),
  ],
  [
    'writing-it-anew-gives-the-same-octets',
    withExtensions(
      aki,
      // a user notice before the address of the practice statement
      encodeExtension(EXTENSION_OIDS.certificatePolicies, false, (writer) =>
        writer.raw(
          fromHex(
            tlv(
              '30',
              tlv(
                '30',
                '06022a03',
                tlv(
                  '30',
                  '300c06082b060105050702023000',
                  '300f06082b06010505070201 1603613a62'.replace(' ', ''),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  ],
  [
    'version-is-3',
    byHand({ version: '' }),
    'writing-it-anew-gives-the-same-octets',
    'authority-key-identifier-names-the-key',
  ],
  [
    'unique-identifiers-are-absent',
    byHand({ identifiers: '810200ff' }),
    'writing-it-anew-gives-the-same-octets',
    'authority-key-identifier-names-the-key',
  ],
  ['serial-number-is-positive-and-at-most-20-octets', build({ serial: Uint8Array.of(0) })],
  ['serial-number-is-positive-and-at-most-20-octets', build({ serial: Uint8Array.of(0x80) })],
  ['serial-number-is-positive-and-at-most-20-octets', build({ serial: new Uint8Array(21).fill(1) })],
  [
    'signature-algorithm-is-one-of-ours',
    build({ signatureAlgorithm: { der: fromHex('300d06092a864886f70d0101050500') } }), // SHA-1 with RSA
  ],
  [
    'signature-algorithm-is-one-of-ours',
    build({ signatureAlgorithm: { der: fromHex('300b06092a864886f70d01010b') } }), // NULL left out
  ],
  ['issuer-is-not-empty', build({ issuer: encodeName([]) })],
  ['subject-is-not-empty-without-critical-alternative-name', build({ subject: encodeName([]) })],
  [
    'subject-is-not-empty-without-critical-alternative-name',
    build({
      subject: encodeName([]),
      extensions: [usage, aki, subjectAltName([{ kind: 'uri', value: 'a:b' }])],
    }),
  ],
  [
    'validity-uses-utc-time-through-2049',
    byHand({
      validity: tlv('17', utf8Hex('260401000000Z')) + tlv('18', utf8Hex('20310331145959Z')),
      extensions: tlv('a3', tlv('30', tlv('30', '0603551d23', tlv('04', '3003800101')))),
    }),
    'writing-it-anew-gives-the-same-octets',
  ],
  ['validity-does-not-end-before-it-begins', build({ notAfter: good.notBefore - 1000 })],
  ['name-attributes-are-within-their-bounds', build({ subject: testName('x'.repeat(65)) })],
  ['name-attributes-are-within-their-bounds', build({ subject: testName('') })],
  [
    'name-attributes-are-printable-or-utf8',
    build({ subject: nameOf('550403', '14', '61') }),
    'writing-it-anew-gives-the-same-octets',
  ],
  ['country-is-two-printable-letters', build({ subject: encodeName([attribute('C', 'JP', 'utf8')]) })],
  ['country-is-two-printable-letters', build({ subject: encodeName([attribute('C', 'jp')]) })],
  ['public-key-is-of-a-kind-in-use', build({ publicKey: p521 })],
  withOtherParameters('300b06092a864886f70d010101'), // RSA without NULL
  withOtherParameters('300906072a8648ce3d0201'), // a curve without its name
  withOtherParameters('300d06096086480165030403120500'), // ML-DSA with NULL
  [
    'key-usage-of-an-ec-key-does-not-encipher',
    withExtensions(keyUsage(['digitalSignature', 'keyEncipherment']), aki),
  ],
  ...(['ed25519', 'mldsa65'] as const).map(
    (type): BadExample => [
      'key-usage-of-a-signing-key-signs-and-nothing-else',
      build({
        publicKey: makeKey(type).publicKey,
        extensions: [keyUsage(['digitalSignature', 'keyAgreement']), aki],
      }),
    ],
  ),
  ['rsa-modulus-has-2048-bits-or-more', build({ publicKey: rsaKey(1024) })],
  ['rsa-modulus-fills-its-octets', build({ publicKey: rsaKey(2052) })],
  ['rsa-exponent-is-odd-and-from-65537', build({ publicKey: rsaKey(2048, 3) })],
  // the least and the greatest of the primes below 752, and some between
  ...[2n, 3n, 5n, 47n, 211n, 499n, 743n, 751n].map(
    (prime): BadExample => ['rsa-modulus-has-no-small-factor', build({ publicKey: keyDividedBy(prime) })],
  ),
  ['no-extension-occurs-twice', withExtensions(usage, usage, aki)],
  ['authority-key-identifier-names-the-key', withExtensions(usage)],
  [
    'authority-key-identifier-names-the-key',
    withExtensions(
      usage,
      authorityKeyIdentifier({
        issuer: [{ kind: 'directoryName', name: good.issuer }],
        serial: serialNumber(1),
      }),
    ),
  ],
  [
    'authority-issuer-and-serial-come-together',
    withExtensions(
      usage,
      authorityKeyIdentifier({ keyIdentifier: Uint8Array.of(1), serial: serialNumber(1) }),
    ),
  ],
  ['subject-key-identifier-is-there-on-a-ca', withExtensions(caUsage, basicConstraints({ ca: true }), aki)],
  [
    'subject-key-identifier-is-not-empty',
    withExtensions(usage, aki, subjectKeyIdentifier(new Uint8Array(0))),
  ],
  ['identifiers-and-access-are-not-critical', withExtensions(usage, critical(aki))],
  ['identifiers-and-access-are-not-critical', withExtensions(usage, aki, critical(ski))],
  [
    'identifiers-and-access-are-not-critical',
    withExtensions(usage, aki, critical(authorityInfoAccess([ocspAccess('http://a/')]))),
  ],
  ['key-usage-is-critical-and-not-empty', withExtensions(keyUsage(['digitalSignature'], false), aki)],
  ['key-usage-is-critical-and-not-empty', withExtensions(keyUsage([]), aki)],
  ['key-usage-of-a-ca-signs-certificates', withExtensions(usage, basicConstraints({ ca: true }), aki, ski)],
  ['key-usage-of-a-ca-signs-certificates', withExtensions(basicConstraints({ ca: true }), aki, ski)],
  ['only-a-ca-signs-certificates', withExtensions(caUsage, aki, ski)],
  [
    'basic-constraints-of-a-ca-are-critical',
    withExtensions(caUsage, basicConstraints({ ca: true }, false), aki, ski),
  ],
  ['only-a-ca-has-a-path-length', withExtensions(usage, basicConstraints({ ca: false, pathLength: 0 }), aki)],
  [
    'no-policy-occurs-twice',
    withExtensions(usage, aki, certificatePolicies([{ policy: '1.2.3' }, { policy: '1.2.3' }])),
  ],
  [
    'practice-statements-are-uris',
    withExtensions(usage, aki, certificatePolicies([{ policy: '1.2.3', cps: ['our statement'] }])),
  ],
  ['constraints-on-paths-are-critical-and-of-a-ca', withExtensions(usage, aki, inhibitAny)],
  [
    'constraints-on-paths-are-critical-and-of-a-ca',
    withExtensions(caUsage, basicConstraints({ ca: true }), aki, ski, { ...inhibitAny, critical: false }),
  ],
  [
    'key-purposes-with-any-are-not-critical',
    withExtensions(usage, aki, extKeyUsage([KEY_PURPOSE_OIDS.any], true)),
  ],
  [
    'alternative-names-are-well-formed',
    withExtensions(aki, subjectAltName([{ kind: 'uri', value: 'no scheme' }])),
  ],
  [
    'alternative-names-are-well-formed',
    withExtensions(aki, subjectAltName([{ kind: 'rfc822Name', value: 'nobody' }])),
  ],
  [
    'alternative-names-are-well-formed',
    withExtensions(aki, subjectAltName([{ kind: 'dnsName', value: '' }])),
  ],
  [
    'alternative-names-are-well-formed',
    withExtensions(aki, subjectAltName([{ kind: 'ipAddress', value: Uint8Array.of(1, 2, 3) }])),
  ],
  [
    'alternative-names-are-well-formed',
    withExtensions(aki, issuerAltName([{ kind: 'directoryName', name: encodeName([]) }])),
  ],
  ['distribution-points-say-where-or-who', withExtensions(aki, crlDistributionPoints([{ reasons: 0b10 }]))],
  [
    'access-locations-are-uris',
    withExtensions(
      aki,
      authorityInfoAccess([{ method: '1.3.6.1.5.5.7.48.1', location: { kind: 'uri', value: 'ocsp' } }]),
    ),
  ],
  [
    'ocsp-responder-signs-and-is-no-ca',
    withExtensions(keyUsage(['keyAgreement']), extKeyUsage([KEY_PURPOSE_OIDS.ocspSigning]), aki),
  ],
  [
    'ocsp-responder-signs-and-is-no-ca',
    withExtensions(
      keyUsage(['digitalSignature', 'keyCertSign']),
      basicConstraints({ ca: true }),
      extKeyUsage([KEY_PURPOSE_OIDS.ocspSigning]),
      aki,
      ski,
    ),
  ],
];

test('each rule finds what breaks it, and no rule finds anything else', () => {
  for (const [rule, tbs, ...others] of badExamples) {
    assert.deepEqual(rules(tbs).toSorted(), [rule, ...others].toSorted(), rule);
  }
});

test('every rule has a bad example, a name of its own and a citation', () => {
  const names = certificateRules.map(({ name }) => name);
  assert.deepEqual(names.toSorted(), [...new Set(badExamples.map(([rule]) => rule))].toSorted());
  assert.equal(new Set(names).size, names.length);
  for (const { name, citation } of certificateRules) {
    assert.match(name, /^[a-z0-9-]+$/);
    assert.match(citation, /RFC \d+|NIST/);
  }
});

test('what cannot be read is a finding, not a pass', () => {
  for (const hex of ['', '3000', hexOf(build({})).slice(0, -2), `${hexOf(build({}))}00`]) {
    assert.deepEqual(rules(fromHex(hex)), ['parses'], hex.slice(0, 20));
  }
  assert.deepEqual(lintCertificate([], fromHex('3000'))[0]?.rule, 'parses', 'even without any rule');
});
