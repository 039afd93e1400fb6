/**
 * The bytes of the profiles. Expected values are put together here from hexadecimal, apart from the builders, after the
 * published certificates.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { parsePartialDate } from '@ishizue/text';
import { encodeOid, encodeTbsCertList, parseTbsCertificate, parseTbsCertList } from '@ishizue/x509';
import { sampleCertificates } from '../testing/sample-certificates.ts';
import { certificateListSpec } from './certificate-list.ts';
import { ATTRIBUTE_ARC, holderAttributes } from './holder-attributes.ts';
import { testProfile } from './jpki-profile.ts';

const tlv = (tag: string, ...parts: readonly string[]): string => {
  const content = parts.join('');
  const length = content.length / 2;
  const octets =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return tag + Buffer.from(octets).toString('hex') + content;
};
const utf8 = (text: string): string => tlv('0c', Buffer.from(text).toString('hex'));
const oid = (text: string): string => tlv('06', Buffer.from(encodeOid(text)).toString('hex'));
const level = (type: string, value: string): string => tlv('31', tlv('30', oid(type), value));
const C = level('2.5.4.6', tlv('13', Buffer.from('JP').toString('hex')));
const O = (text: string): string => level('2.5.4.10', utf8(text));
const OU = (text: string): string => level('2.5.4.11', utf8(text));
const CN = (text: string): string => level('2.5.4.3', utf8(text));
const L = (text: string): string => level('2.5.4.7', utf8(text));
const extension = (id: string, critical: boolean, value: string): string =>
  tlv('30', oid(id), critical ? '0101ff' : '', tlv('04', value));
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

const sample = sampleCertificates();
const read = (tbs: Uint8Array) => mustSucceed(parseTbsCertificate(tbs), 'a sample');
const extensionsOf = (tbs: Uint8Array): string[] =>
  read(tbs).extensions.map(({ oid: id, critical, value }) => extension(id, critical, hex(value)));

const AUTHORITY = 'Japan Agency for Local Authority Information Systems';
const issuer = (unit: string): string => tlv('30', C, O('JPKI-TEST'), OU(unit), OU(AUTHORITY));
const japanese = (unit: string): string =>
  tlv('30', C, O('公的個人認証サービス'), OU(unit), OU('地方公共団体情報システム機構'));
const directoryName = (name: string): string => tlv('a4', name);

test('an authority has the name, extensions and order of the published ones', () => {
  for (const [kind, unit, unitInJapanese] of [
    ['signature', 'JPKI for digital signature', '公的個人認証サービス署名用'],
    ['authentication', 'JPKI for user authentication', '公的個人認証サービス利用者証明用'],
  ] as const) {
    const tbs = sample.authority(kind);
    const certificate = read(tbs);
    assert.equal(hex(certificate.issuer.der), issuer(unit));
    assert.equal(hex(certificate.subject.der), issuer(unit));
    assert.deepEqual(extensionsOf(tbs).slice(0, 4), [
      extension('2.5.29.15', true, '03020106'),
      extension('2.5.29.17', false, tlv('30', directoryName(japanese(unitInJapanese)))),
      extension('2.5.29.19', true, '30030101ff'),
      extension('2.5.29.31', false, tlv('30', tlv('30', tlv('a0', tlv('a0', directoryName(issuer(unit))))))),
    ]);
    assert.deepEqual(
      certificate.extensions.map(({ oid: id }) => id),
      ['2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.31', '2.5.29.14'],
    );
    assert.equal(new Date(certificate.notAfter).toISOString(), '2036-11-19T14:59:59.000Z');
  }
});

const listOf = (unit: string): string =>
  tlv(
    '30',
    C,
    O('JPKI-TEST'),
    OU(unit),
    OU('CRL Distribution Points'),
    OU('Tokyo-to'),
    CN('Kiyose-shi CRLDP'),
  );

test('an authentication certificate is the published profile byte by byte', () => {
  const tbs = sample.holder('authentication');
  const certificate = read(tbs);
  assert.equal(hex(certificate.subject.der), tlv('30', C, CN('ABCDEFGHIJKLMN13221003A')));
  const { authorityKeyId, subjectKeyId } = sample;
  assert.deepEqual(extensionsOf(tbs), [
    extension('2.5.29.15', true, '03020780'),
    extension('2.5.29.37', false, tlv('30', oid('1.3.6.1.5.5.7.3.2'))),
    policy('1.2.392.200149.8.5.1.3.30'),
    extension('2.5.29.18', false, tlv('30', directoryName(japanese('公的個人認証サービス利用者証明用')))),
    extension(
      '2.5.29.31',
      false,
      tlv('30', tlv('30', tlv('a0', tlv('a0', directoryName(listOf('JPKI for user authentication')))))),
    ),
    extension(
      '1.3.6.1.5.5.7.1.1',
      false,
      tlv(
        '30',
        tlv('30', oid('1.3.6.1.5.5.7.48.1'), tlv('86', Buffer.from(testProfile.ocspUri).toString('hex'))),
      ),
    ),
    extension(
      '2.5.29.35',
      false,
      tlv(
        '30',
        tlv('80', authorityKeyId),
        tlv('a1', directoryName(issuer('JPKI for user authentication'))),
        '8203010000',
      ),
    ),
    extension('2.5.29.14', false, tlv('04', subjectKeyId)),
  ]);
});

function policy(id: string): string {
  const cps = tlv('16', Buffer.from(testProfile.cpsUri).toString('hex'));
  const qualifier = tlv('30', oid('1.3.6.1.5.5.7.2.1'), cps);
  return extension('2.5.29.32', true, tlv('30', tlv('30', oid(id), tlv('30', qualifier))));
}

const other = (last: number, text: string): string =>
  tlv('a0', oid(`${ATTRIBUTE_ARC}.${last}`), tlv('a0', utf8(text)));

test('a signature certificate has its items in the order 1, 4, 3, 5, 2, 6, byte by byte', () => {
  const tbs = sample.holder('signature');
  const certificate = read(tbs);
  assert.equal(
    hex(certificate.subject.der),
    tlv('30', C, L('Tokyo-to'), L('Kiyose-shi'), CN('ABCDEFGHIJKLMN13221003A')),
  );
  const found = extensionsOf(tbs);
  assert.equal(found[0], extension('2.5.29.15', true, '030206c0'));
  assert.equal(
    found[1],
    extension(
      '2.5.29.17',
      false,
      tlv(
        '30',
        other(1, '高橋　遥'),
        other(4, '319800217'),
        other(3, '2'),
        other(5, '東京都清瀬市元町一丁目4番5号'),
        other(2, '1000'),
        other(6, '0'.repeat(15)),
      ),
    ),
  );
  assert.equal(found[2], policy('1.2.392.200149.8.5.1.1.20'));
  assert.equal(
    found[3],
    extension('2.5.29.18', false, tlv('30', directoryName(japanese('公的個人認証サービス署名用')))),
  );
  assert.deepEqual(
    certificate.extensions.map(({ oid: id }) => id),
    ['2.5.29.15', '2.5.29.17', '2.5.29.32', '2.5.29.18', '2.5.29.31', '2.5.29.35', '2.5.29.14'],
  );
});

test('the list of an area names the very directory entry of its certificates', () => {
  const tbs = encodeTbsCertList(
    certificateListSpec({
      profile: testProfile,
      authority: sample.issuing('authentication'),
      area: sample.area,
      number: 7n,
      thisUpdate: sample.notBefore,
    }),
    [],
  );
  const scope = mustSucceed(parseTbsCertList(tbs), 'a list').extensions.find(
    ({ oid: id }) => id === '2.5.29.28',
  );
  assert.equal(
    scope && hex(scope.value),
    tlv('30', tlv('a0', tlv('a0', directoryName(listOf('JPKI for user authentication'))))),
  );
});

test('birth dates say their era by a digit and their year in Gregorian', () => {
  const dateOf = (text: string): string => {
    const birth = mustSucceed(parsePartialDate(text), text);
    return mustSucceed(holderAttributes({ name: '石川', birth, sex: 3, address: '清瀬市' }), text).birthDate;
  };
  assert.equal(dateOf('1912-07-29'), '119120729');
  assert.equal(dateOf('1912-07-30'), '219120730');
  assert.equal(dateOf('1989-01-07'), '319890107');
  assert.equal(dateOf('1989-01-08'), '419890108');
  assert.equal(dateOf('2019-05-01'), '520190501');
  assert.equal(dateOf('0000-00-00'), '000000000');
});
