import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Extension } from '../certificate/extension.ts';
import { KEY_PURPOSE_OIDS } from '../certificate/extension-oids.ts';
import { serialNumber } from '../certificate/serial-number.ts';
import { basicConstraints, extKeyUsage, keyUsage } from '../certificate/standard-extension.ts';
import { encodePem } from '../der/pem.ts';
import { encodeCertId, issuerHashes } from '../ocsp/cert-id.ts';
import { encodeOcspRequest } from '../ocsp/ocsp-request.ts';
import { ocspErrorResponse } from '../ocsp/ocsp-response.ts';
import type { CertStatus } from '../ocsp/response-data.ts';
import { authorityOf, type Issued, issue, makeKey, makeRoot } from '../testing/authority.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import {
  certId,
  hashes,
  makeResponder,
  NOW,
  respond,
  responder,
  root,
  someone,
} from '../testing/responder.ts';
import { fromHex } from '../testing/tlv.ts';
import { type OcspQuestion, verifyOcspResponse } from './verify-ocsp-response.ts';

/** The status of `someone` by the response, or the code of its refusal. */
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

test('answers of openssl are verified here', { skip: opensslMissing }, () => {
  using desk = new OpensslDesk();
  const nonce = fromHex('5a'.repeat(32));
  desk.put('request.der', encodeOcspRequest([certId], nonce));
  desk.put('index.txt', `V\t491231000000Z\t\t41\tunknown\t/CN=Somebody\n`);
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
  const withExtensions = (...extensions: Extension[]) => makeResponder(root, { extensions });
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
  const forged = makeResponder(stranger, { extensions: [purpose, authorityOf(root)] });
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

test('an error message is no answer', () => {
  assert.equal(verify(ocspErrorResponse('tryLater')), 'ocsp-not-successful');
  assert.equal(verify(fromHex('3000')), 'truncated');
});
