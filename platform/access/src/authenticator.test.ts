import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import { testDatabase } from '@ishizue/db/testing';
import {
  createHttpServer,
  createLog,
  form,
  html,
  operatorWith,
  page,
  RateLimit,
  route,
  sessionCookie,
} from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import { accessSchema } from './access-schema.ts';
import { authenticator } from './authenticator.ts';
import { Operators } from './operators.ts';
import { SecretHasher } from './secret-hash.ts';
import { sessionRoutes, sessionStatuses } from './session-routes.ts';
import { Sessions } from './sessions.ts';
import { SiteNonces } from './site-nonces.ts';
import { signSiteRequest } from './site-request.ts';

const SITE = 'national';
const SECRET = 'a secret that is long enough';
const keys = generateKeyPairSync('ed25519');

const counter = route({
  method: 'POST',
  path: '/counter',
  summary: 'For clerks',
  tags: [],
  access: operatorWith('clerk'),
  body: z.object({ n: z.number() }),
  responses: { 200: z.object({ by: z.string(), n: z.number() }) },
  handler: ({ actor, body }) => ok({ by: actor.operator, n: body.n }),
});

const exchange = route({
  method: 'POST',
  path: '/exchange',
  summary: 'For sites',
  tags: [],
  access: 'site',
  body: z.object({ n: z.number() }),
  responses: { 200: z.object({ from: z.string(), n: z.number() }) },
  handler: ({ actor, body }) => ok({ from: actor.site, n: body.n }),
});

const desk = route({
  method: 'GET',
  path: '/desk',
  summary: 'A page',
  tags: [],
  access: operatorWith('clerk'),
  responses: { 200: page() },
  handler: ({ forgeryField }) => ok(html`<form>${forgeryField()}</form>`),
});

const deskPost = route({
  method: 'POST',
  path: '/desk',
  summary: 'A form',
  tags: [],
  access: operatorWith('clerk'),
  body: form(z.object({ name: z.string() })),
  responses: { 200: page() },
  handler: () => ok(html`done`),
});

async function setUp(t: TestContext) {
  const database = await testDatabase(t, [accessSchema]);
  const sql = database.pool('access');
  const clock = new ManualClock('2026-04-01T00:00:00Z');
  const sessions = new Sessions({ sql, clock });
  const hasher = new SecretHasher({ parameters: { costLog2: 4, blockSize: 8, parallelisation: 1 } });
  const operators = new Operators({ sql, clock, sessions, hasher });
  const cookie = sessionCookie({ secure: false });
  const refusals: string[] = [];
  const logLines: string[] = [];
  let authority = '';
  const authenticate = authenticator({
    clock,
    sessions,
    cookie,
    sites: {
      nonces: new SiteNonces({ sql, clock }),
      authorities: () => [authority],
      findKey: (keyId) =>
        keyId === 'tokyo-1' ? { site: 'prefectural/13', publicKey: keys.publicKey } : undefined,
      refused: (code) => refusals.push(code),
    },
  });
  const log = createLog({ service: 'test', destination: { write: (line) => logLines.push(line) } });
  const server = createHttpServer({ name: 'Access', version: '1', log, authenticate });
  const rateLimit = new RateLimit({ clock, burst: 4, perMinute: 60 });
  server.mount({
    prefix: '',
    site: SITE,
    routes: sessionRoutes({ operators, sessions, rateLimit }),
    statuses: sessionStatuses,
  });
  server.mount({ prefix: '', site: SITE, routes: [counter, exchange, desk, deskPost], statuses: {} });
  const { origin, host, port } = await server.listen();
  authority = `${host}:${port}`;
  t.after(() => server.close());
  const added = await operators.add({ site: SITE, displayName: '窓口', roles: ['clerk'], secret: SECRET });
  assert.ok(added.ok);
  const call = async (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) => {
    const response = await fetch(origin + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json: Record<string, unknown> = text.startsWith('{') ? JSON.parse(text) : {};
    return { status: response.status, text, json };
  };
  const signIn = async () => {
    const opened = await call('POST', '/operator-sessions', {}, { operator: added.value.id, secret: SECRET });
    assert.equal(opened.status, 201, opened.text);
    return String(opened.json['token']);
  };
  return { id: added.value.id, call, signIn, origin, clock, refusals, logLines, cookieName: cookie.name };
}

test('a program signs in, works, and signs out', async (t) => {
  const { id, call, signIn } = await setUp(t);
  const authorization = `Bearer ${await signIn()}`;
  assert.deepEqual((await call('GET', '/session', { authorization })).json, {
    kind: 'operator',
    site: SITE,
    operator: id,
    roles: ['clerk'],
  });
  assert.deepEqual((await call('POST', '/counter', { authorization }, { n: 1 })).json, { by: id, n: 1 });
  assert.equal((await call('DELETE', '/session', { authorization })).status, 204);
  const after = await call('POST', '/counter', { authorization }, { n: 1 });
  assert.equal(`${after.status} ${String(after.json['code'])}`, '401 credential-invalid');
  for (const bad of ['Basic YTpi', 'Bearer', `Bearer ${'x'.repeat(43)}`])
    assert.equal((await call('GET', '/session', { authorization: bad })).status, 401);
});

test('a browser’s cookie opens pages, and posts only with the token of its forms', async (t) => {
  const { call, signIn, clock, cookieName } = await setUp(t);
  const cookie = `${cookieName}=${await signIn()}`;
  const shown = await call('GET', '/desk', { cookie });
  const token = /value="([^"]+)"/.exec(shown.text)?.[1] ?? '';
  assert.ok(token.length > 40 && !cookie.includes(token), 'the page does not hold the session’s token');
  const post = (body: string) =>
    call('POST', '/desk', { cookie, 'content-type': 'application/x-www-form-urlencoded' }, body);
  assert.equal((await post(`name=x&_forgery=${token}`)).text, 'done');
  assert.equal((await post('name=x')).status, 403);
  clock.advance(31 * 60_000);
  const late = await call('GET', '/desk', { cookie });
  assert.equal(`${late.status} ${String(late.json['code'])}`, '401 sign-in-required');
});

test('a site’s signed request is taken once, and only with the body that was signed', async (t) => {
  const { call, origin, clock, refusals } = await setUp(t);
  const body = '{"n":7}';
  const signed = () =>
    signSiteRequest(
      { method: 'POST', url: new URL('/exchange', origin), body: Buffer.from(body) },
      { keyId: 'tokyo-1', clock, sign: (base) => sign(null, base, keys.privateKey) },
    );
  const headers = await signed();
  assert.deepEqual((await call('POST', '/exchange', headers, body)).json, { from: 'prefectural/13', n: 7 });
  assert.equal((await call('POST', '/exchange', headers, body)).json['code'], 'credential-invalid');
  assert.deepEqual(refusals, ['signature-replayed']);
  const changed = await call('POST', '/exchange', await signed(), '{"n":8}');
  assert.equal(`${changed.status} ${String(changed.json['code'])}`, '400 digest-mismatch');
  const elsewhere = await call('POST', '/counter', await signed(), body);
  assert.equal(elsewhere.json['code'], 'credential-invalid');
  assert.equal(refusals[1], 'signature-invalid');
  const ours = await signSiteRequest(
    { method: 'POST', url: new URL('/counter', origin), body: Buffer.from(body) },
    { keyId: 'tokyo-1', clock, sign: (base) => sign(null, base, keys.privateKey) },
  );
  assert.equal((await call('POST', '/counter', ours, body)).json['code'], 'not-permitted');
});

test('sign-in is slowed down for each address, and nothing secret is in the log', async (t) => {
  const { id, call, signIn, logLines } = await setUp(t);
  const token = await signIn();
  const wrong = 'another secret that is wrong';
  const statuses = [];
  for (let n = 0; n < 4; n++)
    statuses.push((await call('POST', '/operator-sessions', {}, { operator: id, secret: wrong })).status);
  assert.deepEqual(statuses, [401, 401, 401, 429]);
  await call('GET', '/session', { authorization: `Bearer ${token}` });
  await call('POST', '/operator-sessions', {}, { operator: id, secret: SECRET, more: SECRET });
  const log = logLines.join('');
  assert.ok(logLines.length >= 7);
  for (const hidden of [SECRET, wrong, token, id]) assert.equal(log.includes(hidden), false);
});
