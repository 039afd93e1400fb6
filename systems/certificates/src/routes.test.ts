import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { createHttpServer, createLog, RateLimit } from '@ishizue/http';
import { NATIONAL_SITE } from '@ishizue/registry';
import { KIYOSE } from '@ishizue/registry/testing';
import { kioskCountry, signatureOf, WISH } from './kiosk-for-tests.ts';
import { kioskPages } from './kiosk-pages/kiosk-page-routes.ts';
import { certificateRoutes, certificateStatuses } from './routes.ts';

async function openServer(t: TestContext) {
  const kiosk = await kioskCountry(t);
  await kiosk.load(KIYOSE, [{ name: '石川　遥' }]);
  const limit = () => new RateLimit({ clock: kiosk.country.clock, burst: 5, perMinute: 5 });
  const server = createHttpServer({
    name: 'test',
    version: '0',
    log: createLog({ service: 'test', level: 'silent' }),
  });
  const routes = certificateRoutes(kiosk.context, { kioskLimit: limit(), verificationLimit: limit() });
  server.mount({ prefix: '', site: NATIONAL_SITE, routes, statuses: certificateStatuses });
  server.mount({ prefix: '', site: NATIONAL_SITE, routes: kioskPages(kiosk.context, limit()), statuses: {} });
  const { origin } = await server.listen();
  t.after(() => server.close());
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(origin + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  return { ...kiosk, origin, post };
}

test('over HTTP a kiosk opens, submits, polls, collects once, and anyone verifies the number and the file', async (t) => {
  const { country, codeOf, origin, post } = await openServer(t);
  const opened = await post('/kiosk/requests', { ...WISH, kiosk: 'kiosk-7' });
  assert.equal(opened.status, 201);
  const { requestId, challenge } = (await opened.json()) as { requestId: string; challenge: string };
  const certificate = Buffer.from(await codeOf('石川　遥'));
  const submitted = await post(`/kiosk/requests/${requestId}/submission`, {
    certificate: certificate.toString('base64'),
    signature: signatureOf(certificate, Buffer.from(challenge, 'base64')).toString('base64'),
  });
  assert.equal(submitted.status, 202);
  const { documentToken } = (await submitted.json()) as { documentToken: string };
  await country.settle();
  const state = await fetch(`${origin}/kiosk/requests/${requestId}`);
  assert.equal(((await state.json()) as { state: string }).state, 'rendered');

  const collect = (token: string): Promise<Response> =>
    fetch(`${origin}/kiosk/requests/${requestId}/document`, { headers: { 'document-token': token } });
  assert.equal((await fetch(`${origin}/kiosk/requests/${requestId}/document`)).status, 403);
  assert.equal((await collect('wrong')).status, 403);
  const collected = await collect(documentToken);
  assert.equal(collected.status, 200);
  assert.equal(collected.headers.get('content-type'), 'application/pdf');
  assert.equal(collected.headers.get('cache-control'), 'no-store');
  const document = Buffer.from(await collected.arrayBuffer());
  assert.equal((await collect(documentToken)).status, 410);

  const id = collected.headers.get('certificate-id') ?? '';
  const verified = (await (await fetch(`${origin}/certificates/verification/${id}`)).json()) as object;
  assert.deepEqual(verified, {
    certificateId: id,
    class: 'resident-record',
    className: '住民票の写し',
    municipality: KIYOSE,
    municipalityName: '東京都清瀬市',
    issuedOn: '2026-11-20',
    pages: 1,
    sha256: createHash('sha256').update(document).digest('hex'),
    stands: true,
  });
  const matches = async (body: Buffer): Promise<unknown> => {
    const compared = await fetch(`${origin}/certificates/verification/${id}`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { 'content-type': 'application/pdf' },
    });
    return ((await compared.json()) as { matches: unknown }).matches;
  };
  assert.equal(await matches(document), true);
  assert.equal(await matches(Buffer.concat([document, Buffer.from(' ')])), false);
});

test('malformed requests are refused at the door, and numbers cannot be tried in quick succession', async (t) => {
  const { origin, post } = await openServer(t);
  assert.equal((await post('/kiosk/requests', { ...WISH, kiosk: '24727059606' })).status, 400);
  assert.equal((await post('/kiosk/requests', { ...WISH, kiosk: 'k', class: 'other' })).status, 400);
  assert.equal((await fetch(`${origin}/kiosk/requests/${'0'.repeat(32)}`)).status, 404);
  const wish = { readerPort: '8281', class: 'resident-record', extent: 'person' };
  const choose = (changed: object, from = origin): Promise<Response> =>
    fetch(`${origin}/kiosk/card`, {
      method: 'POST',
      body: new URLSearchParams({ ...wish, ...changed }),
      headers: { origin: from },
    });
  const policy = (await choose({})).headers.get('content-security-policy') ?? '';
  assert.match(policy, /connect-src ws:\/\/127\.0\.0\.1:8281;/);
  assert.equal((await choose({ readerPort: "1; script-src 'unsafe-inline'" })).status, 400);
  assert.equal((await choose({ readerPort: '1; x' })).status, 422);
  assert.equal((await choose({}, 'https://elsewhere.example')).status, 403);
  const statuses: number[] = [];
  for (let n = 0; n < 7; n++)
    statuses.push(
      (await fetch(`${origin}/certificates/verification/0000-0000-0000-0000-0000-000${n}`)).status,
    );
  assert.deepEqual(statuses, [404, 404, 404, 404, 404, 429, 429]);
});
