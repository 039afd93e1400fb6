import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import type { KeyType } from '../certificate/algorithm.ts';
import { attribute, encodeName } from '../certificate/name.ts';
import { keyUsage, subjectAltName } from '../certificate/standard-extension.ts';
import { encodePem } from '../der/pem.ts';
import { makeKey, signTbs, type TestKey, testName } from '../testing/authority.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import { commonNameHex, fromHex, hexOf, tlv } from '../testing/tlv.ts';
import {
  encodeCertificationRequestInfo,
  parseCertificationRequest,
  verifyPossession,
} from './certification-request.ts';

const subject = encodeName([attribute('C', 'JP'), attribute('CN', '公的　太郎')]);

const makeRequest = (key: TestKey): Uint8Array =>
  signTbs(
    encodeCertificationRequestInfo({
      subject,
      publicKey: key.publicKey,
      extensions: [keyUsage(['digitalSignature']), subjectAltName([{ kind: 'dnsName', value: 'a.example' }])],
    }),
    key,
  );

const codeOf = (der: Uint8Array): string => {
  const request = parseCertificationRequest(der);
  if (!request.ok) return request.failure.code;
  const possession = verifyPossession(request.value);
  return possession.ok ? 'ok' : possession.failure.code;
};

test('a CertificationRequestInfo has exactly these octets', () => {
  const publicKey = `302a300506032b6570032100${'07'.repeat(32)}`;
  const spec = { subject: encodeName([attribute('CN', 'A')]), publicKey: fromHex(publicKey) };
  const fields = ['020100', commonNameHex('A'), publicKey];
  assert.equal(hexOf(encodeCertificationRequestInfo(spec)), tlv('30', ...fields, 'a000'));
  const extension = tlv('30', tlv('30', '0603551d0f', '0101ff', tlv('04', '03020780')));
  assert.equal(
    hexOf(encodeCertificationRequestInfo({ ...spec, extensions: [keyUsage(['digitalSignature'])] })),
    tlv('30', ...fields, tlv('a0', tlv('30', '06092a864886f70d01090e', tlv('31', extension)))),
  );
});

test('openssl verifies the request of every type of key', { skip: opensslMissing }, () => {
  using desk = new OpensslDesk();
  for (const type of ['rsa', 'p256', 'p384', 'ed25519'] as KeyType[]) {
    desk.put('request.pem', encodePem('CERTIFICATE REQUEST', makeRequest(makeKey(type))));
    const run = desk.run('req -in request.pem -verify -noout -text -nameopt utf8');
    assert.equal(run.status, 0, run.text);
    assert.match(run.text, /verify OK/i);
    assert.match(run.text, /CN=公的　太郎/);
    assert.match(run.text, /DNS:a\.example/);
  }
});

test('a request of openssl is read and proves possession', { skip: opensslMissing }, () => {
  using desk = new OpensslDesk();
  const made = desk.run(`req -new -newkey rsa:2048 -nodes -keyout key.pem -out request.der -outform DER
    -subj /C=JP/CN=Someone -addext keyUsage=critical,digitalSignature`);
  assert.equal(made.status, 0, made.text);
  const request = mustSucceed(parseCertificationRequest(desk.read('request.der')), 'a request of openssl');
  assert.equal(request.subject.toString(), 'CN=Someone,C=JP');
  assert.deepEqual(request.known.keyUsage, ['digitalSignature']);
  assert.ok(verifyPossession(request).ok);
});

test('whoever does not hold the key does not prove it', () => {
  const [key, other] = [makeKey('p256'), makeKey('p256')];
  assert.equal(codeOf(makeRequest(key)), 'ok');
  const borrowed = encodeCertificationRequestInfo({ subject, publicKey: other.publicKey });
  assert.equal(codeOf(signTbs(borrowed, key)), 'signature-invalid');
  const der = Buffer.from(makeRequest(key));
  der[40] = (der[40] ?? 0) ^ 1; // a letter of the subject
  assert.equal(codeOf(der), 'signature-invalid');
});

test('a request with a defect is refused', () => {
  const key = makeKey('p256');
  const request = (version: string, attributes: string): string =>
    codeOf(
      signTbs(fromHex(tlv('30', version, hexOf(testName('A').der), hexOf(key.publicKey), attributes)), key),
    );
  const extension = tlv('30', '0603551d0f', tlv('04', '03020780'));
  const wish = (...extensions: string[]): string =>
    tlv('30', '06092a864886f70d01090e', tlv('31', tlv('30', ...extensions)));
  assert.equal(request('020100', 'a000'), 'ok');
  assert.equal(
    request('020100', tlv('a0', tlv('30', '06022a03', '3100'))),
    'ok',
    'an attribute of no concern',
  );
  assert.equal(request('020101', 'a000'), 'integer-invalid');
  assert.equal(request('020100', ''), 'truncated', 'attributes are not optional');
  assert.equal(request('020100', tlv('a0', wish(extension, extension))), 'duplicate-extension');
  assert.equal(request('020100', tlv('a0', wish(extension), wish(extension))), 'duplicate-extension');
  assert.equal(
    request('020100', tlv('a0', ...Array.from({ length: 17 }, () => tlv('30', '06022a03', '3100')))),
    'too-large',
  );
});
