/** Registration on a real database: acts of one, acts of two, and what the database refuses whatever the program does. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { decodePem } from '@ishizue/x509';
import { testJpki } from '../testing/index.ts';
import { decideByTwo, liveVerifier, makeClient, officer, termsOf } from '../testing/verifiers.ts';
import { changeVerifier, listVerifiers, registerVerifier } from './change-verifier.ts';
import { findVerifierKey } from './find-verifier-key.ts';
import { permitVerifier } from './permit-verifier.ts';
import { approveForVerifier, proposeForVerifier, verifierProposals } from './verifier-proposals.ts';

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
  const acts = await sql<
    { line: string }[]
  >`SELECT act || ' ' || result AS line FROM jpki.verifier_act ORDER BY id`;
  const entries = await sql<{ line: string }[]>`
    SELECT affair || ' ' || result AS line FROM ledger.entry WHERE starts_with(affair, 'verifier-') ORDER BY id`;
  assert.equal(acts.length, 14);
  assert.deepEqual(
    entries.map(({ line }) => line),
    acts.map(({ line }) => line),
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
  const id = await propose();
  assert.equal(await approve(id, 'o-first'), 'second-person-needed');
  assert.equal(await approve('no-id'), 'proposal-unknown');
  assert.equal(await approve('00000000-0000-4000-8000-000000000000'), 'proposal-unknown');
  const stale = await propose();
  assert.equal(await approve(id), 'ok');
  assert.equal(await approve(id), 'proposal-approved');
  await changeVerifier(context, officer(), name, 'suspend');
  assert.equal(await approve(stale), 'verifier-changed', 'it was suspended again since');
  const late = await propose();
  country.clock.advance(72 * 3_600_000);
  assert.equal(await approve(late), 'proposal-expired');
  const narrower = termsOf({ services: ['older-serials'] });
  const changed = await decideByTwo(context, name, { act: 'change-terms', terms: narrower });
  assert.deepEqual([changed.state, changed.services], ['suspended', ['older-serials']]);
  assert.equal((await verifierProposals(context)).length, 5);
  await changeVerifier(context, officer(), name, 'end');
  assert.equal(
    codeOf(await proposeForVerifier(context, officer(), name, { act: 'change-terms', terms: narrower })),
    'verifier-state-refused',
  );
});

test('the database refuses what only two persons may do, an approval by its proposer, and any change after the end', async (t) => {
  const { context } = await testJpki(t, { isBare: true });
  await liveVerifier(context, 'verifier/pf');
  await changeVerifier(context, officer(), 'verifier/pf', 'suspend');
  const { sql } = context;
  const set = (change: ReturnType<typeof sql>) =>
    sql`UPDATE jpki.verifier SET ${change} WHERE verifier = 'verifier/pf'`;
  const needed = constraint('approved_by_a_second_person');
  // the proposal of go-live, which was approved, is for another revision
  await assert.rejects(set(sql`revision = revision + 1, state = 'live'`), needed);
  await assert.rejects(set(sql`revision = revision + 1, services = ARRAY['older-serials']`), needed);
  await assert.rejects(set(sql`state = 'ended'`), constraint('one_change'));
  const proposed = await proposeForVerifier(context, officer(), 'verifier/pf', { act: 'restore' });
  assert.ok(proposed.ok);
  await assert.rejects(
    sql`UPDATE jpki.verifier_proposal SET approved_by = 'o-first', approved_for = 'x', approved_at = proposed_at
        WHERE id = ${proposed.value.id}`,
    constraint('two_persons'),
  );
  await assert.rejects(sql`DELETE FROM jpki.verifier`, { code: '42501' });
  await assert.rejects(sql`UPDATE jpki.verifier_act SET result = 'ok'`, { code: '42501' });
  await changeVerifier(context, officer(), 'verifier/pf', 'end');
  await assert.rejects(set(sql`revision = revision + 1, state = 'notified'`), constraint('ended_for_good'));
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
