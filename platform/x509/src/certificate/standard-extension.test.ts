import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { issue, makeRoot } from '../testing/authority.ts';
import { commonNameHex, fromHex, hexOf, tlv, utf8Hex } from '../testing/tlv.ts';
import { parseCertificate } from './certificate.ts';
import type { Extension } from './extension.ts';
import { KEY_PURPOSE_OIDS } from './extension-oids.ts';
import { type GeneralName, sameGeneralName, utf8OtherName } from './general-name.ts';
import { attribute, encodeName } from './name.ts';
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  caIssuersAccess,
  certificatePolicies,
  crlDistributionPoints,
  extKeyUsage,
  issuerAltName,
  keyUsage,
  ocspAccess,
  ocspNoCheck,
  subjectAltName,
  subjectKeyIdentifier,
} from './standard-extension.ts';

const nameA = encodeName([attribute('CN', 'A')]);
const directoryA: GeneralName = { kind: 'directoryName', name: nameA };
const directoryHex = tlv('a4', commonNameHex('A'));

const utf8Other = (arc: string, text: string): string =>
  tlv('a0', tlv('06', arc), tlv('a0', tlv('0c', utf8Hex(text))));

const vectors: { extension: Extension; critical: boolean; oid: string; value: string }[] = [
  { extension: keyUsage(['digitalSignature']), critical: true, oid: '2.5.29.15', value: '03020780' },
  {
    extension: keyUsage(['nonRepudiation', 'digitalSignature']),
    critical: true,
    oid: '2.5.29.15',
    value: '030206c0',
  },
  { extension: keyUsage(['keyCertSign', 'cRLSign']), critical: true, oid: '2.5.29.15', value: '03020106' },
  {
    extension: extKeyUsage([KEY_PURPOSE_OIDS.clientAuth]),
    critical: false,
    oid: '2.5.29.37',
    value: '300a06082b06010505070302',
  },
  { extension: basicConstraints({ ca: true }), critical: true, oid: '2.5.29.19', value: '30030101ff' },
  {
    extension: basicConstraints({ ca: true, pathLength: 0 }),
    critical: true,
    oid: '2.5.29.19',
    value: '30060101ff020100',
  },
  { extension: basicConstraints({ ca: false }, false), critical: false, oid: '2.5.29.19', value: '3000' },
  {
    extension: certificatePolicies([{ policy: '1.2.392.200149.8.5.1.1.20', cps: ['http://a/b'] }], true),
    critical: true,
    oid: '2.5.29.32',
    value: tlv(
      '30',
      tlv(
        '30',
        tlv('06', '2a83088c9b550805010114'),
        tlv('30', tlv('30', '06082b06010505070201', tlv('16', utf8Hex('http://a/b')))),
      ),
    ),
  },
  {
    extension: certificatePolicies([{ policy: '1.2.3' }]),
    critical: false,
    oid: '2.5.29.32',
    value: '3006300406022a03',
  },
  {
    extension: subjectAltName([
      utf8OtherName('1.2.392.200149.8.5.5.1', '公的　太郎'),
      utf8OtherName('1.2.392.200149.8.5.5.4', '319800217'),
      directoryA,
      { kind: 'rfc822Name', value: 'a@b' },
      { kind: 'dnsName', value: 'b' },
      { kind: 'uri', value: 'a:b' },
      { kind: 'ipAddress', value: Uint8Array.of(127, 0, 0, 1) },
      { kind: 'registeredId', oid: '1.2.3' },
    ]),
    critical: false,
    oid: '2.5.29.17',
    value: tlv(
      '30',
      utf8Other('2a83088c9b5508050501', '公的　太郎'),
      utf8Other('2a83088c9b5508050504', '319800217'),
      directoryHex,
      '8103614062',
      '820162',
      '8603613a62',
      '87047f000001',
      '88022a03',
    ),
  },
  {
    extension: issuerAltName([directoryA]),
    critical: false,
    oid: '2.5.29.18',
    value: tlv('30', directoryHex),
  },
  {
    extension: crlDistributionPoints([{ fullName: [directoryA] }]),
    critical: false,
    oid: '2.5.29.31',
    value: tlv('30', tlv('30', tlv('a0', tlv('a0', directoryHex)))),
  },
  {
    extension: crlDistributionPoints([{ fullName: [directoryA], reasons: 0b10, crlIssuer: [directoryA] }]),
    critical: false,
    oid: '2.5.29.31',
    value: tlv('30', tlv('30', tlv('a0', tlv('a0', directoryHex)), '81020640', tlv('a2', directoryHex))),
  },
  {
    extension: authorityInfoAccess([ocspAccess('http://o/'), caIssuersAccess('http://c/')]),
    critical: false,
    oid: '1.3.6.1.5.5.7.1.1',
    value: tlv(
      '30',
      tlv('30', '06082b06010505073001', tlv('86', utf8Hex('http://o/'))),
      tlv('30', '06082b06010505073002', tlv('86', utf8Hex('http://c/'))),
    ),
  },
  {
    extension: authorityKeyIdentifier({
      keyIdentifier: Uint8Array.of(1, 2),
      issuer: [directoryA],
      serial: Uint8Array.of(0, 0x80),
    }),
    critical: false,
    oid: '2.5.29.35',
    value: tlv('30', '80020102', tlv('a1', directoryHex), '82020080'),
  },
  {
    extension: authorityKeyIdentifier({ keyIdentifier: Uint8Array.of(1) }),
    critical: false,
    oid: '2.5.29.35',
    value: '3003800101',
  },
  {
    extension: subjectKeyIdentifier(Uint8Array.of(9)),
    critical: false,
    oid: '2.5.29.14',
    value: '040109',
  },
  { extension: ocspNoCheck(), critical: false, oid: '1.3.6.1.5.5.7.48.1.5', value: '0500' },
];

test('each standard extension has exactly these octets', () => {
  for (const { extension, critical, oid, value } of vectors) {
    assert.equal(hexOf(extension.value), value, oid);
    assert.equal(extension.critical, critical, oid);
    assert.equal(extension.oid, oid);
  }
});

test('each is read back into what it was written from', () => {
  const root = makeRoot();
  const read = (extension: Extension) => issue(root, { extensions: [extension] }).certificate.known;
  assert.deepEqual(read(keyUsage(['nonRepudiation', 'decipherOnly'])).keyUsage, [
    'nonRepudiation',
    'decipherOnly',
  ]);
  assert.deepEqual(read(basicConstraints({ ca: true, pathLength: 3 })).basicConstraints, {
    ca: true,
    pathLength: 3,
  });
  assert.deepEqual(read(extKeyUsage(['1.2.3', KEY_PURPOSE_OIDS.any])).extKeyUsage, ['1.2.3', '2.5.29.37.0']);
  const [policy] =
    read(certificatePolicies([{ policy: '1.2.3', cps: ['a:b', 'c:d'] }])).certificatePolicies ?? [];
  assert.equal(policy?.policy, '1.2.3');
  assert.deepEqual(policy.cps, ['a:b', 'c:d']);
  const [point] =
    read(crlDistributionPoints([{ fullName: [directoryA], reasons: 0b110 }])).crlDistributionPoints ?? [];
  assert.equal(point?.reasons, 0b110);
  assert.ok(point.fullName?.[0] && sameGeneralName(point.fullName[0], directoryA));
  const aki = read(
    authorityKeyIdentifier({
      keyIdentifier: Uint8Array.of(1),
      issuer: [directoryA],
      serial: Uint8Array.of(5),
    }),
  ).authorityKeyIdentifier;
  assert.equal(hexOf(aki?.keyIdentifier ?? new Uint8Array(0)), '01');
  assert.equal(hexOf(aki?.serial ?? new Uint8Array(0)), '05');
  assert.equal(read(ocspNoCheck()).ocspNoCheck, true);
  const [other, mail] =
    read(subjectAltName([utf8OtherName('1.2.3', '名'), { kind: 'rfc822Name', value: 'a@b' }]))
      .subjectAltName ?? [];
  assert.ok(other?.kind === 'otherName' && other.oid === '1.2.3');
  assert.equal(hexOf(other.value), '0c03e5908d');
  assert.deepEqual(mail, { kind: 'rfc822Name', value: 'a@b' });
});

test('general names are the same only when kind and octets are', () => {
  const uri = (value: string): GeneralName => ({ kind: 'uri', value });
  assert.ok(sameGeneralName(uri('a:b'), uri('a:b')));
  assert.ok(!sameGeneralName(uri('a:b'), uri('A:b')));
  assert.ok(!sameGeneralName(uri('a'), { kind: 'dnsName', value: 'a' }));
  assert.ok(
    !sameGeneralName(directoryA, {
      kind: 'directoryName',
      name: encodeName([attribute('CN', 'A', 'printable')]),
    }),
  );
});

test('a known extension with a wrong content refuses the certificate', () => {
  const { certificate } = issue(makeRoot(), {
    extensions: [{ oid: '1.2.3', critical: false, value: fromHex('0500') }],
  });
  const planted = hexOf(certificate.der);
  const wrong: [string, string, string][] = [
    // key usage with a trailing zero bit; cA FALSE encoded; an empty list; SKI of another type
    ['551d0f', '03020640', 'ok'],
    ['551d0f', '03020600', 'bit-string-invalid'],
    ['551d0f', '0303060040', 'bit-string-invalid'],
    ['551d13', '3003010100', 'default-encoded'],
    ['551d25', '3000', 'empty'],
    ['551d11', '3000', 'empty'],
    ['551d11', '300382 01ff', 'string-invalid'],
    ['551d11', '3002 8900', 'unexpected-tag'],
    ['551d0e', '0500', 'unexpected-tag'],
    ['551d0e', '04010203', 'trailing-data'],
    ['551d1f', '30023001', 'truncated'],
    ['551d23', '3003810101', 'trailing-data'],
  ];
  for (const [oid, value, expected] of wrong) {
    const content = value.replaceAll(' ', '');
    const whole = rebuild(planted, tlv('30', tlv('06', oid), tlv('04', content)));
    const result = parseCertificate(fromHex(whole));
    assert.equal(result.ok ? 'ok' : result.failure.code, expected, `${oid} ${value}`);
  }
});

/** The certificate with its extensions replaced by one, lengths adjusted. */
function rebuild(certificateHex: string, extension: string): string {
  const certificate = mustSucceed(parseCertificate(fromHex(certificateHex)), 'the planted one');
  return tlv(
    '30',
    tlv(
      '30',
      'a003020102',
      tlv('02', hexOf(certificate.serial)),
      hexOf(certificate.innerAlgorithm.der),
      hexOf(certificate.issuer.der),
      tlv('30', tlv('17', utf8Hex('260101000000Z')), tlv('17', utf8Hex('270101000000Z'))),
      hexOf(certificate.subject.der),
      hexOf(certificate.publicKey.der),
      tlv('a3', tlv('30', extension)),
    ),
    hexOf(certificate.signatureAlgorithm.der),
    tlv('03', '00', hexOf(certificate.signature)),
  );
}
