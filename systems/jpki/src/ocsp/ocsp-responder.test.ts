import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { fail, mustSucceed } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import {
  encodeCertId,
  encodeOcspRequest,
  encodePem,
  parseCertificate,
  parseOcspResponse,
  serialNumber,
  verifyOcspResponse,
} from '@ishizue/x509';
import type { Authority } from '../authority/authorities.ts';
import { ensureResponders } from '../authority/responders.ts';
import { revokeCertificates } from '../revoke-certificates.ts';
import { type TestJpki, testJpki } from '../testing/index.ts';
import { OpensslDesk, opensslMissing } from '../testing/openssl.ts';
import { serveJpki } from '../testing/serve-jpki.ts';
import { createOcspAnswerer } from './answer-ocsp.ts';

const DAY_MS = 86_400_000;

async function currentAuthority(
  { context }: TestJpki,
  kind: 'authentication' | 'signature',
): Promise<Authority> {
  const authority = await context.authorities.findCurrent(kind);
  assert.ok(authority);
  return authority;
}

async function holderOf(t: TestContext) {
  const jpki = await testJpki(t);
  const [residentCode] = await jpki.enrol([{}]);
  assert.ok(residentCode);
  const issued = await jpki.issue({ residentCode });
  const certificate = mustSucceed(parseCertificate(issued.certificate), 'issued');
  const authority = await currentAuthority(jpki, 'authentication');
  const origin = await serveJpki(t, jpki.context);
  return { jpki, residentCode, issued, certificate, authority, origin };
}

const ask = async (origin: string, body: Uint8Array, init: RequestInit = {}): Promise<Buffer> => {
  const response = await fetch(`${origin}/ocsp`, { method: 'POST', body: Buffer.from(body), ...init });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'application/ocsp-response');
  assert.equal(response.headers.get('cache-control'), 'no-store');
  return Buffer.from(await response.arrayBuffer());
};

const statusOf = (response: Uint8Array): string =>
  mustSucceed(parseOcspResponse(response), 'a response').status;

test('openssl is told good, revoked with time and reason the same second, and unknown', {
  skip: opensslMissing,
}, async (t) => {
  const { jpki, issued, authority, origin } = await holderOf(t);
  using desk = new OpensslDesk();
  desk.put('ca.pem', encodePem('CERTIFICATE', authority.certificate.der));
  desk.put('holder.pem', encodePem('CERTIFICATE', issued.certificate));
  // openssl believes by the machine's clock, so the country's is set to it
  jpki.country.clock.advance(Date.now() - jpki.context.clock.now());
  mustSucceed(await ensureResponders(jpki.context), 'responders');
  const asks = (what: string) =>
    desk.run(`ocsp -issuer ca.pem ${what} -url ${origin}/ocsp -CAfile ca.pem -no_cert_checks`);
  const good = await asks('-cert holder.pem');
  assert.match(good.text, /Response verify OK/);
  assert.match(good.text, /holder\.pem: good/);
  const names = [{ kind: 'authentication' as const, serial: issued.serial }];
  mustSucceed(await revokeCertificates(jpki.context, testAccess, names, 'keyCompromise'), 'revoke');
  const revoked = await asks('-sha256 -cert holder.pem');
  assert.match(revoked.text, /Response verify OK/);
  assert.match(revoked.text, /holder\.pem: revoked[^]*Reason: keyCompromise/);
  const unknown = await asks('-serial 0x7ABCDEF0');
  assert.match(unknown.text, /Response verify OK/);
  assert.match(unknown.text, /: unknown/);
});

test('an answer is signed for the nonce of its request, by the responder that the authority named', async (t) => {
  const { jpki, certificate, authority, origin } = await holderOf(t);
  const certId = encodeCertId('sha256', authority.hashes, certificate.serial);
  const nonce = randomBytes(32);
  const response = await ask(origin, encodeOcspRequest([certId], nonce));
  const question = { response, certificate, issuer: authority.certificate, at: jpki.context.clock.now() };
  const answer = mustSucceed(verifyOcspResponse({ ...question, nonce }), 'the answer');
  assert.deepEqual(answer.status, { status: 'good' });
  assert.equal(answer.thisUpdate, jpki.context.clock.now());
  const replayed = verifyOcspResponse({ ...question, nonce: randomBytes(32) });
  assert.equal(!replayed.ok && replayed.failure.code, 'ocsp-nonce-mismatch');
});

test('a responder with a P-256 key follows one with RSA, and openssl and the verifier of ours believe it', {
  skip: opensslMissing,
}, async (t) => {
  const { jpki, issued, certificate, authority } = await holderOf(t);
  const profile = { ...jpki.context.profile, responderKey: 'p-256' as const };
  const context = { ...jpki.context, profile };
  jpki.country.clock.advance(61 * DAY_MS);
  mustSucceed(await ensureResponders(context), 'the next responder');
  const certId = encodeCertId('sha256', authority.hashes, certificate.serial);
  const nonce = randomBytes(128);
  const response = await createOcspAnswerer(context)(encodeOcspRequest([certId], nonce));
  const at = jpki.context.clock.now();
  const question = { response, certificate, issuer: authority.certificate, at, nonce };
  assert.deepEqual(mustSucceed(verifyOcspResponse(question), 'an answer').status, { status: 'good' });
  using desk = new OpensslDesk();
  desk.put('ca.pem', encodePem('CERTIFICATE', authority.certificate.der));
  desk.put('holder.pem', encodePem('CERTIFICATE', issued.certificate));
  desk.put('answer.der', response);
  const asked = '-issuer ca.pem -sha256 -cert holder.pem -no_nonce -CAfile ca.pem';
  const believed = await desk.run(
    `ocsp -respin answer.der ${asked} -validity_period 99999999 -attime ${Math.floor(at / 1000)} -resp_text`,
  );
  assert.match(believed.text, /ecdsa-with-SHA256/);
  assert.match(believed.text, /Response verify OK/);
});

test('GET answers as POST does', async (t) => {
  const { certificate, authority, origin } = await holderOf(t);
  const request = encodeOcspRequest([encodeCertId('sha1', authority.hashes, certificate.serial)]);
  const base64 = Buffer.from(request).toString('base64');
  for (const path of [encodeURIComponent(base64), base64.replaceAll('+', '%2B')]) {
    const response = await fetch(`${origin}/ocsp/${path}`);
    assert.equal(statusOf(Buffer.from(await response.arrayBuffer())), 'successful');
  }
});

test('several certificates in one request have one answer each, in one query', async (t) => {
  const { jpki, residentCode, certificate, authority } = await holderOf(t);
  const signature = await jpki.issue({ residentCode, kind: 'signature' });
  const other = await currentAuthority(jpki, 'signature');
  const foreign = mustSucceed(parseCertificate(signature.certificate), 'issued');
  let queries = 0;
  const counting = new Proxy(jpki.context.sql, {
    apply: (target, self, all) => {
      if (Array.isArray(all[0]) && 'raw' in all[0] && String(all[0]).includes('jpki.certificate')) queries++;
      return Reflect.apply(target, self, all);
    },
  });
  const answer = createOcspAnswerer({ ...jpki.context, sql: counting });
  const own = encodeCertId('sha1', authority.hashes, certificate.serial);
  const never = encodeCertId('sha1', authority.hashes, serialNumber(0x7fff_ffff));
  const ofOther = encodeCertId('sha1', other.hashes, foreign.serial);
  const request = encodeOcspRequest([own, never, own, ofOther]);
  const responses = await Promise.all(Array.from({ length: 20 }, () => answer(request)));
  assert.ok(queries <= 2, `${queries} queries`);
  for (const response of responses) {
    const { basic } = mustSucceed(parseOcspResponse(response), 'a response');
    assert.deepEqual(
      basic?.responses.map(({ status }) => status.status),
      ['good', 'unknown', 'unknown'],
    );
  }
});

test('junk is malformed, another issuer unauthorised, and what is too large is not read', async (t) => {
  const { jpki, authority, certificate, origin } = await holderOf(t);
  const malformed = async (body: Uint8Array) => statusOf(await ask(origin, body));
  const certId = encodeCertId('sha1', authority.hashes, certificate.serial);
  const sound = Buffer.from(encodeOcspRequest([certId]));
  assert.equal(await malformed(Buffer.alloc(0)), 'malformedRequest');
  assert.equal(await malformed(randomBytes(200)), 'malformedRequest');
  assert.equal(await malformed(sound.subarray(0, -1)), 'malformedRequest');
  assert.equal(await malformed(Buffer.concat([sound, sound])), 'malformedRequest');
  const many = Array.from({ length: 51 }, (_, index) =>
    encodeCertId('sha1', authority.hashes, serialNumber(index + 1)),
  );
  assert.equal(await malformed(encodeOcspRequest(many)), 'malformedRequest');
  for (const path of ['', '/', '/%zz', '/not%20base64', '/AAAA?x=1'])
    assert.equal(
      statusOf(Buffer.from(await (await fetch(`${origin}/ocsp${path}`)).arrayBuffer())),
      'malformedRequest',
    );
  const hashes = { name: randomBytes(20), key: randomBytes(20) };
  const stranger = encodeCertId('sha1', { sha1: hashes, sha256: hashes }, serialNumber(5));
  assert.equal(await malformed(encodeOcspRequest([stranger])), 'unauthorized');
  const large = await fetch(`${origin}/ocsp`, { method: 'POST', body: Buffer.alloc(9_000) });
  assert.equal(large.status, 413);
  assert.equal((await fetch(`${origin}/ocsp`, { method: 'PUT', body: 'x' })).status, 405);
  const down = createOcspAnswerer({
    ...jpki.context,
    signer: { ...jpki.context.signer, signOcsp: () => Promise.resolve(fail('signer-unavailable', 'down')) },
  });
  assert.equal(statusOf(await down(sound)), 'tryLater');
});

test('a certificate that waits for its signature is unknown, one that was abandoned is revoked', async (t) => {
  const { jpki, authority } = await holderOf(t);
  const answer = createOcspAnswerer(jpki.context);
  const insert = (serial: number, reason: string | null) => jpki.context.sql`
    INSERT INTO jpki.certificate (kind, serial, generation, point, request_id, request_sha256, resident_code, card_id,
      issued_at, expires_at, tbs, revoked_at, reason)
    SELECT kind, ${serial}, generation, point, 'pending', request_sha256, resident_code, 'card-p', issued_at, expires_at,
      tbs, ${reason === null ? null : new Date(jpki.context.clock.now())}, ${reason}
    FROM jpki.certificate LIMIT 1`;
  await insert(0x1000_0000, null);
  await insert(0x1000_0001, 'unspecified');
  const ids = [0x1000_0000, 0x1000_0001].map((serial) =>
    encodeCertId('sha1', authority.hashes, serialNumber(serial)),
  );
  const { basic } = mustSucceed(parseOcspResponse(await answer(encodeOcspRequest(ids))), 'a response');
  assert.deepEqual(
    basic?.responses.map(({ status }) => status.status),
    ['unknown', 'revoked'],
  );
});

test('a responder is replaced a month before its end, and answers go on', async (t) => {
  const { jpki, certificate, authority } = await holderOf(t);
  const count = async () => {
    const [row] = await jpki.context.sql<{ count: number }[]>`SELECT count(*) FROM jpki.responder`;
    return row?.count;
  };
  mustSucceed(await ensureResponders(jpki.context), 'at once');
  assert.equal(await count(), 2);
  jpki.country.clock.advance(59 * DAY_MS);
  mustSucceed(await ensureResponders(jpki.context), 'after 59 days');
  assert.equal(await count(), 2);
  jpki.country.clock.advance(2 * DAY_MS);
  mustSucceed(await ensureResponders(jpki.context), 'after 61 days');
  assert.equal(await count(), 4);
  jpki.country.clock.advance(40 * DAY_MS);
  const answer = createOcspAnswerer(jpki.context);
  const certId = encodeCertId('sha1', authority.hashes, certificate.serial);
  const response = await answer(encodeOcspRequest([certId]));
  const at = jpki.context.clock.now();
  mustSucceed(verifyOcspResponse({ response, certificate, issuer: authority.certificate, at }), 'an answer');
});
