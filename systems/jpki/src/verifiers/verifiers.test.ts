/** Registration on a real database: acts of one, acts of two, and what the database refuses whatever the program does. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { inTransaction, type Tx } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import { decodePem } from '@ishizue/x509';
import { testJpki } from '../testing/index.ts';
import { decideByTwo, liveVerifier, makeClient, officer, termsOf } from '../testing/verifiers.ts';
import { findVerifierKey } from './find-verifier-key.ts';
import { permitVerifier } from './permit-verifier.ts';
import { formOfTerms } from './verifier-fields.ts';
import {
  approveForVerifier,
  changeVerifier,
  listVerifiers,
  proposeForVerifier,
  registerVerifier,
  verifierProposals,
} from './verifier-office.ts';
import { VERIFIER_OFFICER } from './verifier-registration.ts';

const codeOf = (result: { readonly ok: boolean; readonly failure?: { readonly code: string } }): string =>
  result.ok ? 'ok' : (result.failure?.code ?? '');
const constraint = (name: string) => ({ code: '23514', constraint_name: name });

test('a notification is checked, and refused with its code; each act is on record and on the ledger', async (t) => {
  const { context, country } = await testJpki(t, { isBare: true });
  const client = makeClient();
  const register = async (name: string, changes: Parameters<typeof termsOf>[0]) =>
    codeOf(await registerVerifier(context, officer(), name, termsOf(changes)));
  assert.equal(await register('verifier/pf', { clientCertificate: client.pem }), 'ok');
  assert.equal(await register('verifier/pf', {}), 'verifier-known');
  assert.equal(await register('Verifier', {}), 'verifier-name-invalid');
  assert.equal(await register('verifier/1234567890', {}), 'verifier-name-invalid');
  assert.equal(
    await register('verifier/two', { clientCertificate: client.pem }),
    'client-certificate-known',
    'a key is one verifier’s',
  );
  const expired = makeClient('2026-02-01T00:00:00Z').pem;
  for (const clientCertificate of ['no PEM', expired, client.pem + client.pem])
    assert.equal(await register('verifier/two', { clientCertificate }), 'client-certificate-unsuitable');
  assert.equal(await register('verifier/two', { clientCertificate: null }), 'verifier-terms-contradict');
  assert.equal(
    await register('verifier/two', { certificateKinds: ['authentication'], services: ['other-certificate'] }),
    'verifier-terms-contradict',
  );
  const firm = { kind: 'delegating-firm' as const };
  assert.equal(
    await register('verifier/firm', { ...firm, entrustedTo: 'verifier/none' }),
    'operator-unknown',
  );
  assert.equal(await register('verifier/firm', { ...firm, entrustedTo: 'verifier/pf' }), 'ok');
  const silent = { ...officer(), purpose: ' ' };
  assert.equal(codeOf(await changeVerifier(context, silent, 'verifier/pf', 'end')), 'purpose-missing');
  const control = { ...officer(), purpose: 'a\u0007b' };
  assert.equal(
    codeOf(await registerVerifier(context, control, 'verifier/two', termsOf())),
    'purpose-missing',
  );
  assert.equal(
    codeOf(await changeVerifier(context, officer(), 'verifier/pf', 'suspend')),
    'verifier-state-refused',
  );
  assert.equal(codeOf(await changeVerifier(context, officer(), 'verifier/none', 'end')), 'verifier-unknown');
  assert.deepEqual(
    (await listVerifiers(context)).map(({ verifier, state }) => `${verifier} ${state}`),
    ['verifier/firm notified', 'verifier/pf notified'],
  );
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const entries = await sql<{ line: string }[]>`
    SELECT substr(affair, length('verifier-registration-') + 1) || ' ' || result AS line FROM ledger.entry
    WHERE starts_with(affair, 'verifier-registration') ORDER BY id`;
  // an unknown name is nobody's case
  assert.deepEqual(
    entries.map(({ line }) => line),
    [
      'register ok',
      'register verifier-known',
      'register form-invalid',
      'register form-invalid',
      'register client-certificate-known',
      'register client-certificate-unsuitable',
      'register client-certificate-unsuitable',
      'register client-certificate-unsuitable',
      'register verifier-terms-contradict',
      'register verifier-terms-contradict',
      'register operator-unknown',
      'register ok',
      'end form-invalid',
      'register form-invalid',
      'suspend move-not-in-state',
    ],
  );
});

test('going live, coming back and new terms take a second person, for the very revision that was proposed', async (t) => {
  const { context, country } = await testJpki(t, { isBare: true });
  const name = 'verifier/pf';
  await liveVerifier(context, name);
  await changeVerifier(context, officer(), name, 'suspend');
  const propose = async () => {
    const proposed = await proposeForVerifier(context, officer(), name, { act: 'restore' });
    assert.ok(proposed.ok);
    return proposed.value.id;
  };
  const approve = async (id: string, operator = 'o-second') =>
    codeOf(await approveForVerifier(context, officer(operator), id));
  const replaced = await propose();
  const id = await propose();
  assert.equal(await approve(replaced), 'proposal-unknown', 'a later one took its place');
  assert.equal(await approve(id, 'o-first'), 'second-person-needed');
  assert.equal(await approve('no-id'), 'proposal-unknown');
  assert.equal(await approve('00000000-0000-4000-8000-000000000000'), 'proposal-unknown');
  assert.equal(await approve(id), 'ok');
  assert.equal(await approve(id), 'proposal-approved');
  await changeVerifier(context, officer(), name, 'suspend');
  assert.equal(await approve(id), 'proposal-approved');
  const other = termsOf({ title: '別名' });
  const stale = await proposeForVerifier(context, officer(), name, { act: 'change-terms', terms: other });
  assert.ok(stale.ok);
  assert.deepEqual(await verifierProposals(context), [stale.value]);
  await decideByTwo(context, name, { act: 'restore' });
  await changeVerifier(context, officer(), name, 'suspend');
  assert.equal(await approve(stale.value.id), 'proposal-unknown');
  const late = await propose();
  country.clock.advance(72 * 3_600_000);
  assert.equal(await approve(late), 'proposal-expired');
  const narrower = termsOf({ services: ['older-serials'] });
  const changed = await decideByTwo(context, name, { act: 'change-terms', terms: narrower });
  assert.deepEqual([changed.state, changed.services], ['suspended', ['older-serials']]);
  const open = await proposeForVerifier(context, officer(), name, { act: 'restore' });
  assert.ok(open.ok);
  await changeVerifier(context, officer(), name, 'end');
  assert.equal(await approve(open.value.id), 'verifier-changed', 'it has ended since');
  assert.equal(
    codeOf(await proposeForVerifier(context, officer(), name, { act: 'change-terms', terms: narrower })),
    'verifier-state-refused',
  );
});

test('the database holds a row to its case, and to two persons, whatever the program does', async (t) => {
  const { context, country } = await testJpki(t, { isBare: true });
  const name = 'verifier/pf';
  await liveVerifier(context, name);
  await changeVerifier(context, officer(), name, 'suspend');
  const set = (change: (tx: Tx) => unknown) =>
    inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => void (await change(tx)));
  const follows = constraint('follows_its_case');
  await assert.rejects(
    set((tx) => tx`UPDATE jpki.verifier SET state = 'live'`),
    follows,
  );
  await assert.rejects(
    set((tx) => tx`UPDATE jpki.verifier SET revision = revision + 1`),
    follows,
  );
  const needed = constraint('approved_by_a_second_person');
  await assert.rejects(
    set((tx) => tx`UPDATE jpki.verifier SET services = ARRAY['older-serials']`),
    needed,
  );
  await assert.rejects(
    set(async (tx) => {
      await tx`UPDATE procedure.case_state SET state = 'live', sequence = sequence + 1`;
      await tx`UPDATE jpki.verifier SET state = 'live', revision = revision + 1`;
    }),
    needed,
    'a case that was moved without a history',
  );
  const proposed = await proposeForVerifier(context, officer(), name, { act: 'restore' });
  assert.ok(proposed.ok);
  const sql = country.database.superuser();
  t.after(() => sql.end());
  // as if the engine took the proposer for another person
  await sql`UPDATE procedure.act SET actor = 'operator:o-second' WHERE move = 'propose-restore'`;
  await assert.rejects(
    set(async (tx) => {
      await tx`UPDATE procedure.case_state SET state = 'live', sequence = sequence + 1`;
      await tx`
        WITH made AS (INSERT INTO procedure.act (kind, request, digest, move, actor, terminal, correlation, at, answer)
          SELECT kind, 'forged', digest, 'restore', actor, terminal, correlation, at, answer FROM procedure.act
          WHERE move = 'propose-restore' RETURNING id, kind)
        INSERT INTO procedure.history (case_id, act, kind, sequence, state)
        SELECT s.case_id, made.id, made.kind, s.sequence, 'live' FROM made, procedure.case_state s`;
      await tx`UPDATE jpki.verifier SET state = 'live', revision = revision + 1`;
    }),
    needed,
  );
  await assert.rejects(context.sql`DELETE FROM jpki.verifier`, { code: '42501' });
  await changeVerifier(context, officer(), name, 'end');
  await assert.rejects(
    set((tx) => tx`UPDATE jpki.verifier SET state = 'notified'`),
    constraint('ended_for_good'),
  );
});

test('a suspension waits for an answer that is being given, and the next one sees it, also the firms’ behind it', async (t) => {
  const { context } = await testJpki(t, { isBare: true });
  await liveVerifier(context, 'verifier/pf');
  await liveVerifier(context, 'verifier/firm', { kind: 'delegating-firm', entrustedTo: 'verifier/pf' });
  const asked = { services: ['older-serials'], certificateKinds: ['signature'] } as const;
  const order: string[] = [];
  const ask = (caller: { readonly verifier: string; readonly onBehalfOf?: string }) =>
    inTransaction(context.sql, {}, async (tx) => codeOf(await permitVerifier(tx, caller, asked)));
  let suspended: Promise<unknown> | undefined;
  await inTransaction(context.sql, {}, async (tx) => {
    const caller = { verifier: 'verifier/pf', onBehalfOf: 'verifier/firm' };
    assert.equal(codeOf(await permitVerifier(tx, caller, asked)), 'ok');
    suspended = changeVerifier(context, officer(), 'verifier/pf', 'suspend').then(() =>
      order.push('suspended'),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    order.push('answered');
  });
  await suspended;
  assert.deepEqual(order, ['answered', 'suspended']);
  assert.equal(await ask({ verifier: 'verifier/pf' }), 'verifier-suspended');
  assert.equal(await ask({ verifier: 'verifier/pf', onBehalfOf: 'verifier/firm' }), 'verifier-suspended');
  assert.equal(await ask({ verifier: 'verifier/firm' }), 'verifier-unknown', 'a firm has no connection');
});

test('a key is found by the certificate’s fingerprint while the certificate is in date', async (t) => {
  const { context, country } = await testJpki(t, { isBare: true });
  const client = makeClient('2026-12-01T00:00:00Z');
  await liveVerifier(context, 'verifier/pf', { clientCertificate: client.pem });
  const blocks = decodePem('CERTIFICATE', client.pem);
  assert.ok(blocks.ok && blocks.value[0]);
  const keyId = createHash('sha256').update(blocks.value[0]).digest('hex');
  assert.equal((await findVerifierKey(context, keyId))?.site, 'verifier/pf');
  assert.equal(await findVerifierKey(context, '0'.repeat(64)), undefined);
  assert.equal(await findVerifierKey(context, 'verifier/pf'), undefined);
  country.clock.advance(30 * 86_400_000);
  assert.equal(await findVerifierKey(context, keyId), undefined);
});

test('at the desk itself: many at once, and what was proposed before another move is proposed no more', async (t) => {
  const { context } = await testJpki(t, { isBare: true });
  const desk = await context.registration();
  const as = (id: string, ...roles: readonly string[]) =>
    ({ actor: { kind: 'operator', id, roles }, terminal: '', correlation: 'c' }) as const;
  const [first, second] = [as('o-first', VERIFIER_OFFICER), as('o-second', VERIFIER_OFFICER)];
  const own = { purpose: 'a test' };
  const row = (verifier: string, terms = termsOf()) => ({
    form: { verifier, terms: formOfTerms(terms) },
    own,
  });
  const same = termsOf();
  const rows = [
    row('verifier/a', same),
    row('verifier/b', same),
    row('verifier/c'),
    row('verifier/c'),
    row('verifier/d', termsOf({ services: ['older-serials', 'older-serials'] })),
    row('verifier/e', termsOf({ title: 'one\u202etwo' })),
  ];
  const many = mustSucceed(await desk.startMany(first, { move: 'register', request: 'r-1', rows }), 'many');
  assert.deepEqual(
    many.refused.map(({ row: nth, failure }) => [nth, failure.code]),
    [
      [1, 'client-certificate-known'],
      [3, 'verifier-known'],
      [4, 'verifier-terms-contradict'],
      [5, 'verifier-terms-contradict'],
    ],
  );
  assert.deepEqual(
    (await listVerifiers(context)).map(({ verifier }) => verifier),
    ['verifier/a', 'verifier/c'],
  );
  const ids = many.moved.map(({ caseId }) => caseId);
  let requests = 0;
  const all = async (by: typeof first, move: string): Promise<readonly string[]> => {
    const request = `m-${++requests}`;
    const done = await desk.moveMany(by, { move, request, own, rows: ids.map((caseId) => ({ caseId })) });
    return mustSucceed(done, move).refused.map(({ failure }) => failure.code);
  };
  assert.deepEqual(await all(as('o-nobody'), 'end'), ['case-unknown', 'case-unknown']);
  const until = ['release-documents', 'open-test-environment', 'begin-connection-test'];
  for (const move of until) assert.deepEqual(await all(first, move), []);
  assert.deepEqual(await all(second, 'go-live'), ['second-person-needed', 'second-person-needed']);
  assert.deepEqual(await all(first, 'propose-go-live'), []);
  for (const move of ['repeat-test', 'begin-connection-test']) assert.deepEqual(await all(second, move), []);
  assert.deepEqual(await all(second, 'go-live'), ['verifier-changed', 'verifier-changed']);
  for (const [by, move] of [
    [second, 'propose-go-live'],
    [first, 'go-live'],
    [first, 'suspend'],
  ] as const)
    assert.deepEqual(await all(by, move), []);
  assert.deepEqual(
    (await listVerifiers(context)).map(({ state }) => state),
    ['suspended', 'suspended'],
  );
});
