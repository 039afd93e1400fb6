/** Root acts take two persons; the database refuses what the program would have to forget to allow. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { rotateSite } from './node/rotate-site.ts';
import { policyAt } from './policy.ts';
import { nodeAuthorities } from './root/authorities.ts';
import { approveProposal, proposals, proposeRootAct } from './root/proposals.ts';
import { actsOf, by, codeOf, stillClock, testKeyServer } from './testing/key-server-for-test.ts';

const custodian = (operator: string) => by(operator, 'key-custodian');
const SITE = 'municipal/132217';
const constraint = (name: string) => ({ code: '23514', constraint_name: name });

test('a site is revoked and readmitted by two persons, each on record; one person alone changes nothing', async (t) => {
  const clock = stillClock();
  const server = await testKeyServer(t, clock);
  const { context } = server;
  const revoke = { kind: 'revoke-site', node: SITE } as const;
  const proposed = await proposeRootAct(context, custodian('o-one'), revoke);
  assert.ok(proposed.ok);
  const { id } = proposed.value;
  assert.equal(codeOf(await approveProposal(context, custodian('o-one'), id)), 'second-person-needed');
  assert.equal(
    codeOf(await approveProposal(context, { ...custodian('o-two'), purpose: ' ' }, id)),
    'purpose-missing',
  );
  assert.equal(codeOf(await rotateSite(context, by('o-officer'), SITE)), 'ok');
  clock.advance(1_000);
  assert.equal(codeOf(await approveProposal(context, custodian('o-two'), id)), 'ok');
  assert.equal(codeOf(await approveProposal(context, custodian('o-three'), id)), 'proposal-approved');
  assert.equal(codeOf(await rotateSite(context, by('o-officer'), SITE)), 'node-revoked');
  const [left] = await context.sql`
    SELECT count(*)::int AS count FROM key_server.certificate WHERE node = ${SITE} AND ended_at > ${new Date(clock.now())}`;
  assert.equal(left?.['count'], 0);

  const again = await proposeRootAct(context, custodian('o-two'), { kind: 'readmit-site', node: SITE });
  assert.ok(again.ok);
  assert.equal(codeOf(await approveProposal(context, custodian('o-one'), again.value.id)), 'ok');
  assert.equal(codeOf(await rotateSite(context, by('o-officer'), SITE)), 'ok');
  assert.deepEqual((await actsOf(server)).slice(2), [
    `key-propose o-one key-custodian ${SITE} ok`,
    `key-approve o-one key-custodian ${SITE} second-person-needed`,
    `key-rotate o-officer key-officer ${SITE} ok`,
    `key-approve o-two key-custodian ${SITE} ok`,
    `key-approve o-three key-custodian ${SITE} proposal-approved`,
    `key-rotate o-officer key-officer ${SITE} node-revoked`,
    `key-propose o-two key-custodian ${SITE} ok`,
    `key-approve o-one key-custodian ${SITE} ok`,
    `key-rotate o-officer key-officer ${SITE} ok`,
  ]);
});

test('a proposal runs out, and what would change nothing leaves it unapproved', async (t) => {
  const clock = stillClock();
  const { context } = await testKeyServer(t, clock);
  const propose = async (kind: 'revoke-site' | 'readmit-site') => {
    const proposed = await proposeRootAct(context, custodian('o-one'), { kind, node: SITE });
    assert.ok(proposed.ok);
    return proposed.value;
  };
  const late = await propose('revoke-site');
  const idle = await propose('readmit-site');
  assert.equal(codeOf(await approveProposal(context, custodian('o-two'), idle.id)), 'already-so');
  clock.advance(late.expiresAt - clock.now());
  assert.equal(codeOf(await approveProposal(context, custodian('o-two'), late.id)), 'proposal-expired');
  assert.equal(codeOf(await approveProposal(context, custodian('o-two'), randomUUID())), 'proposal-unknown');
  assert.equal(codeOf(await approveProposal(context, custodian('o-two'), 'x')), 'proposal-unknown');
  for (const { approvedBy } of await proposals(context)) assert.equal(approvedBy, null);
  const stranger = { kind: 'revoke-site', node: 'municipal/000000' } as const;
  assert.equal(codeOf(await proposeRootAct(context, custodian('o-one'), stranger)), 'site-unknown');
});

test('a next authority and another policy take two persons, and then certificates come from them', async (t) => {
  const clock = stillClock();
  const { context } = await testKeyServer(t, clock);
  const policy = { siteDays: 90, terminalDays: 30, overlapMinutes: 5, proposalHours: 24 };
  for (const act of [{ kind: 'make-authority' }, { kind: 'change-policy', policy }] as const) {
    const proposed = await proposeRootAct(context, custodian('o-one'), act);
    assert.ok(proposed.ok);
    clock.advance(1_000);
    assert.equal(codeOf(await approveProposal(context, custodian('o-two'), proposed.value.id)), 'ok');
  }
  assert.deepEqual(await policyAt(context.sql, clock.now()), policy);
  assert.equal((await policyAt(context.sql, clock.now() - 1_000)).siteDays, 397);
  assert.deepEqual(
    (await nodeAuthorities(context)).map(({ generation }) => generation),
    [1, 2],
  );
  const rotated = await rotateSite(context, by('o-officer'), SITE);
  assert.ok(rotated.ok);
  assert.equal(rotated.value.notAfter - clock.now(), 90 * 86_400_000);
  assert.equal(rotated.value.overlapEnds, clock.now() + 5 * 60_000);
  const outside = { kind: 'change-policy', policy: { ...policy, siteDays: 826 } } as const;
  assert.equal(codeOf(await proposeRootAct(context, custodian('o-one'), outside)), 'policy-invalid');
});

test('planted: the key server’s own role cannot do a root act around the second person', async (t) => {
  const { context } = await testKeyServer(t, stillClock());
  const { sql } = context;
  const proposed = await proposeRootAct(context, custodian('o-one'), { kind: 'revoke-site', node: SITE });
  assert.ok(proposed.ok);
  const { id, expiresAt } = proposed.value;
  const approve = (operator: string, at: Date) => sql`
    UPDATE key_server.proposal SET approved_by = ${operator}, approved_for = 'x', approved_at = ${at} WHERE id = ${id}`;
  const now = new Date(context.clock.now());
  await assert.rejects(approve('o-one', now), constraint('two_persons'));
  await assert.rejects(approve('o-two', new Date(expiresAt)), constraint('approved_in_time'));
  const revoke = (proposal: string | null) => sql`
    UPDATE key_server.node SET revoked_at = ${now}, revoked_for = 'keyCompromise', proposal = ${proposal}
    WHERE name = ${SITE}`;
  const unapproved = constraint('approved_by_a_second_person');
  await assert.rejects(revoke(null), unapproved);
  await assert.rejects(revoke(id), unapproved);
  await assert.rejects(sql`INSERT INTO key_server.policy VALUES (${now}, 1, 1, 1, 1, ${id})`, unapproved);
  await assert.rejects(
    sql`INSERT INTO key_server.authority VALUES (2, 'k', '\\x00', NULL, ${now}, NULL)`,
    unapproved,
  );
  await assert.rejects(
    sql`
      INSERT INTO key_server.proposal (id, kind, proposed_by, proposed_for, proposed_at, expires_at, approved_by,
        approved_for, approved_at)
      VALUES (${randomUUID()}, 'make-authority', 'o-one', 'x', ${now}, ${new Date(expiresAt)}, 'o-two', 'x', ${now})`,
    constraint('approved_once'),
  );
  await assert.rejects(
    sql`UPDATE key_server.certificate SET ended_at = ${now}, ended_for = 'keyCompromise' WHERE node = ${SITE}`,
    constraint('ended_for_a_reason'),
  );
  await assert.rejects(
    sql`UPDATE key_server.certificate SET ended_at = ${now}, ended_for = 'superseded' WHERE node = ${SITE}`,
    constraint('ended_for_a_reason'),
  );
  const denied = { code: '42501' };
  await assert.rejects(sql`UPDATE key_server.proposal SET proposed_by = 'o-three' WHERE id = ${id}`, denied);
  for (const table of ['proposal', 'authority', 'policy', 'node', 'certificate', 'act', 'list'])
    await assert.rejects(sql.unsafe(`DELETE FROM key_server.${table}`), denied, table);
  await assert.rejects(sql`UPDATE key_server.act SET purpose = 'another'`, denied);
  await approve('o-two', now);
  await assert.rejects(approve('o-three', now), constraint('approved_once'));
  await revoke(id); // approved now: the same statement passes
});
