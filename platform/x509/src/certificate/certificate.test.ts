import assert from 'node:assert/strict';
import { hash, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import * as pkijs from 'pkijs';
import { encodePem } from '../der/pem.ts';
import { issue, keyIdOf, makeKey, makeRoot, signTbs, testName } from '../testing/authority.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import { commonNameHex, fromHex, hexOf, tlv, utf8Hex } from '../testing/tlv.ts';
import { signatureAlgorithm } from './algorithm.ts';
import { fingerprint, parseCertificate } from './certificate.ts';
import { KEY_PURPOSE_OIDS } from './extension-oids.ts';
import { utf8OtherName } from './general-name.ts';
import { attribute, encodeName } from './name.ts';
import { serialNumber } from './serial-number.ts';
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  certificatePolicies,
  crlDistributionPoints,
  extKeyUsage,
  issuerAltName,
  keyUsage,
  ocspAccess,
  subjectAltName,
  subjectKeyIdentifier,
} from './standard-extension.ts';
import { encodeTbsCertificate, parseTbsCertificate } from './tbs-certificate.ts';

const codeOf = (der: Uint8Array): string => {
  const result = parseCertificate(der);
  return result.ok ? 'ok' : result.failure.code;
};

const authorityName = encodeName([
  attribute('C', 'JP'),
  attribute('O', 'AUTHORITY'),
  attribute('OU', 'for digital signature'),
  attribute('OU', 'Some Agency'),
]);

/** A certificate that uses everything a national profile does, in an order that is nobody's default. */
function makeRichCertificate() {
  const root = makeRoot({ subject: authorityName }, makeKey('rsa'));
  const key = makeKey('rsa');
  const point = encodeName([
    attribute('C', 'JP'),
    attribute('OU', 'CRL Distribution Points'),
    attribute('CN', 'Yokohama-shi-Naka-ku CRLDP'),
  ]);
  const { certificate } = issue(
    root,
    {
      serial: serialNumber(0x8123_4567),
      subject: encodeName([
        attribute('C', 'JP'),
        attribute('L', 'Tokyo-to'),
        attribute('L', 'Kiyose-shi'),
        attribute('CN', '20260401123456789A'),
      ]),
      extensions: [
        keyUsage(['digitalSignature', 'nonRepudiation']),
        extKeyUsage([KEY_PURPOSE_OIDS.clientAuth]),
        subjectAltName([
          utf8OtherName('1.2.392.1.1', '公的　太郎'),
          utf8OtherName('1.2.392.1.4', '319800217'),
          { kind: 'rfc822Name', value: 'taro@example.jp' },
        ]),
        certificatePolicies([{ policy: '1.2.392.1.30', cps: ['http://example.jp/cps.html'] }], true),
        issuerAltName([
          { kind: 'directoryName', name: encodeName([attribute('C', 'JP'), attribute('O', '認証局')]) },
        ]),
        crlDistributionPoints([{ fullName: [{ kind: 'directoryName', name: point }] }]),
        authorityInfoAccess([ocspAccess('http://ocsp.example.jp/')]),
        authorityKeyIdentifier({
          keyIdentifier: keyIdOf(root.key),
          issuer: [{ kind: 'directoryName', name: authorityName }],
          serial: root.certificate.serial,
        }),
        subjectKeyIdentifier(keyIdOf(key)),
      ],
    },
    key,
  );
  return { root, key, certificate };
}

test('a TBSCertificate has exactly these octets', () => {
  const publicKey = `302a300506032b6570032100${'07'.repeat(32)}`;
  const tbs = encodeTbsCertificate({
    serial: serialNumber(0x80),
    signatureAlgorithm: signatureAlgorithm('rsa'),
    issuer: encodeName([attribute('CN', 'A')]),
    notBefore: Date.parse('2026-04-01T00:00:00Z'),
    notAfter: Date.parse('2051-03-31T14:59:59Z'),
    subject: encodeName([attribute('CN', '礎')]),
    publicKey: fromHex(publicKey),
    extensions: [subjectKeyIdentifier(Uint8Array.of(9)), keyUsage(['digitalSignature'])],
  });
  const expected = tlv(
    '30',
    'a003020102',
    '02020080',
    '300d06092a864886f70d01010b0500',
    commonNameHex('A'),
    tlv('30', tlv('17', utf8Hex('260401000000Z')), tlv('18', utf8Hex('20510331145959Z'))),
    commonNameHex('礎'),
    publicKey,
    tlv(
      'a3',
      tlv(
        '30',
        tlv('30', '0603551d0e', tlv('04', '040109')),
        tlv('30', '0603551d0f', '0101ff', tlv('04', '03020780')),
      ),
    ),
  );
  assert.equal(hexOf(tbs), expected);
});

test('openssl reads and verifies what was written', { skip: opensslMissing }, () => {
  using desk = new OpensslDesk();
  const { root, certificate } = makeRichCertificate();
  desk.put('root.pem', encodePem('CERTIFICATE', root.certificate.der));
  desk.put('leaf.pem', encodePem('CERTIFICATE', certificate.der));
  const verified = desk.run('verify -x509_strict -attime 1775000000 -CAfile root.pem leaf.pem');
  assert.equal(verified.status, 0, verified.text);
  const { text } = desk.run('x509 -in leaf.pem -noout -text -nameopt utf8,sep_comma_plus');
  const lines = [
    'Version: 3 (0x2)',
    'Serial Number: 2166572391 (0x81234567)',
    'Issuer: C=JP,O=AUTHORITY,OU=for digital signature,OU=Some Agency',
    'Not Before: Jan  1 00:00:00 2026 GMT',
    'Not After : Dec 31 14:59:59 2049 GMT',
    'Subject: C=JP,L=Tokyo-to,L=Kiyose-shi,CN=20260401123456789A',
    'othername: 1.2.392.1.1::公的　太郎, othername: 1.2.392.1.4::319800217, email:taro@example.jp',
    'Policy: 1.2.392.1.30',
    'CPS: http://example.jp/cps.html',
    'OCSP - URI:http://ocsp.example.jp/',
    'serial:12:34:56:78',
  ];
  for (const line of lines) assert.ok(text.includes(line), `${line}\n${text}`);
  const order = [
    'X509v3 Key Usage: critical',
    'X509v3 Extended Key Usage',
    'X509v3 Subject Alternative Name',
    'X509v3 Certificate Policies: critical',
    'X509v3 Issuer Alternative Name',
    'X509v3 CRL Distribution Points',
    'Authority Information Access',
    'X509v3 Authority Key Identifier',
    'X509v3 Subject Key Identifier',
  ].map((title) => text.indexOf(title));
  assert.ok(
    order.every((at, index) => at > (order[index - 1] ?? 0)),
    order.join(),
  );
});

test('openssl accepts the signatures of every algorithm', { skip: opensslMissing }, () => {
  using desk = new OpensslDesk();
  for (const type of ['rsa', 'p256', 'p384', 'ed25519'] as const) {
    const root = makeRoot({}, makeKey(type));
    desk.put('root.pem', encodePem('CERTIFICATE', root.certificate.der));
    const run = desk.run('verify -x509_strict -attime 1775000000 -check_ss_sig -CAfile root.pem root.pem');
    assert.equal(run.status, 0, run.text);
  }
});

test('node and pkijs see the same fields', () => {
  const { root, certificate } = makeRichCertificate();
  const node = new X509Certificate(certificate.der);
  assert.equal(node.serialNumber, '81234567');
  assert.equal(node.fingerprint256.replaceAll(':', '').toLowerCase(), hexOf(fingerprint(certificate)));
  assert.ok(node.verify(new X509Certificate(root.certificate.der).publicKey));
  assert.ok(node.checkIssued(new X509Certificate(root.certificate.der)));
  const other = pkijs.Certificate.fromBER(certificate.der);
  assert.deepEqual(
    other.extensions?.map(({ extnID, critical }) => [extnID, critical]),
    certificate.extensions.map(({ oid, critical }) => [oid, critical]),
  );
  assert.equal(other.notBefore.value.getTime(), certificate.notBefore);
  assert.equal(other.notAfter.value.getTime(), certificate.notAfter);
  assert.equal(hexOf(new Uint8Array(other.tbsView)), hexOf(certificate.tbs));
  assert.equal(hexOf(new Uint8Array(other.toSchema(true).toBER())), hexOf(certificate.der));
});

test('what openssl writes is read into the same fields', { skip: opensslMissing }, () => {
  using desk = new OpensslDesk();
  const made = desk.run(`req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.der -outform DER
    -days 30 -subj /C=JP/O=Test/CN=Someone -set_serial 0x0a0b0c -utf8
    -addext keyUsage=critical,digitalSignature,keyCertSign
    -addext extendedKeyUsage=clientAuth,OCSPSigning
    -addext certificatePolicies=1.2.3.4,2.5.29.32.0
    -addext crlDistributionPoints=URI:http://a/c.crl
    -addext authorityInfoAccess=OCSP;URI:http://o/
    -addext subjectAltName=DNS:a.example,IP:10.0.0.1`);
  assert.equal(made.status, 0, made.text);
  const certificate = mustSucceed(parseCertificate(desk.read('cert.der')), 'a certificate of openssl');
  assert.equal(hexOf(certificate.serial), '0a0b0c');
  assert.equal(certificate.subject.toString(), 'CN=Someone,O=Test,C=JP');
  assert.equal(certificate.publicKey.type, 'rsa');
  assert.equal(certificate.publicKey.sizeBits, 2048);
  const { known } = certificate;
  assert.deepEqual(known.keyUsage, ['digitalSignature', 'keyCertSign']);
  assert.deepEqual(known.extKeyUsage, [KEY_PURPOSE_OIDS.clientAuth, KEY_PURPOSE_OIDS.ocspSigning]);
  assert.deepEqual(
    known.certificatePolicies?.map(({ policy }) => policy),
    ['1.2.3.4', '2.5.29.32.0'],
  );
  assert.deepEqual(known.crlDistributionPoints?.[0]?.fullName, [{ kind: 'uri', value: 'http://a/c.crl' }]);
  assert.deepEqual(known.authorityInfoAccess?.[0], ocspAccess('http://o/'));
  assert.deepEqual(known.subjectAltName?.[0], { kind: 'dnsName', value: 'a.example' });
  assert.equal(known.basicConstraints?.ca, true);
  assert.equal(
    hexOf(known.subjectKeyIdentifier ?? new Uint8Array(0)),
    hexOf(hash('sha1', certificate.publicKey.keyOctets, 'buffer')),
  );
});

test('every defect has its code', () => {
  const key = makeKey('p256');
  const spec = {
    serial: serialNumber(1),
    signatureAlgorithm: signatureAlgorithm('p256'),
    issuer: testName('A'),
    notBefore: Date.parse('2026-01-01T00:00:00Z'),
    notAfter: Date.parse('2027-01-01T00:00:00Z'),
    subject: testName('B'),
    publicKey: key.publicKey,
    extensions: [keyUsage(['digitalSignature'])],
  };
  const coded = (tbs: Uint8Array): string => codeOf(signTbs(tbs, key));
  const patched = (from: string, to: string): Uint8Array => {
    const hex = hexOf(encodeTbsCertificate(spec));
    assert.ok(hex.includes(from));
    return fromHex(hex.replace(from, to));
  };
  assert.equal(coded(encodeTbsCertificate(spec)), 'ok');
  assert.equal(coded(encodeTbsCertificate({ ...spec, serial: Uint8Array.of(0) })), 'serial-number-range');
  assert.equal(coded(encodeTbsCertificate({ ...spec, serial: Uint8Array.of(0xff) })), 'serial-number-range');
  assert.equal(
    coded(encodeTbsCertificate({ ...spec, serial: new Uint8Array(21).fill(1) })),
    'serial-number-range',
  );
  assert.equal(
    coded(encodeTbsCertificate({ ...spec, extensions: [...spec.extensions, ...spec.extensions] })),
    'duplicate-extension',
  );
  const many = Array.from({ length: 65 }, (_, arc) => ({
    oid: `1.2.3.${arc}`,
    critical: false,
    value: fromHex('0500'),
  }));
  assert.equal(coded(encodeTbsCertificate({ ...spec, extensions: many.slice(1) })), 'ok');
  assert.equal(coded(encodeTbsCertificate({ ...spec, extensions: many })), 'too-large');
  assert.equal(coded(patched('a003020102', 'a003020101')), 'extensions-without-v3');
  assert.equal(coded(patched('a003020102', 'a003020100')), 'default-encoded');
  assert.equal(coded(patched('a003020102', 'a003020103')), 'integer-invalid');
  assert.equal(
    codeOf(signTbs(encodeTbsCertificate({ ...spec, signatureAlgorithm: signatureAlgorithm('p384') }), key)),
    'algorithm-mismatch',
  );
  const early = tlv('18', utf8Hex('20260101000000Z'));
  const late = tlv('17', utf8Hex('270101000000Z'));
  const fields = [
    'a003020102',
    '020101',
    hexOf(spec.signatureAlgorithm.der),
    hexOf(spec.issuer.der),
    tlv('30', early, late),
    hexOf(spec.subject.der),
    hexOf(key.publicKey),
  ];
  const tbs = tlv('30', ...fields);
  assert.equal(coded(fromHex(tbs)), 'time-form');
  const timed = fields.with(4, tlv('30', tlv('17', utf8Hex('260101000000Z')), late));
  const identified = fromHex(tlv('30', ...timed, '810200ff', '820200ff'));
  assert.equal(coded(identified), 'unique-identifier');
  assert.equal(parseCertificate(signTbs(identified, key), ['unique-identifier']).ok, true);
  assert.equal(parseCertificate(signTbs(fromHex(tbs), key), ['unique-identifier']).ok, false);
  const view = mustSucceed(parseTbsCertificate(fromHex(tbs)), 'a TBS with a defect');
  assert.deepEqual(
    view.defects.map(({ code }) => code),
    ['time-form'],
    'the lint sees it all the same',
  );
});

test('the specification is refused where it is impossible', () => {
  const { certificate } = makeRoot();
  const spec = {
    ...certificate,
    signatureAlgorithm: signatureAlgorithm('p256'),
    publicKey: certificate.publicKey.der,
  };
  assert.throws(() => encodeTbsCertificate({ ...spec, serial: Uint8Array.of(0, 1) }));
  assert.throws(() => encodeTbsCertificate({ ...spec, notAfter: Number.POSITIVE_INFINITY }));
  assert.throws(() => serialNumber(0));
  assert.throws(() => serialNumber(1n << 160n));
});
