import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import * as pkijs from 'pkijs';
import { signatureAlgorithm } from '../certificate/algorithm.ts';
import { KEY_PURPOSE_OIDS } from '../certificate/extension-oids.ts';
import { serialNumber } from '../certificate/serial-number.ts';
import {
  basicConstraints,
  extKeyUsage,
  keyUsage,
  ocspNoCheck,
  subjectKeyIdentifier,
} from '../certificate/standard-extension.ts';
import { encodePem } from '../der/pem.ts';
import {
  at,
  authorityOf,
  type Issued,
  issue,
  keyIdOf,
  makeKey,
  makeRoot,
  testName,
} from '../testing/authority.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import { fromHex, hexOf, tlv, utf8Hex } from '../testing/tlv.ts';
import { encodeCertId, issuerHashes } from './cert-id.ts';
import { encodeOcspRequest, parseOcspRequest } from './ocsp-request.ts';
import {
  assembleOcspResponse,
  type OcspResponseStatus,
  ocspErrorResponse,
  parseOcspResponse,
} from './ocsp-response.ts';
import { type CertStatus, encodeResponseData, type ResponseDataSpec } from './response-data.ts';
import { type OcspQuestion, verifyOcspResponse } from './verify-ocsp-response.ts';

const NOW = at('2026-04-01T00:00:00Z');
const root = makeRoot({}, makeKey('rsa'));
const hashes = issuerHashes(root.certificate);
const someone = issue(root, { serial: serialNumber(0x41) });
const certId = encodeCertId('sha1', hashes, someone.certificate.serial);

const responderWishes = (issuer: Issued, key = makeKey('p256')) => ({
  key,
  wishes: {
    serial: serialNumber(0x99),
    subject: testName('Responder'),
    extensions: [
      keyUsage(['digitalSignature']),
      extKeyUsage([KEY_PURPOSE_OIDS.ocspSigning]),
      authorityOf(issuer),
      subjectKeyIdentifier(keyIdOf(key)),
      ocspNoCheck(),
    ],
  },
});

function makeResponder(issuer: Issued = root, changes: object = {}): Issued {
  const { key, wishes } = responderWishes(issuer);
  return issue(issuer, { ...wishes, ...changes }, key);
}

const responder = makeResponder();

const dataOf = (spec: Partial<ResponseDataSpec> = {}, by: Issued = responder): ResponseDataSpec => ({
  responderKeyHash: keyIdOf(by.key),
  producedAt: NOW,
  responses: [{ certId, status: { status: 'good' }, thisUpdate: NOW, nextUpdate: NOW + 900_000 }],
  ...spec,
});

function respond(
  spec: Partial<ResponseDataSpec> = {},
  by: Issued = responder,
  certificates = [by.certificate.der],
): Uint8Array {
  const responseData = encodeResponseData(dataOf(spec, by));
  const algorithm = signatureAlgorithm(by.key.type);
  const signature = sign(algorithm.digest, responseData, by.key.privateKey);
  return assembleOcspResponse({ responseData, signatureAlgorithm: algorithm, signature, certificates });
}

function verify(response: Uint8Array, question: Partial<OcspQuestion> = {}): string {
  const answer = verifyOcspResponse({
    response,
    certificate: someone.certificate,
    issuer: root.certificate,
    at: NOW,
    ...question,
  });
  return answer.ok ? answer.value.status.status : answer.failure.code;
}

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
    assert.equal(verify(fromHex(hex)), 'ocsp-not-successful');
  }
  assert.equal(verify(fromHex('30030a0104')), 'integer-invalid');
  assert.equal(verify(fromHex('30030a0107')), 'integer-invalid');
  assert.equal(verify(fromHex('30030a0100')), 'truncated', 'successful, and nothing in it');
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
    hexOf(encodeResponseData(dataOf({ nonce: fromHex('cd'.repeat(32)) }))),
  );
  assert.equal(basic.certs?.length, 1);
});

test('answers of openssl are verified here', { skip: opensslMissing }, () => {
  using desk = new OpensslDesk();
  const nonce = fromHex('5a'.repeat(32));
  desk.put('request.der', encodeOcspRequest([certId], nonce));
  desk.put('index.txt', `V\t301231000000Z\t\t41\tunknown\t/CN=Somebody\n`);
  desk.put('root.pem', encodePem('CERTIFICATE', root.certificate.der));
  desk.put('responder.pem', encodePem('CERTIFICATE', responder.certificate.der));
  desk.put('responder.key', responder.key.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const question = { at: Date.now(), nonce };
  for (const form of ['', '-resp_key_id']) {
    const run = desk.run(
      `ocsp -index index.txt -CA root.pem -rsigner responder.pem -rkey responder.key ${form} -reqin request.der -respout response.der -ndays 1`,
    );
    assert.equal(run.status, 0, run.text);
    assert.equal(verify(desk.read('response.der'), question), 'good', form);
    assert.equal(
      verify(desk.read('response.der'), { ...question, nonce: fromHex('5b'.repeat(32)) }),
      'ocsp-nonce-mismatch',
    );
  }
});

test('good, revoked and unknown are believed from the delegate and from the authority itself', () => {
  const single = (status: CertStatus) => ({ responses: [{ certId, status, thisUpdate: NOW }] });
  assert.equal(verify(respond()), 'good');
  assert.equal(
    verify(respond(single({ status: 'revoked', revokedAt: NOW, reason: 'superseded' }))),
    'revoked',
  );
  assert.equal(verify(respond(single({ status: 'unknown' }))), 'unknown');
  assert.equal(verify(respond({}, root, [])), 'good');
});

test('a responder that the issuer has not authorised is refused', () => {
  const stranger = makeRoot({ subject: root.certificate.subject }, makeKey('rsa'));
  const withExtensions = (...extensions: ReturnType<typeof ocspNoCheck>[]) =>
    makeResponder(root, { extensions });
  const purpose = extKeyUsage([KEY_PURPOSE_OIDS.ocspSigning]);
  const refuse = (by: Issued): string => verify(respond({}, by));
  assert.equal(refuse(withExtensions(purpose, authorityOf(root))), 'good', 'keyUsage may be absent');
  assert.equal(refuse(withExtensions(authorityOf(root))), 'ocsp-responder-not-authorised');
  assert.equal(refuse(withExtensions(extKeyUsage([KEY_PURPOSE_OIDS.any]))), 'ocsp-responder-not-authorised');
  assert.equal(
    refuse(withExtensions(purpose, keyUsage(['keyEncipherment']))),
    'ocsp-responder-not-authorised',
  );
  assert.equal(
    refuse(makeResponder(stranger)),
    'ocsp-responder-not-authorised',
    'the same name, another key',
  );
  const forged = issue(stranger, {
    ...responderWishes(root).wishes,
    extensions: [purpose, authorityOf(root)],
  });
  assert.equal(refuse(forged), 'signature-invalid', 'and claiming the right key');
  assert.equal(refuse(makeResponder(root, { notAfter: NOW - 2000 })), 'expired');
  assert.equal(refuse(makeResponder(root, { notBefore: NOW + 1000 })), 'not-yet-valid');
  const odd = { oid: '1.2.3', critical: true, value: fromHex('0500') };
  assert.equal(refuse(withExtensions(purpose, odd)), 'critical-extension-unknown');
  assert.equal(verify(respond({}, responder, [])), 'ocsp-responder-not-authorised', 'no certificate at all');
  assert.equal(verify(respond({}, someone)), 'ocsp-responder-not-authorised');
  assert.equal(verify(respond({}, responder, [someone.certificate.der, responder.certificate.der])), 'good');
});

test('an answer that was altered, is about another certificate or another issuer is refused', () => {
  const altered = Buffer.from(
    respond({ responses: [{ certId, status: { status: 'unknown' }, thisUpdate: NOW }] }),
  );
  altered[altered.indexOf('8200', 0, 'hex')] = 0x80; // unknown to good
  assert.equal(verify(altered), 'signature-invalid');
  const about = (id: Uint8Array): string =>
    verify(respond({ responses: [{ certId: id, status: { status: 'good' }, thisUpdate: NOW }] }));
  assert.equal(about(encodeCertId('sha256', hashes, someone.certificate.serial)), 'good');
  assert.equal(about(encodeCertId('sha1', hashes, serialNumber(0x42))), 'ocsp-certificate-mismatch');
  const other = issuerHashes(makeRoot({ subject: root.certificate.subject }).certificate);
  assert.equal(about(encodeCertId('sha1', other, someone.certificate.serial)), 'ocsp-certificate-mismatch');
});

test('the nonce must be the one that was sent', () => {
  const nonce = fromHex('01'.repeat(32));
  assert.equal(verify(respond({ nonce }), { nonce }), 'good');
  assert.equal(verify(respond({ nonce })), 'good', 'none was sent');
  assert.equal(verify(respond(), { nonce }), 'ocsp-nonce-mismatch');
  assert.equal(verify(respond({ nonce: fromHex('02'.repeat(32)) }), { nonce }), 'ocsp-nonce-mismatch');
});

test('an answer holds from thisUpdate to nextUpdate, give or take the clocks', () => {
  const minute = 60_000;
  const response = respond({
    responses: [{ certId, status: { status: 'good' }, thisUpdate: NOW, nextUpdate: NOW + 15 * minute }],
  });
  assert.equal(verify(response, { at: NOW - minute }), 'good');
  assert.equal(verify(response, { at: NOW - minute - 1 }), 'ocsp-not-yet-valid');
  assert.equal(verify(response, { at: NOW + 16 * minute }), 'good');
  assert.equal(verify(response, { at: NOW + 16 * minute + 1 }), 'ocsp-expired');
  assert.equal(verify(response, { at: NOW + 15 * minute + 1, clockSkewMs: 0 }), 'ocsp-expired');
  const open = respond({ responses: [{ certId, status: { status: 'good' }, thisUpdate: NOW }] });
  assert.equal(verify(open, { at: NOW + 10 * minute }), 'good');
  assert.equal(verify(open, { at: NOW + 12 * minute }), 'ocsp-expired', 'without nextUpdate it ages quickly');
  assert.equal(verify(respond({ producedAt: NOW + 2 * minute })), 'ocsp-not-yet-valid');
});

test('a CA is not a delegate by being a CA', () => {
  const key = makeKey('p256');
  const authority = issue(
    root,
    {
      extensions: [
        basicConstraints({ ca: true }),
        keyUsage(['keyCertSign', 'digitalSignature']),
        authorityOf(root),
      ],
    },
    key,
  );
  assert.equal(verify(respond({}, authority)), 'ocsp-responder-not-authorised');
});
