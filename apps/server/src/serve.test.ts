/** The server over a country of one municipality: what the settings do at its edge, and what is told of refusals. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { signSiteRequest } from '@ishizue/access';
import { ManualClock, systemClock } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { listNodes } from '@ishizue/key-server';
import { type LedgerEntry, recordEntry } from '@ishizue/ledger';
import { fail, mustSucceed } from '@ishizue/outcome';
import { type Browsed, type BrowserRequest, browserOf, forgeryIn, tokenIn } from './browse-for-test.ts';
import { readConfiguration } from './configuration.ts';
import { type Country, openCountry, type Trouble } from './country.ts';
import { closeDemonstrationOperators, openDemonstrationOperators } from './demonstration.ts';
import { deliverProcedureNotices } from './procedure-notices.ts';
import { type ServedCountry, serve } from './serve.ts';
import { addSiteOperator } from './site-operators.ts';
import { StartRefused } from './start-refused.ts';
import { openedData } from './testing/index.ts';

const SITE = 'municipal/132217';
const ENTRY: LedgerEntry = {
  site: SITE,
  at: Date.parse('2026-11-22T01:02:03.456Z'),
  actorKind: 'operator',
  actor: 'o-setup',
  terminal: 'counter-1',
  article: '住民基本台帳法 第12条',
  affair: 'planted',
  subject: Buffer.alloc(32, 1),
  fields: ['name'],
  result: 'ok',
  correlation: 'planted',
};
const ends: (() => unknown)[] = [];
const troubles: Trouble[] = [];
const lines: string[] = [];
let clock: ManualClock;
let country: Country;
let served: ServedCountry;

before(async () => {
  const data = await openedData({ after: (work) => ends.unshift(work) });
  clock = new ManualClock(systemClock.now()); // after the first start, whose certificates are not of the future
  const configuration = readConfiguration({
    ISHIZUE_DATA: data,
    ISHIZUE_ORIGIN: 'https://ishizue.example',
    ISHIZUE_TRUSTED_PROXIES: '127.0.0.1',
    ISHIZUE_DEMONSTRATION: 'off',
  });
  country = await openCountry({
    configuration,
    municipalities: ['132217'],
    clock,
    onTrouble: (trouble) => troubles.push(trouble),
  });
  ends.unshift(() => country.close());
  served = await serve(country, {
    host: '127.0.0.1',
    port: 0,
    version: 'test',
    logTo: { write: (line) => lines.push(line) },
  });
  ends.unshift(() => served.close());
});

after(async () => {
  for (const end of ends) await end();
});

const browse = browserOf(() => served.origin);

interface Asked {
  readonly status: number;
  readonly text: string;
}

/** fetch takes no Host header. */
async function ask(target: string, headers: Record<string, string>, body?: unknown): Promise<Asked> {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const asked = request(served.origin + target, {
    method: sent === undefined ? 'GET' : 'POST',
    headers: { ...headers, ...(sent !== undefined && { 'content-type': 'application/json' }) },
    agent: false,
  });
  const responding = new Promise<IncomingMessage>((resolve, reject) => {
    asked.on('error', reject).on('response', resolve);
  });
  asked.end(sent);
  const response = await responding;
  const chunks: Buffer[] = await response.toArray();
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
}

test('behind a trusted proxy sign-in is limited by the client’s address, not by the proxy’s', async () => {
  const signIn = async (client: string): Promise<number> => {
    const body = { operator: 'o-aaaaaa', secret: 'wrong' };
    return (await ask(`/${SITE}/operator-sessions`, { 'x-forwarded-for': client }, body)).status;
  };
  const statuses = new Set<number>();
  for (let at = 0; at < 25; at++) statuses.add(await signIn('198.51.100.1'));
  assert.ok(statuses.has(429), `never limited: ${[...statuses].join(', ')}`);
  assert.equal(await signIn('198.51.100.2'), 401);
});

test('where the public origin is https, the session cookie is the one that browsers keep for https', async () => {
  const added = await addSiteOperator(country, { site: SITE, displayName: '花子', roles: ['registrar'] });
  assert.ok(added.ok);
  const opened = await country.operators.signIn(SITE, added.value.id, added.value.secret);
  assert.ok(opened.ok);
  const { token } = opened.value;
  assert.equal((await ask(`/${SITE}/session`, { cookie: `__Host-ishizue-session=${token}` })).status, 200);
  assert.equal((await ask(`/${SITE}/session`, { cookie: `ishizue-session=${token}` })).status, 401);
  assert.match((await ask('/openapi.json', {})).text, /"name":"__Host-ishizue-session"/);
});

test('operators sign in with a browser: one session, a strict cookie, forms of their own, and out at once', async () => {
  const order = { site: SITE, displayName: '次郎', roles: ['registrar'] };
  const { id, secret } = mustSucceed(await addSiteOperator(country, order), 'an operator');
  const desk = `/${SITE}/desk`;
  const form = { operator: id, secret, terminal: 'counter-1' };
  const signIn = (more: BrowserRequest = {}, to = '') => browse(`${desk}/sign-in${to}`, { form, ...more });

  const unknown = await browse(desk);
  assert.deepEqual(
    [unknown.status, unknown.location],
    [303, `${desk}/sign-in?return=${encodeURIComponent(desk)}`],
  );
  const wrong = await signIn({ form: { ...form, secret: 'not the secret' } });
  assert.deepEqual([wrong.status, wrong.cookies], [401, []]);
  assert.ok(!wrong.text.includes('not the secret'));
  assert.equal((await signIn({ origin: 'https://evil.example' })).status, 403, 'a form of another origin');
  assert.equal(
    (await signIn({ forwarded: '198.51.100.1' })).status,
    429,
    'the limit of the route for programs',
  );
  const within = [`${desk}?lang=ja`, '/national/desk', `${desk}?lang=ja`];
  for (const [at, wanted] of ['', '?return=/national/desk', '?return=https://evil.example'].entries())
    assert.equal((await signIn({}, wanted)).location, within[at], wanted);

  const first = await signIn();
  assert.match(
    first.cookies[0] ?? '',
    /^__Host-ishizue-session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  );
  const cookieOf = (one: Browsed): string => `__Host-ishizue-session=${tokenIn(one)}`;
  const next = await signIn({ cookie: cookieOf(first), form: { ...form, _forgery: 'x' } });
  assert.equal(next.status, 403, 'who is signed in has forms of their session');
  const _forgery = forgeryIn(await browse(desk, { cookie: cookieOf(first) }));
  const second = await signIn({ cookie: cookieOf(first), form: { ...form, _forgery } });
  assert.equal(second.status, 303);
  assert.equal((await browse(desk, { cookie: cookieOf(first) })).status, 303, 'the session before is over');
  const cookie = cookieOf(second);
  const shown = await browse(desk, { cookie });
  assert.equal(shown.status, 200);
  assert.equal((await browse('/national/desk', { cookie })).status, 403, 'another site’s desk');

  const out = { _forgery: forgeryIn(shown) };
  assert.equal(
    (await browse(`${desk}/sign-out`, { cookie, form: {} })).status,
    403,
    'no token of the session',
  );
  assert.equal(
    (await browse(`${desk}/sign-out`, { cookie, form: { _forgery } })).status,
    403,
    'another’s token',
  );
  const foreign = { cookie, form: out, origin: 'https://evil.example' };
  assert.equal((await browse(`${desk}/sign-out`, foreign)).status, 403, 'another origin');
  const gone = await browse(`${desk}/sign-out`, { cookie, form: out });
  assert.deepEqual([gone.status, gone.cookies[0]?.split(';')[1]], [303, ' Max-Age=0']);
  assert.equal((await browse(desk, { cookie })).status, 303, 'signed out');

  const idle = cookieOf(await signIn());
  clock.advance(29 * 60_000);
  assert.equal((await browse(desk, { cookie: idle })).status, 200);
  clock.advance(31 * 60_000);
  assert.equal((await browse(desk, { cookie: idle })).status, 303, 'half an hour without use');
  const last = cookieOf(await signIn());
  assert.equal((await browse(desk, { cookie: last })).status, 200);
  mustSucceed(await country.operators.disable(SITE, id), 'shut out');
  assert.equal((await browse(desk, { cookie: last })).status, 303, 'shut out');
});

test('a desk lists what the operator’s roles open, and its counters let nobody else in', async () => {
  const counters = {
    'card-clerk': ['parcels', 'set-up', 'hand-over'],
    'call-operator': ['calls'],
    'help-desk-clerk': ['tickets'],
    'call-centre-lead': ['answer-rate'],
  } as const;
  const paths = (names: readonly string[]) => names.map((name) => `/national/desk/${name}`);
  const all = paths(Object.values(counters).flat());
  for (const [site, role, own] of [
    ['national', 'card-clerk', ['/national/pages/card-applications/inbox', ...paths(counters['card-clerk'])]],
    ['national', 'call-operator', paths(counters['call-operator'])],
    ['national', 'help-desk-clerk', paths(counters['help-desk-clerk'])],
    ['national', 'call-centre-lead', paths(counters['call-centre-lead'])],
    ['national', 'verifier-officer', ['/national/pages/verifier-registration/inbox']],
    ['national', 'disclosure-officer', ['/national/pages/disclosures/inbox']],
    ['prefectural/13', 'disclosure-officer', ['/prefectural/13/pages/disclosures/inbox']],
    [SITE, 'registrar', []],
  ] as const) {
    const who = { kind: 'operator', site, operator: 'o-desk00', roles: [role] } as const;
    const cookie = `__Host-ishizue-session=${(await country.sessions.open(who)).token}`;
    const { text } = await browse(`/${site}/desk?lang=en`, { cookie });
    const listed = [...text.matchAll(/<li><a href="([^"?]+)/g)].map(([, href]) => href);
    assert.deepEqual(listed, own, `${role} at ${site}`);
    for (const page of new Set([...own, ...all])) {
      const expected = own.some((one) => one === page) ? 200 : 403;
      assert.equal((await browse(page, { cookie })).status, expected, `${role} at ${page}`);
    }
  }
});

test('a site’s request is taken for the public name and for the listening address, and for no other', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const [node] = await listNodes(country.keyServer, SITE);
  const keyId = node?.serial ?? '';
  const refusalFor = async (host: string): Promise<string> => {
    const url = new URL(`/${SITE}/session`, `http://${host}`);
    const headers = await signSiteRequest(
      { method: 'GET', url },
      { keyId, clock, sign: (base) => sign(null, base, privateKey) },
    );
    lines.length = 0;
    await ask(url.pathname, { ...headers, host });
    const line = lines.find((text) => text.includes('site-refused')) ?? '{}';
    return String(JSON.parse(line).code);
  };
  // the key is a stranger's: who comes as far as the signature was asked for at a name of ours
  assert.equal(await refusalFor('ishizue.example'), 'signature-invalid');
  assert.equal(await refusalFor(new URL(served.origin).host), 'signature-invalid');
  assert.equal(await refusalFor('other.example'), 'authority-foreign');
});

test('a checkpoint that the signer refuses is told with its site, once a minute', async (t) => {
  t.mock.method(country.keys.checkpoints, 'sign', async () => fail('checkpoint-inconsistent', 'planted'));
  const refused = (): readonly Trouble[] => troubles.filter(({ code }) => code === 'checkpoint-refused');
  await inTransaction(country.database.pool('registry'), { site: SITE }, (tx) => recordEntry(tx, ENTRY));
  for (let left = 100; refused().length === 0 && left > 0; left--) await country.sealLedgers();
  const [first] = refused();
  assert.deepEqual([first?.site, first?.detail.split(': ')[1]], [SITE, 'checkpoint-inconsistent']);
  await country.sealLedgers();
  assert.equal(refused().length, 1);
  clock.advance(60_000);
  await country.sealLedgers();
  assert.equal(refused().length, 2);
});

test('the door stands open; notices of every mounted procedure reach their pages or their office', async () => {
  const door = await fetch(`${served.origin}/cards/apply?lang=en`);
  assert.deepEqual([door.status, (await door.text()).includes('Application id (23 digits)')], [200, true]);
  const sql = country.database.superuser();
  const kinds = await sql<{ id: number; procedure: string }[]>`
    SELECT id, procedure FROM procedure.kind ORDER BY id`;
  assert.ok(kinds.length >= 4, 'applications, verifiers, disclosures at two sites');
  await sql`
    WITH planted AS (
      INSERT INTO procedure.case_file (kind, version, opened_on, subject, applicant, form)
      SELECT id, '2026-01-01', '2026-11-01', '', 'person:x', '{}' FROM procedure.kind RETURNING id, kind)
    INSERT INTO procedure.notice (kind, case_id, sequence, recipient, ja, en, at)
    SELECT p.kind, p.id, 1, r.recipient, '-', '-', now()
    FROM planted p JOIN procedure.kind k ON k.id = p.kind, (VALUES ('applicant:person:x'), ('applicant:counter')) AS r(recipient)
    -- a letter of an application needs one
    WHERE k.procedure <> 'card-application' OR r.recipient <> 'applicant:counter'`;
  await Promise.all([deliverProcedureNotices(country), deliverProcedureNotices(country)]);
  // the server's own turn may have some of them still open
  const waiting = () => sql`SELECT FROM procedure.notice WHERE delivered_at IS NULL`;
  for (let left = 1_000; (await waiting()).length > 0 && left > 0; left--)
    await deliverProcedureNotices(country);
  const told = await sql<{ recipient: string; channel: string; n: number }[]>`
    SELECT recipient, channel, count(*)::int AS n FROM procedure.notice GROUP BY 1, 2 ORDER BY 1`;
  assert.deepEqual(
    told.map((row) => ({ ...row })),
    [
      { recipient: 'applicant:counter', channel: 'office', n: kinds.length - 1 },
      { recipient: 'applicant:person:x', channel: 'page', n: kinds.length },
    ],
  );
  await sql.end();
});

test('operators of an earlier demonstration are closed, and their file goes', async () => {
  const operators = await openDemonstrationOperators(country);
  const { operator = '', secret = '' } = operators[SITE] ?? {};
  assert.ok((await country.operators.signIn(SITE, operator, secret)).ok);
  assert.equal(await closeDemonstrationOperators(country), country.sites.length);
  assert.equal((await country.operators.signIn(SITE, operator, secret)).ok, false);
  assert.equal(existsSync(path.join(country.directory.root, 'operators.json')), false);
  assert.equal(await closeDemonstrationOperators(country), 0);
});

test('an address that is taken is told, and leaves nothing in the background', async (t) => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  t.after(() => taken.close());
  const at = taken.address();
  assert.ok(at !== null && typeof at === 'object');
  const logTo = { write: () => undefined };
  const outcome = await serve(country, { host: '127.0.0.1', port: at.port, version: 'test', logTo }).catch(
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof StartRefused, String(outcome));
  assert.equal(outcome.failure.code, 'address-unavailable');
});
