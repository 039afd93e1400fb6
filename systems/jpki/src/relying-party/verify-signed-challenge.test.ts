import assert from 'node:assert/strict';
import { randomBytes, sign } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import { type Certificate, parseCertificate } from '@ishizue/x509';
import { authenticateHolder } from '../authenticate-holder.ts';
import { publishCrls } from '../crl/publish-crls.ts';
import type { CardKind } from '../profile/certificate-kind.ts';
import { revokeCertificates } from '../revoke-certificates.ts';
import { type CardKey, makeCardKey, requestOf, testJpki } from '../testing/index.ts';
import { serveJpki } from '../testing/serve-jpki.ts';
import { listPath } from './list-path.ts';
import { type ChallengeQuestion, verifySignedChallenge } from './verify-signed-challenge.ts';

const challenge = Buffer.from('a challenge of the relying party, 32 bytes');
const signWith = (key: CardKey, data: Buffer = challenge): Buffer => sign('sha256', data, key.privateKey);

/** A holder with both certificates, and an outside party that knows an origin and the authorities, and nothing else. */
async function scene(t: TestContext) {
  const jpki = await testJpki(t);
  const [residentCode] = await jpki.enrol([{ name: '髙橋　遥' }]);
  assert.ok(residentCode);
  const key = makeCardKey();
  const certificationRequest = requestOf(key);
  const issue = (kind: CardKind) => jpki.issue({ residentCode, kind, certificationRequest });
  const issued = { authentication: await issue('authentication'), signature: await issue('signature') };
  await publishCrls(jpki.context);
  const origin = await serveJpki(t, jpki.context);
  const bytesOf = async (response: Response): Promise<Uint8Array | undefined> =>
    response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
  const published = (await (await fetch(`${origin}/ca`)).json()) as { certificate: string }[];
  const anchors: Certificate[] = [];
  for (const { certificate } of published) {
    const der = await bytesOf(await fetch(origin + certificate));
    assert.ok(der);
    anchors.push(mustSucceed(parseCertificate(der), 'an anchor'));
  }
  const verify = async (kind: CardKind, changes: Partial<ChallengeQuestion> = {}) => {
    const result = await verifySignedChallenge({
      kind,
      certificate: issued[kind].certificate,
      challenge,
      signature: signWith(key),
      anchors,
      crl: async (path) => bytesOf(await fetch(origin + path)),
      ocsp: async (request) =>
        bytesOf(await fetch(`${origin}/ocsp`, { method: 'POST', body: Buffer.from(request) })),
      at: jpki.context.clock.now(),
      ...changes,
    });
    return result;
  };
  const codeOf = async (kind: CardKind, changes: Partial<ChallengeQuestion> = {}) => {
    const result = await verify(kind, changes);
    return result.ok ? 'ok' : result.failure.code;
  };
  return { jpki, residentCode, key, issued, anchors, origin, verify, codeOf };
}

test('an outside party verifies both kinds by list and OCSP over HTTP, and reads the four items', async (t) => {
  const { verify } = await scene(t);
  const authentication = mustSucceed(await verify('authentication'), 'authentication');
  assert.equal(authentication.attributes, undefined);
  assert.match(authentication.holderNumber, /^[0-9A-Z]{14}13221003A$/);
  const signature = mustSucceed(await verify('signature'), 'signature');
  assert.deepEqual(signature.attributes, {
    name: { text: '高橋　遥', flags: '1000' },
    birthDate: '319800217',
    sex: '2',
    address: { text: '東京都清瀬市元町一丁目4番5号', flags: '0'.repeat(15) },
  });
});

test('everything that does not hold is refused by its own code', async (t) => {
  const { jpki, issued, anchors, codeOf } = await scene(t);
  const stranger = makeCardKey();
  const [kinds, other] = ['authentication', 'signature'] as const;
  assert.equal(await codeOf(kinds), 'ok');
  const refusals: readonly (readonly [Partial<ChallengeQuestion>, string])[] = [
    [{ certificate: randomBytes(100) }, 'certificate-malformed'],
    [{ challenge: Buffer.from('another') }, 'challenge-signature-invalid'],
    [{ signature: signWith(stranger) }, 'challenge-signature-invalid'],
    [{ signature: randomBytes(3) }, 'challenge-signature-invalid'],
    [{ certificate: issued[other].certificate }, 'certificate-of-another-kind'],
    [{ anchors: [] }, 'certificate-not-trusted'],
    [
      { anchors: anchors.filter(({ issuer }) => issuer.toString().includes('digital')) },
      'certificate-not-trusted',
    ],
    [{ at: issued[kinds].notAfter + 1_000 }, 'certificate-expired'],
    [{ at: issued[kinds].notBefore - 1_000 }, 'certificate-not-yet-valid'],
    [{ crl: () => Promise.resolve(undefined) }, 'list-unavailable'],
    [{ crl: () => Promise.resolve(randomBytes(50)) }, 'list-refused'],
    [{ at: jpki.context.clock.now() + 3 * 86_400_000 }, 'list-stale'],
    [{ ocsp: () => Promise.resolve(undefined) }, 'answer-unavailable'],
    [{ ocsp: () => Promise.resolve(randomBytes(50)) }, 'answer-refused'],
  ];
  for (const [changes, code] of refusals) assert.equal(await codeOf(kinds, changes), code);
  const tampered = Buffer.from(issued[kinds].certificate);
  tampered[200] = (tampered[200] ?? 0) ^ 1;
  assert.notEqual(await codeOf(kinds, { certificate: tampered }), 'ok');
  assert.equal(
    await codeOf(other, { certificate: issued[kinds].certificate }),
    'certificate-of-another-kind',
  );
});

test('an answer for another nonce, and one that is replayed, are refused', async (t) => {
  const { origin, codeOf } = await scene(t);
  let kept: Uint8Array | undefined;
  const ocsp = async (request: Uint8Array): Promise<Uint8Array> => {
    const response = await fetch(`${origin}/ocsp`, { method: 'POST', body: Buffer.from(request) });
    kept ??= new Uint8Array(await response.arrayBuffer());
    return kept;
  };
  assert.equal(await codeOf('authentication', { ocsp }), 'ok');
  assert.equal(await codeOf('authentication', { ocsp }), 'answer-refused');
});

test('a revocation is seen by OCSP at once, by the list when it is published, and by sign-in at once', async (t) => {
  const { jpki, residentCode, key, issued, codeOf } = await scene(t);
  const signIn = async () => {
    const access = {
      terminal: 'kiosk-1',
      article: '公的個人認証法 第38条',
      affair: 'sign-in',
      correlation: 'c',
    };
    const { certificate } = issued.authentication;
    const signature = signWith(key);
    const result = await authenticateHolder(jpki.context, access, { certificate, challenge, signature });
    return result.ok ? result.value : result.failure.code;
  };
  assert.deepEqual(await signIn(), {
    residentCode,
    cardId: `card-${residentCode}`,
    kind: 'authentication',
    serial: issued.authentication.serial,
  });
  const names = [{ kind: 'authentication' as const, serial: issued.authentication.serial }];
  mustSucceed(await revokeCertificates(jpki.context, testAccess, names, 'keyCompromise'), 'revoke');
  assert.equal(await signIn(), 'certificate-revoked');
  assert.equal(await codeOf('authentication'), 'certificate-revoked', 'by OCSP: the list is of yesterday');
  const noAnswer = { ocsp: () => Promise.resolve(undefined) };
  assert.equal(await codeOf('authentication', noAnswer), 'answer-unavailable', 'the old list says nothing');
  jpki.country.clock.advance(1_000);
  await publishCrls(jpki.context);
  assert.equal(await codeOf('authentication', noAnswer), 'certificate-revoked');
  assert.equal(await codeOf('signature'), 'ok');
  const sql = jpki.country.database.superuser();
  t.after(() => sql.end());
  const entries = await sql`
    SELECT actor_kind, actor = encode(subject, 'hex') AS is_self, terminal, result FROM ledger.entry
    WHERE affair = 'sign-in' ORDER BY id`;
  assert.deepEqual(
    entries.map((entry) => Object.values({ ...entry })),
    [
      ['person', true, 'kiosk-1', 'ok'],
      ['person', true, 'kiosk-1', 'certificate-revoked'],
    ],
  );
});

test('sign-in takes the authentication certificate only, and only for its own signature', async (t) => {
  const { jpki, key, issued } = await scene(t);
  const access = { terminal: 't', article: '公的個人認証法 第38条', affair: 'sign-in', correlation: 'c' };
  const codeOf = async (certificate: Buffer, signature: Buffer) => {
    const result = await authenticateHolder(jpki.context, access, { certificate, challenge, signature });
    return result.ok ? 'ok' : result.failure.code;
  };
  const { authentication, signature } = issued;
  assert.equal(await codeOf(signature.certificate, signWith(key)), 'certificate-of-another-kind');
  assert.equal(
    await codeOf(authentication.certificate, signWith(makeCardKey())),
    'challenge-signature-invalid',
  );
});

test('the list of a certificate is served where the certificate says, and again only if it is newer', async (t) => {
  const { issued, origin } = await scene(t);
  const path = listPath(mustSucceed(parseCertificate(issued.authentication.certificate), 'issued'));
  assert.match(path ?? '', /^\/crl\/[0-9a-f]{40}\/Tokyo-to\/Kiyose-shi$/);
  const first = await fetch(origin + path);
  assert.equal(first.headers.get('content-type'), 'application/pkix-crl');
  const etag = first.headers.get('etag') ?? '';
  const again = await fetch(origin + path, { headers: { 'if-none-match': etag } });
  assert.equal(again.status, 304);
  assert.equal((await again.arrayBuffer()).byteLength, 0);
  const statusOf = async (wanted: string) => (await fetch(origin + wanted)).status;
  const base = path?.split('/').slice(0, 3).join('/') ?? '';
  assert.equal(await statusOf(base), 200, 'the list of the generation');
  assert.equal(await statusOf(`${base}/Tokyo-to/Nowhere-shi`), 404);
  assert.equal(await statusOf(`/crl/${'0'.repeat(40)}`), 404);
  assert.equal(await statusOf('/crl/xyz'), 400);
  const pem = await (await fetch(`${origin}${base.replace('/crl/', '/ca/')}/certificate.pem`)).text();
  assert.match(pem, /^-----BEGIN CERTIFICATE-----/);
});
