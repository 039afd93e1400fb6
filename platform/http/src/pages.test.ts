import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import { ok } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { z } from 'zod';
import { type Authenticate, anonymous } from './actor.ts';
import { sessionCookie } from './cookie.ts';
import { forgeryToken } from './forgery.ts';
import { escapeHtml, html, SafeHtml } from './html.ts';
import { RateLimit } from './rate-limit.ts';
import { empty, page } from './response-content.ts';
import { answer, form, redirect, route } from './route.ts';
import { serveForTest } from './serve-for-test.ts';
import type { HttpServer } from './server.ts';

const SITE = 'municipal/131016';
const TOKEN = 'a-session-token-of-43-characters-0123456789';
const cookie = sessionCookie({ secure: false });

const authenticate: Authenticate = ({ headers }) =>
  cookie.read(headers.cookie) === TOKEN
    ? ok({
        actor: { kind: 'person', site: SITE, holder: 'h', certificateSerial: '1', session: 's' },
        forgerySecret: 'secret-of-the-session',
      })
    : ok({ actor: anonymous });

const home = route({
  method: 'GET',
  path: '/home',
  summary: 'The page',
  tags: ['pages'],
  access: 'person',
  query: z.object({ name: z.string().default('') }),
  responses: { 200: page() },
  handler: ({ query, forgeryField }) => ok(html`<p title="${query.name}">${query.name}</p>${forgeryField()}`),
});

const post = route({
  method: 'POST',
  path: '/home',
  summary: 'The form',
  tags: ['pages'],
  access: 'person',
  body: form(z.strictObject({ name: z.string(), box: z.array(z.string()).optional() })),
  responses: { 303: empty(), 200: page() },
  handler: ({ body }) => (body.box ? answer(200, html`${body.box.join('+')}`) : redirect('/home?done=1')),
});

const clock = new ManualClock('2026-04-01T00:00:00Z');
const signIn = route({
  method: 'POST',
  path: '/sign-in',
  summary: 'Sign in',
  tags: ['pages'],
  access: 'public',
  body: form(z.object({ id: z.string() })),
  responses: { 303: empty() },
  rateLimit: new RateLimit({ clock, burst: 2, perMinute: 6 }),
  handler: () => answer(303, undefined, { location: '/home', 'set-cookie': cookie.write(TOKEN, 600) }),
});

const mount = (server: HttpServer): void =>
  server.mount({
    prefix: '',
    site: SITE,
    routes: [home, post, signIn],
    statuses: {},
    pages: { problem: (problem) => html`<h1>${problem.title}</h1>`, signIn: '/sign-in' },
  });

const signedIn = { cookie: `ishizue-session=${TOKEN}` };
const formType = { 'content-type': 'application/x-www-form-urlencoded' };

test('a page is escaped, framed nowhere, stored nowhere, and runs no inline script', async (t) => {
  const { ask } = await serveForTest(t, { authenticate }, mount);
  const got = await ask('GET', `/home?name=${encodeURIComponent('"><script>alert(1)</script>')}`, {
    headers: signedIn,
  });
  assert.equal(got.status, 200);
  assert.equal(got.headers['content-type'], 'text/html; charset=utf-8');
  assert.doesNotMatch(got.text, /<script>/);
  assert.match(got.text, /title="&quot;&gt;&lt;script&gt;/);
  const policy = String(got.headers['content-security-policy']);
  assert.match(policy, /script-src 'self';/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(got.headers['cache-control'], 'no-store');
  assert.equal(got.headers['x-content-type-options'], 'nosniff');
});

test('whoever is not signed in is sent to the sign-in page, and problems of pages are pages', async (t) => {
  const { ask } = await serveForTest(t, { authenticate }, mount);
  const sent = await ask('GET', '/home?name=a%20b');
  assert.equal(sent.status, 303);
  assert.equal(sent.headers.location, `/sign-in?return=${encodeURIComponent('/home?name=a%20b')}`);
  const refused = await ask('POST', '/home', { headers: formType, body: 'name=x' });
  assert.equal(refused.status, 401);
  assert.equal(refused.text, '<h1>Sign in required</h1>');
});

test('a form needs the token of its session', async (t) => {
  const { ask } = await serveForTest(t, { authenticate }, mount);
  const send = (body: string, more: Record<string, string> = {}) =>
    ask('POST', '/home', { headers: { ...signedIn, ...formType, ...more }, body });
  const shown = await ask('GET', '/home', { headers: signedIn });
  const token = /name="_forgery" value="([^"]+)"/.exec(shown.text)?.[1] ?? '';
  assert.equal(token, forgeryToken('secret-of-the-session'));
  assert.equal((await send(`name=x&_forgery=${token}`)).status, 303);
  assert.equal((await send(`name=x&box=1&box=2&_forgery=${token}`)).text, '1+2');
  for (const bad of [
    'name=x',
    'name=x&_forgery=',
    `name=x&_forgery=${token.slice(1)}`,
    `name=x&_forgery=${forgeryToken('other')}`,
    `name=x&_forgery=${token}&_forgery=${token}`,
  ])
    assert.equal((await send(bad)).status, 403, bad);
  assert.equal((await send(`name=x&_forgery=${token}`, { 'content-type': 'application/json' })).status, 415);
  assert.equal((await send(`${'a=1&'.repeat(501)}_forgery=${token}`)).status, 413);
});

test('another origin cannot post, even to a form that needs no session', async (t) => {
  const { ask, port } = await serveForTest(t, { authenticate }, mount);
  const token = forgeryToken('secret-of-the-session');
  const statusWith = async (headers: Record<string, string>) =>
    (
      await ask('POST', '/home', {
        headers: { ...signedIn, ...formType, ...headers },
        body: `name=x&_forgery=${token}`,
      })
    ).status;
  assert.equal(await statusWith({ 'sec-fetch-site': 'same-origin' }), 303);
  assert.equal(await statusWith({ 'sec-fetch-site': 'cross-site' }), 403);
  assert.equal(await statusWith({ 'sec-fetch-site': 'same-site' }), 403);
  assert.equal(await statusWith({ origin: `http://127.0.0.1:${port}` }), 303);
  assert.equal(await statusWith({ origin: 'https://evil.example' }), 403);
  assert.equal(await statusWith({ origin: 'null' }), 403);
  const open = await ask('POST', '/sign-in', {
    headers: { ...formType, origin: 'https://evil.example' },
    body: 'id=x',
  });
  assert.equal(open.status, 403);
});

test('sign-in is limited for each address, and says when to come again', async (t) => {
  const { ask } = await serveForTest(t, { authenticate }, mount);
  const send = () => ask('POST', '/sign-in', { headers: formType, body: 'id=x' });
  const first = await send();
  assert.equal(first.status, 303);
  assert.deepEqual(first.headers['set-cookie'], [
    `ishizue-session=${TOKEN}; Max-Age=600; Path=/; HttpOnly; SameSite=Lax`,
  ]);
  assert.equal((await send()).status, 303);
  const third = await send();
  assert.equal(third.status, 429);
  assert.equal(third.headers['retry-after'], '10');
  clock.advance(10_000);
  assert.equal((await send()).status, 303);
});

test('redirects stay on the origin', () => {
  assert.equal(redirect('/a?b=c').headers['location'], '/a?b=c');
  for (const bad of ['//evil.example', 'https://evil.example', '/\\evil.example', 'x', '/a\r\nSet-Cookie: x'])
    assert.throws(() => redirect(bad), bad);
});

test('the session cookie is bound to the host where the connection is secure', () => {
  const secure = sessionCookie({ secure: true });
  assert.equal(
    secure.write(TOKEN, 60),
    `__Host-ishizue-session=${TOKEN}; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure`,
  );
  assert.match(secure.write(TOKEN, 60, 'Strict'), /; HttpOnly; SameSite=Strict; Secure$/);
  assert.match(secure.clear(), /^__Host-ishizue-session=; Max-Age=0; /);
  assert.equal(secure.read(`a=b; __Host-ishizue-session=${TOKEN}`), TOKEN);
  assert.equal(secure.read(`x__Host-ishizue-session=${TOKEN}`), undefined);
  assert.equal(secure.read(`ishizue-session=${TOKEN}`), undefined);
  assert.equal(secure.read('__Host-ishizue-session=short'), undefined);
  assert.throws(() => secure.write('with;semicolon-and-long-enough', 60));
});

test('templates escape everything but markup of their own kind', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const inside = html`<p a="${text}">${text}</p>`.toString().slice(3, -4);
      assert.doesNotMatch(inside.replace(/^a="/, '').replace('">', ''), /[<>"']/);
      assert.equal(unescape(escapeHtml(text)), text);
    }),
  );
  const list = html`<ul>${['<a>', html`<b></b>`, [1, 2n]]}${undefined}${null}${false}</ul>`;
  assert.equal(list.toString(), '<ul>&lt;a&gt;<b></b>12</ul>');
  assert.ok(list instanceof SafeHtml);
});

const unescape = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

test('static files are those that were there, and unchanged ones are not sent again', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'static-'));
  t.after(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'css'));
  writeFileSync(join(directory, 'css/site.css'), 'p{}');
  const { ask } = await serveForTest(t, {}, (server) => server.mountStatic({ prefix: '/assets', directory }));
  const got = await ask('GET', '/assets/css/site.css');
  assert.equal(got.text, 'p{}');
  assert.equal(got.headers['content-type'], 'text/css; charset=utf-8');
  const again = await ask('GET', '/assets/css/site.css', {
    headers: { 'if-none-match': String(got.headers.etag) },
  });
  assert.equal(again.status, 304);
  for (const path of [
    '/assets/../package.json',
    '/assets/%2e%2e/%2e%2e/etc/passwd',
    '/assets/css',
    '/assets/',
  ])
    assert.equal((await ask('GET', path)).status, 404, path);
  writeFileSync(join(directory, 'x.exe'), '');
  await assert.rejects(
    serveForTest(t, {}, (server) => server.mountStatic({ prefix: '/assets', directory })),
    /no known media type/,
  );
});
