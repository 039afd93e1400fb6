import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import * as pkijs from 'pkijs';
import { encodePem } from '../der/pem.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import { answerOf, certId, hashes, NOW, respond, root, someone } from '../testing/responder.ts';
import { fromHex, hexOf, tlv, utf8Hex } from '../testing/tlv.ts';
import { parseOcspRequest } from './ocsp-request.ts';
import { type OcspResponseStatus, ocspErrorResponse, parseOcspResponse } from './ocsp-response.ts';
import { type CertStatus, encodeResponseData } from './response-data.ts';

test('ResponseData has exactly these octets', () => {
  const id = (serial: string): string =>
    tlv(
      '30',
      '300906052b0e03021a0500',
      tlv('04', hexOf(hashes.sha1.name)),
      tlv('04', hexOf(hashes.sha1.key)),
      serial,
    );
  const time = tlv('18', utf8Hex('20260401000000Z'));
  const single = (serial: string, status: CertStatus, nextUpdate?: number) => ({
    certId: fromHex(id(serial)),
    status,
    thisUpdate: NOW,
    nextUpdate,
  });
  const data = encodeResponseData({
    responderKeyHash: fromHex('11'.repeat(20)),
    producedAt: NOW,
    nonce: fromHex('ab'.repeat(32)),
    responses: [
      single('020105', { status: 'good' }, NOW),
      single('020106', { status: 'revoked', revokedAt: NOW, reason: 'certificateHold' }),
      single('020107', { status: 'revoked', revokedAt: NOW }),
      single('020108', { status: 'unknown' }),
    ],
  });
  const expected = tlv(
    '30',
    tlv('a2', tlv('04', '11'.repeat(20))),
    time,
    tlv(
      '30',
      tlv('30', id('020105'), '8000', time, tlv('a0', time)),
      tlv('30', id('020106'), tlv('a1', time, 'a0030a0106'), time),
      tlv('30', id('020107'), tlv('a1', time), time),
      tlv('30', id('020108'), '8200', time),
    ),
    tlv('a1', tlv('30', tlv('30', '06092b0601050507300102', tlv('04', tlv('04', 'ab'.repeat(32)))))),
  );
  assert.equal(hexOf(data), expected);
});

test('error messages are the five octets of RFC 6960', () => {
  const codes: [Exclude<OcspResponseStatus, 'successful'>, string][] = [
    ['malformedRequest', '30030a0101'],
    ['internalError', '30030a0102'],
    ['tryLater', '30030a0103'],
    ['sigRequired', '30030a0105'],
    ['unauthorized', '30030a0106'],
  ];
  for (const [status, hex] of codes) {
    assert.equal(hexOf(ocspErrorResponse(status)), hex);
    assert.deepEqual(parseOcspResponse(fromHex(hex)), { ok: true, value: { status, basic: undefined } });
  }
  const code = (hex: string): string => {
    const result = parseOcspResponse(fromHex(hex));
    return result.ok ? 'ok' : result.failure.code;
  };
  assert.equal(code('30030a0104'), 'integer-invalid');
  assert.equal(code('30030a0107'), 'integer-invalid');
  assert.equal(code('30030a0100'), 'truncated', 'successful, and nothing in it');
  assert.equal(code('30050a01010500'), 'trailing-data');
  const otherType = hexOf(respond()).replace('06092b0601050507300101', '06092b060105050730017f');
  assert.equal(code(otherType), 'ocsp-response-type-unknown');
});

test('openssl verifies our answers to its own request', { skip: opensslMissing }, () => {
  using desk = new OpensslDesk();
  desk.put('root.pem', encodePem('CERTIFICATE', root.certificate.der));
  desk.put('someone.pem', encodePem('CERTIFICATE', someone.certificate.der));
  const answers: [CertStatus, RegExp][] = [
    [{ status: 'good' }, /Cert Status: good/],
    [
      { status: 'revoked', revokedAt: NOW - 1000, reason: 'keyCompromise' },
      /Cert Status: revoked[^]*Revocation Reason: keyCompromise/,
    ],
    [{ status: 'unknown' }, /Cert Status: unknown/],
  ];
  for (const algorithm of ['sha1', 'sha256'] as const) {
    desk.run(`ocsp -issuer root.pem -${algorithm} -cert someone.pem -nonce -reqout request.der`);
    const request = mustSucceed(parseOcspRequest(desk.read('request.der')), 'a request of openssl');
    const [asked] = request.certIds;
    assert.ok(asked !== undefined && request.nonce !== undefined);
    for (const [status, said] of answers) {
      const thisUpdate = Math.floor(Date.now() / 1000) * 1000;
      desk.put(
        'response.der',
        respond({
          producedAt: thisUpdate,
          nonce: request.nonce,
          responses: [{ certId: asked.der, status, thisUpdate }],
        }),
      );
      const run = desk.run(
        `ocsp -reqin request.der -respin response.der -resp_text -CAfile root.pem -attime ${NOW / 1000}`,
      );
      assert.match(run.text, /Response verify OK/, run.text);
      assert.match(run.text, said);
      assert.doesNotMatch(run.text, /nonce (verify error|in response)/i);
    }
    const run = desk.run(
      `ocsp -no_nonce -issuer root.pem -${algorithm} -cert someone.pem -respin response.der -CAfile root.pem -attime ${NOW / 1000}`,
    );
    assert.match(run.text, /someone\.pem: unknown/, 'the last answer, found by its CertID');
  }
});

test('pkijs reads the same fields', () => {
  const response = pkijs.OCSPResponse.fromBER(respond({ nonce: fromHex('cd'.repeat(32)) }));
  const octets = response.responseBytes?.response.valueBlock.valueHexView;
  assert.ok(octets !== undefined);
  const basic = pkijs.BasicOCSPResponse.fromBER(octets);
  assert.equal(basic.tbsResponseData.responses.length, 1);
  assert.equal(basic.tbsResponseData.producedAt.getTime(), NOW);
  assert.equal(
    hexOf(new Uint8Array(basic.tbsResponseData.tbsView)),
    hexOf(encodeResponseData(answerOf({ nonce: fromHex('cd'.repeat(32)) }))),
  );
  assert.equal(basic.certs?.length, 1);
});

test('what is too much, and reasons that do not exist, are refused', () => {
  const code = (der: Uint8Array): string => {
    const result = parseOcspResponse(der);
    return result.ok ? 'ok' : result.failure.code;
  };
  const certificates = Array.from({ length: 9 }, () => fromHex('3000'));
  assert.equal(code(respond({}, root, certificates.slice(1))), 'ok');
  assert.equal(code(respond({}, root, certificates)), 'too-large');
  const responses = Array.from({ length: 257 }, () => answerOf().responses).flat();
  assert.equal(code(respond({ responses: responses.slice(1) })), 'ok');
  assert.equal(code(respond({ responses })), 'too-large');
  const revoked = { status: 'revoked', revokedAt: NOW, reason: 'aACompromise' } as const;
  const hex = hexOf(respond({ responses: [{ certId: certId, status: revoked, thisUpdate: NOW }] }));
  assert.equal(code(fromHex(hex)), 'ok');
  assert.equal(code(fromHex(hex.replace('a0030a010a', 'a0030a0107'))), 'reason-invalid');
  assert.equal(code(fromHex(hex.replace('a0030a010a', 'a0030a010b'))), 'integer-invalid');
});
