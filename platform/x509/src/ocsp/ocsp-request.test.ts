import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { serialNumber } from '../certificate/serial-number.ts';
import { encodePem } from '../der/pem.ts';
import { issue, makeRoot } from '../testing/authority.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import { fromHex, hexOf, tlv } from '../testing/tlv.ts';
import { encodeCertId, isIssuedBy, issuerHashes } from './cert-id.ts';
import { encodeOcspRequest, parseOcspRequest } from './ocsp-request.ts';

const root = makeRoot();
const hashes = issuerHashes(root.certificate);
const certId = (serial: number, algorithm: 'sha1' | 'sha256' = 'sha1'): Uint8Array =>
  encodeCertId(algorithm, hashes, serialNumber(serial));

const codeOf = (der: Uint8Array): string => {
  const result = parseOcspRequest(der);
  return result.ok ? 'ok' : result.failure.code;
};

/** A request put together by hand: its list, its extensions, what follows. */
const byHand = (list: string, extensions = '', after = '', before = ''): Uint8Array =>
  fromHex(tlv('30', tlv('30', before, list, extensions), after));
const one = (extra = ''): string => tlv('30', tlv('30', hexOf(certId(5)), extra));
const nonceExtension = (content: string): string => tlv('30', '06092b0601050507300102', tlv('04', content));

test('a request has exactly these octets', () => {
  const id = tlv(
    '30',
    '300906052b0e03021a0500',
    tlv('04', hexOf(hashes.sha1.name)),
    tlv('04', hexOf(hashes.sha1.key)),
    '020105',
  );
  assert.equal(hexOf(certId(5)), id);
  const nonce = 'ab'.repeat(32);
  assert.equal(
    hexOf(encodeOcspRequest([certId(5)], fromHex(nonce))),
    tlv('30', tlv('30', tlv('30', tlv('30', id)), tlv('a2', tlv('30', nonceExtension(tlv('04', nonce)))))),
  );
  assert.equal(hexOf(encodeOcspRequest([certId(5)])), tlv('30', tlv('30', tlv('30', tlv('30', id)))));
});

test('requests of openssl are read, ours are read by openssl', { skip: opensslMissing }, () => {
  using desk = new OpensslDesk();
  desk.put('root.pem', encodePem('CERTIFICATE', root.certificate.der));
  const serials = [0x41, 0x42, 0x43];
  for (const [index, serial] of serials.entries()) {
    const { certificate } = issue(root, { serial: serialNumber(serial) });
    desk.put(`${index}.pem`, encodePem('CERTIFICATE', certificate.der));
  }
  for (const algorithm of ['sha1', 'sha256'] as const) {
    desk.run(`ocsp -issuer root.pem -${algorithm} -cert 0.pem -cert 1.pem -cert 2.pem -reqout request.der`);
    const request = mustSucceed(parseOcspRequest(desk.read('request.der')), 'a request of openssl');
    assert.deepEqual(
      request.certIds.map(({ hash, serial }) => [hash, hexOf(serial)]),
      [
        [algorithm, '41'],
        [algorithm, '42'],
        [algorithm, '43'],
      ],
    );
    assert.ok(request.certIds.every((id) => isIssuedBy(id, hashes)));
    desk.put(
      'ours.der',
      encodeOcspRequest([certId(0x41, algorithm), certId(0x42, algorithm)], fromHex('ab'.repeat(32))),
    );
    const { text } = desk.run('ocsp -reqin ours.der -req_text');
    assert.match(text, new RegExp(`Hash Algorithm: ${algorithm}[^]*Serial Number: 41[^]*Serial Number: 42`));
    assert.match(text, /OCSP Nonce:\s+0420(AB){32}/);
  }
});

test('any list of serial numbers and any nonce survive writing and reading', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 1n, max: 1n << 158n }), { minLength: 1, maxLength: 20 }),
      fc.constantFrom('sha1' as const, 'sha256' as const),
      fc.option(fc.uint8Array({ minLength: 1, maxLength: 128 }), { nil: undefined }),
      (serials, algorithm, nonce) => {
        const ids = serials.map((serial) => encodeCertId(algorithm, hashes, serialNumber(serial)));
        const request = mustSucceed(parseOcspRequest(encodeOcspRequest(ids, nonce)), 'a request');
        assert.deepEqual(
          request.certIds.map(({ der }) => hexOf(der)),
          ids.map(hexOf),
        );
        assert.ok(request.certIds.every((id) => isIssuedBy(id, hashes) && id.hash === algorithm));
        assert.equal(request.nonce && hexOf(request.nonce), nonce && hexOf(nonce));
      },
    ),
  );
});

test('an issuer is known by name and key together', () => {
  const otherGeneration = issuerHashes(makeRoot({ subject: root.certificate.subject }).certificate);
  const request = mustSucceed(parseOcspRequest(encodeOcspRequest([certId(1)])), 'a request');
  const [id] = request.certIds;
  assert.ok(id !== undefined && isIssuedBy(id, hashes));
  assert.ok(!isIssuedBy(id, otherGeneration));
});

test('nonces of no octets or more than 128 are malformed (RFC 9654 2.1)', () => {
  const request = (content: string): string =>
    codeOf(byHand(one(), tlv('a2', tlv('30', nonceExtension(content)))));
  assert.equal(request(tlv('04', 'aa')), 'ok');
  assert.equal(request(tlv('04', 'aa'.repeat(128))), 'ok');
  assert.equal(request(tlv('04', '')), 'ocsp-nonce-length');
  assert.equal(request(tlv('04', 'aa'.repeat(129))), 'ocsp-nonce-length');
  assert.equal(request('aabb'), 'unexpected-tag', 'bare octets, as before RFC 6960');
  assert.throws(() => encodeOcspRequest([certId(1)], new Uint8Array(0)));
  assert.throws(() => encodeOcspRequest([certId(1)], new Uint8Array(129)));
});

test('what a responder must not answer has its code', () => {
  const unknown = (critical: string): string => tlv('30', tlv('30', '06022a03', critical, tlv('04', '0500')));
  assert.equal(codeOf(byHand(one())), 'ok');
  assert.equal(codeOf(byHand(tlv('30'))), 'empty');
  assert.equal(codeOf(byHand(one(), '', '', 'a003020100')), 'version-unsupported');
  assert.equal(codeOf(byHand(one(), '', '', tlv('a1', tlv('86', '613a62')))), 'ok', 'a requestor name');
  assert.equal(codeOf(byHand(one(), tlv('a2', unknown('')))), 'ok');
  assert.equal(codeOf(byHand(one(), tlv('a2', unknown('0101ff')))), 'critical-extension-unknown');
  assert.equal(codeOf(byHand(one(tlv('a0', unknown('0101ff'))))), 'critical-extension-unknown');
  assert.equal(
    codeOf(byHand(one(), tlv('a2', tlv('30', nonceExtension('0401aa'), nonceExtension('0401aa'))))),
    'duplicate-extension',
  );
  assert.equal(codeOf(byHand(one(), '', tlv('a0', '3000'))), 'ok', 'a signature');
  assert.equal(codeOf(byHand(one(), '', 'a100')), 'trailing-data');
  const many = Array.from({ length: 101 }, (_, index) => certId(index + 1));
  assert.equal(codeOf(encodeOcspRequest(many.slice(1))), 'ok');
  assert.equal(codeOf(encodeOcspRequest(many)), 'ocsp-too-many-requests');
  assert.equal(codeOf(new Uint8Array(16_385)), 'too-large');
  const limited = parseOcspRequest(encodeOcspRequest(many.slice(99)), { bytesMax: 1024, requestsMax: 1 });
  assert.equal(!limited.ok && limited.failure.code, 'ocsp-too-many-requests');
});

test('a signature on a request is noticed, a hash that is not known is kept', () => {
  assert.equal(mustSucceed(parseOcspRequest(byHand(one(), '', tlv('a0', '3000'))), 'signed').isSigned, true);
  assert.equal(mustSucceed(parseOcspRequest(byHand(one())), 'unsigned').isSigned, false);
  const sha512 = tlv('30', tlv('30', '0609608648016503040203'), '0401aa', '0401bb', '020105');
  const request = mustSucceed(parseOcspRequest(byHand(tlv('30', tlv('30', sha512)))), 'a request');
  const [id] = request.certIds;
  assert.equal(id?.hash, undefined);
  assert.ok(id !== undefined && !isIssuedBy(id, hashes));
  assert.equal(hexOf(id.der), sha512);
});
