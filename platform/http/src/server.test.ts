import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, ok } from '@ishizue/outcome';
import { z } from 'zod';
import { anyOf, operatorWith } from './access.ts';
import { type Actor, type Authenticate, anonymous } from './actor.ts';
import { createLog } from './log.ts';
import { bytes, empty } from './response-content.ts';
import { answer, route } from './route.ts';
import { serveForTest } from './serve-for-test.ts';
import { createHttpServer, type HttpServer } from './server.ts';

const SITE = 'municipal/131016';

const actors: Readonly<Record<string, Actor>> = {
  clerk: { kind: 'operator', site: SITE, operator: 'o-1', roles: ['clerk'], session: 's' },
  elsewhere: { kind: 'operator', site: 'municipal/271004', operator: 'o-2', roles: ['clerk'], session: 's' },
  person: { kind: 'person', site: SITE, holder: 'h-1', certificateSerial: '0a', session: 's' },
  national: { kind: 'site', site: 'national', keyId: 'k1' },
};

const authenticate: Authenticate = ({ headers }) => {
  const name = headers.authorization?.replace(/^Bearer /, '');
  if (name === undefined) return ok({ actor: anonymous });
  const actor = actors[name];
  return actor ? ok({ actor }) : fail('credential-invalid', 'unknown');
};

const as = (name: string) => ({ headers: { authorization: `Bearer ${name}` } });

const getItem = route({
  method: 'GET',
  path: '/items/:id',
  summary: 'One item',
  tags: ['items'],
  access: operatorWith('clerk', 'auditor'),
  params: z.object({ id: z.coerce.number().int().max(99) }),
  query: z.object({ shout: z.stringbool().default(false) }),
  responses: { 200: z.object({ id: z.number(), by: z.string(), site: z.string() }) },
  handler: ({ params, query, actor, site }) => {
    if (params.id === 13) return fail('item-gone', 'The item is gone');
    if (params.id === 14) throw new Error('secret inside');
    // `extra` is not in the schema: it must not leave.
    const value = { id: params.id, by: query.shout ? actor.operator.toUpperCase() : actor.operator, site };
    return ok({ ...value, extra: 'kept inside' });
  },
});

const postItem = route({
  method: 'POST',
  path: '/items',
  summary: 'Store an item',
  tags: ['items'],
  access: anyOf('person', 'site'),
  body: z.strictObject({ name: z.string().min(2), tags: z.array(z.enum(['a', 'b'])).max(2) }),
  responses: { 201: z.object({ kind: z.string() }), 202: empty('Taken') },
  bodyBytesMax: 200,
  handler: ({ body, actor }) =>
    body.tags.length === 0
      ? answer(202, undefined)
      : answer(201, { kind: actor.kind }, { location: '/items/1' }),
});

const openFile = route({
  method: 'GET',
  path: '/file',
  summary: 'A file',
  tags: ['items'],
  access: 'public',
  responses: { 200: bytes('application/pdf') },
  cacheControl: 'public, max-age=60',
  handler: () => ok(Buffer.from('%PDF')),
});

const slow = route({
  method: 'POST',
  path: '/slow',
  summary: 'Never ends by itself',
  tags: ['items'],
  access: 'public',
  body: z.object({}),
  responses: { 200: z.object({ aborted: z.boolean() }) },
  timeoutMs: 60,
  handler: ({ signal }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        aborted += 1;
        resolve(ok({ aborted: true }));
      });
    }),
});
let aborted = 0;

const mount = (server: HttpServer): void =>
  server.mount({
    prefix: '/registry',
    site: SITE,
    routes: [getItem, postItem, openFile, slow],
    statuses: { 'item-gone': 410 },
  });

test('a typed route parses its parts, knows its caller and sends only what its schema names', async (t) => {
  const { ask } = await serveForTest(t, { authenticate }, mount);
  const got = await ask('GET', '/registry/items/7?shout=true', as('clerk'));
  assert.equal(got.status, 200);
  assert.deepEqual(got.json(), { id: 7, by: 'O-1', site: SITE });
  assert.equal(got.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(got.headers['cache-control'], 'no-store');
  assert.equal(got.headers['x-content-type-options'], 'nosniff');
  assert.match(String(got.headers['content-security-policy']), /frame-ancestors 'none'/);
  const head = await ask('HEAD', '/registry/items/7', as('clerk'));
  assert.equal(head.status, 200);
  assert.equal(head.text, '');
});

test('an answer chooses among declared statuses and sets headers', async (t) => {
  const { ask } = await serveForTest(t, { authenticate }, mount);
  const made = await ask('POST', '/registry/items', { ...as('person'), json: { name: 'ab', tags: ['a'] } });
  assert.equal(made.status, 201);
  assert.equal(made.headers.location, '/items/1');
  assert.deepEqual(made.json(), { kind: 'person' });
  const taken = await ask('POST', '/registry/items', { ...as('national'), json: { name: 'ab', tags: [] } });
  assert.equal(taken.status, 202);
  assert.equal(taken.text, '');
  const file = await ask('GET', '/registry/file');
  assert.equal(file.headers['content-type'], 'application/pdf');
  assert.equal(file.headers['cache-control'], 'public, max-age=60');
  assert.equal(file.text, '%PDF');
});

test('a failure is a problem document with the status of its code', async (t) => {
  const { ask } = await serveForTest(t, { authenticate }, mount);
  const got = await ask('GET', '/registry/items/13', as('clerk'));
  assert.equal(got.status, 410);
  assert.equal(got.headers['content-type'], 'application/problem+json');
  const requestId = String(got.headers['x-request-id']);
  assert.match(requestId, /^[a-z2-7]{26}$/);
  assert.deepEqual(got.json(), {
    type: 'urn:ishizue:problem:item-gone',
    title: 'Item gone',
    status: 410,
    detail: 'The item is gone',
    instance: `urn:ishizue:request:${requestId}`,
    code: 'item-gone',
    requestId,
  });
});

test('a throw is an internal error that says nothing outside and where it broke inside', async (t) => {
  const { ask, logLines } = await serveForTest(t, { authenticate }, mount);
  const got = await ask('GET', '/registry/items/14', as('clerk'));
  assert.equal(got.status, 500);
  assert.equal(got.json()['code'], 'internal-error');
  assert.doesNotMatch(got.text, /secret|server\.test|Error:/);
  const line = logLines.find((one) => one.includes('handler-failed')) ?? '';
  assert.match(line, /server\.test\.ts:\d+/);
  assert.match(line, new RegExp(String(got.headers['x-request-id'])));
  assert.doesNotMatch(line, /secret inside/);
});

test('what breaks the schema is pointed at, and never repeated', async (t) => {
  const { ask } = await serveForTest(t, { authenticate }, mount);
  const bad = await ask('POST', '/registry/items', {
    ...as('person'),
    json: { name: '山', tags: ['a', '山田太郎'], 山田太郎: '123456789012' },
  });
  assert.equal(bad.status, 400);
  assert.equal(bad.json()['code'], 'request-invalid');
  assert.deepEqual(bad.json()['errors'], [
    { in: 'body', pointer: '/name', rule: 'too_small' },
    { in: 'body', pointer: '/tags/1', rule: 'invalid_value' },
    { in: 'body', pointer: '', rule: 'unrecognized_keys' },
  ]);
  assert.doesNotMatch(bad.text, /山|123456789012/);
  const path = await ask('GET', '/registry/items/abc', as('clerk'));
  assert.deepEqual(path.json()['errors'], [{ in: 'path', pointer: '/id', rule: 'invalid_type' }]);
  const query = await ask('GET', '/registry/items/1?shout=maybe', as('clerk'));
  assert.deepEqual(query.json()['errors'], [{ in: 'query', pointer: '/shout', rule: 'invalid_value' }]);
});

test('bodies are bounded, of the declared type, and valid JSON', async (t) => {
  const { ask } = await serveForTest(t, { authenticate }, mount);
  const codeOf = async (more: { headers?: Record<string, string>; body: string }) => {
    const got = await ask('POST', '/registry/items', {
      body: more.body,
      headers: { ...as('person').headers, 'content-type': 'application/json', ...more.headers },
    });
    return `${got.status} ${String(got.json()['code'])}`;
  };
  assert.equal(await codeOf({ body: JSON.stringify({ name: 'x'.repeat(300) }) }), '413 body-too-large');
  assert.equal(
    await codeOf({ body: 'a=b', headers: { 'content-type': 'text/plain' } }),
    '415 media-type-unsupported',
  );
  assert.equal(await codeOf({ body: '{"name":' }), '400 request-invalid');
  assert.equal(await codeOf({ body: '' }), '400 request-invalid');
  assert.equal(await codeOf({ body: '{"__proto__":{"a":1}}' }), '400 request-invalid');
});

test('each kind of caller gets the answer that its access gives', async (t) => {
  const { ask } = await serveForTest(t, { authenticate }, mount);
  const outcome = async (name?: string) => {
    const got = await ask('GET', '/registry/items/7', name === undefined ? {} : as(name));
    return got.status === 200 ? '200' : `${got.status} ${String(got.json()['code'])}`;
  };
  assert.equal(await outcome(), '401 sign-in-required');
  assert.equal(await outcome('nonsense'), '401 credential-invalid');
  assert.equal(await outcome('person'), '403 not-permitted');
  assert.equal(await outcome('elsewhere'), '403 not-permitted');
  assert.equal(await outcome('national'), '403 not-permitted');
  assert.equal(await outcome('clerk'), '200');
  const refused = await ask('GET', '/registry/items/7');
  assert.equal(refused.headers['www-authenticate'], 'Bearer');
  // Everyone may read the file, also someone whose credential has run out.
  assert.equal((await ask('GET', '/registry/file', as('nonsense'))).status, 200);
});

test('a caller who is refused is refused before the body is read', async (t) => {
  const { ask } = await serveForTest(t, { authenticate }, mount);
  const got = await ask('POST', '/registry/items', {
    body: 'not json at all',
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(got.status, 401);
});

test('unknown routes and unreadable addresses are problems too', async (t) => {
  const { ask } = await serveForTest(t, { authenticate }, mount);
  for (const [method, path, expected] of [
    ['GET', '/nowhere', '404 not-found'],
    ['DELETE', '/registry/items/1', '404 not-found'],
    ['GET', '/registry/items/%zz', '400 request-invalid'],
    ['GET', `/registry/items/${'9'.repeat(300)}`, '414 address-too-long'],
  ] as const) {
    const got = await ask(method, path, as('clerk'));
    assert.equal(`${got.status} ${String(got.json()['code'])}`, expected);
    assert.equal(got.headers['content-type'], 'application/problem+json');
    assert.match(String(got.headers['x-request-id']), /^[a-z2-7]{26}$/);
  }
});

test('a handler that takes too long is told so, and its caller too, also after a body was read', async (t) => {
  const { ask } = await serveForTest(t, { authenticate }, mount);
  const before = aborted;
  const got = await ask('POST', '/registry/slow', { json: {} });
  assert.equal(got.status, 503);
  assert.equal(got.json()['code'], 'timed-out');
  assert.equal(aborted, before + 1);
});

test('a route that does not say who may call it keeps the server from starting', async () => {
  const log = createLog({ service: 'test', level: 'silent' });
  const server = createHttpServer({ name: 'Test', version: '1', log });
  server.app.register(async (scope) => {
    scope.get('/open', () => 'planted');
  });
  await assert.rejects(server.listen(), /GET \/open does not say who may call it/);
  await server.close();
});

test('request ids are made here; a client’s own is neither taken over nor trusted', async (t) => {
  const { ask, logLines } = await serveForTest(t, { authenticate }, mount);
  const theirs = '0190f5fe-7c00-7a00-8000-00aa11bb22cc';
  const got = await ask('GET', '/registry/file', { headers: { 'x-request-id': theirs } });
  assert.notEqual(got.headers['x-request-id'], theirs);
  const line = logLines.find((one) => one.includes(String(got.headers['x-request-id'])));
  assert.equal(JSON.parse(line ?? '{}').clientRequestId, theirs);
});
