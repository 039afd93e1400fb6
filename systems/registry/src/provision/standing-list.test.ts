import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { testAccess } from '../testing/index.ts';
import { setAgencyStatus } from './agencies.ts';
import {
  BANKS,
  codeOf,
  PENSION,
  provisionEntries,
  provisioning,
  transactionsEnded,
} from './provision-for-tests.ts';
import {
  acknowledgeChanges,
  addToStandingList,
  fetchChanges,
  openStandingList,
  removeFromStandingList,
  type StandingListOrder,
} from './standing-list.ts';

const ORDER: StandingListOrder = {
  agency: PENSION,
  listId: 'list-1',
  row: '77',
  affair: 'annex-1-77',
  items: ['address'],
};

/** Records a change as a tier does: the person's row first, and with it its lock. */
async function change(sql: Sql, nth: number, sequence: number): Promise<void> {
  await sql`UPDATE registry.national_person SET address = ${`address ${sequence}`} WHERE resident_code = ${codeOf(nth)}`;
  await sql`
    INSERT INTO registry.national_change (resident_code, municipality_code, sequence, reason, event_date, applied_at)
    VALUES (${codeOf(nth)}, '132217', ${sequence}, ${`change-${sequence}`}, '2026-11-01', now())`;
}

test('each later change of a listed person comes once, in order, and no other person’s', async (t) => {
  const { country, sql } = await provisioning(t, 4);
  const { context } = country;
  await change(sql, 0, 1); // before the list
  await transactionsEnded(sql);
  mustSucceed(await openStandingList(context, ORDER), 'the list');
  const added = await addToStandingList(context, PENSION, 'list-1', [codeOf(0), codeOf(1), codeOf(9)]);
  assert.equal(mustSucceed(added, 'added'), 2);
  for (const [nth, sequence] of [
    [0, 2],
    [2, 2],
    [1, 2],
    [0, 3],
  ] as const)
    await change(sql, nth, sequence);
  await transactionsEnded(sql);
  const page = mustSucceed(await fetchChanges(context, PENSION, 'list-1'), 'a page');
  assert.deepEqual(page.changes, [
    listed(0, 2, 'address 3'), // the items are those held now
    listed(1, 2, 'address 2'),
    listed(0, 3, 'address 3'),
  ]);
  const again = mustSucceed(await fetchChanges(context, PENSION, 'list-1'), 'not acknowledged');
  assert.deepEqual(again.changes, page.changes);
  mustSucceed(await acknowledgeChanges(context, PENSION, 'list-1', again.cursor), 'acknowledged');
  assert.deepEqual(mustSucceed(await fetchChanges(context, PENSION, 'list-1'), 'after').changes, []);
  assert.equal(
    mustSucceed(await removeFromStandingList(context, PENSION, 'list-1', [codeOf(0)]), 'removed'),
    1,
  );
  await change(sql, 0, 4);
  await change(sql, 1, 4);
  await transactionsEnded(sql);
  const rest = mustSucceed(await fetchChanges(context, PENSION, 'list-1'), 'after removal');
  assert.deepEqual(
    rest.changes.map(({ residentCode }) => residentCode),
    [codeOf(1)],
  );
  // fetched twice is provided twice; who was not found was asked for, and is on the ledger too
  assert.equal((await provisionEntries(sql)).length, 7);
  const [row] = await sql<{ count: number }[]>`
    SELECT count(*) AS count FROM ledger.entry WHERE starts_with(affair, 'standing-list')`;
  assert.equal(row?.count, 4);
});

const listed = (nth: number, sequence: number, address: string) => ({
  residentCode: codeOf(nth),
  changed: { reason: `change-${sequence}`, eventDate: '2026-11-01' },
  identity: { municipality: '132217', address },
});

test('a change that commits late is never passed over, and a person’s order is kept', async (t) => {
  const { country, sql } = await provisioning(t, 3);
  const { context } = country;
  mustSucceed(await openStandingList(context, ORDER), 'the list');
  mustSucceed(await addToStandingList(context, PENSION, 'list-1', [0, 1, 2].map(codeOf)), 'added');
  const late = await sql.reserve();
  await late`BEGIN`;
  await change(late, 1, 2); // has its transaction id first
  await change(sql, 0, 2); // a later id, committed at once
  const before = mustSucceed(await fetchChanges(context, PENSION, 'list-1'), 'while one is open');
  assert.deepEqual(before.changes, []);
  await change(late, 0, 3); // the same person by the earlier transaction, after the other one’s commit
  await late`COMMIT`;
  late.release();
  await transactionsEnded(sql);
  const page = mustSucceed(await fetchChanges(context, PENSION, 'list-1', before.cursor), 'afterwards');
  assert.deepEqual(
    page.changes.map(({ residentCode, changed }) => `${residentCode} ${changed.reason}`),
    [`${codeOf(1)} change-2`, `${codeOf(0)} change-2`, `${codeOf(0)} change-3`],
  );
});

test('long lists come in pages that fit together', async (t) => {
  const { country, sql } = await provisioning(t, 2);
  const { context } = country;
  mustSucceed(await openStandingList(context, ORDER), 'the list');
  mustSucceed(await addToStandingList(context, PENSION, 'list-1', [codeOf(0)]), 'added');
  await sql`
    INSERT INTO registry.national_change (resident_code, municipality_code, sequence, reason, event_date, applied_at)
    SELECT ${codeOf(0)}, '132217', n, 'change-' || n, '2026-11-01', now() FROM generate_series(1, 2500) n`;
  await transactionsEnded(sql);
  const reasons: string[] = [];
  const sizes: number[] = [];
  let cursor: string | undefined;
  for (let hasMore = true; hasMore; ) {
    const page = mustSucceed(await fetchChanges(context, PENSION, 'list-1', cursor), 'a page');
    reasons.push(...page.changes.map(({ changed }) => changed.reason));
    sizes.push(page.changes.length);
    ({ cursor, hasMore } = page);
    await change(sql, 0, 3_000 + sizes.length); // of the next window
  }
  assert.deepEqual(sizes, [1_000, 1_000, 500]);
  assert.deepEqual(
    reasons,
    Array.from({ length: 2_500 }, (_, index) => `change-${index + 1}`),
  );
  await transactionsEnded(sql);
  const next = mustSucceed(await fetchChanges(context, PENSION, 'list-1', cursor), 'the next window');
  assert.equal(next.changes.length, 3);
});

test('a list that is another’s, not permitted, suspended, or asked with a made-up cursor is refused', async (t) => {
  const { country, sql } = await provisioning(t, 1);
  const { context } = country;
  const codes: string[] = [];
  const note = (result: { ok: boolean; failure?: { code: string } }): void =>
    void codes.push(result.failure?.code ?? 'ok');
  note(await openStandingList(context, ORDER));
  note(await openStandingList(context, ORDER));
  note(await openStandingList(context, { ...ORDER, items: ['name'] }));
  note(await openStandingList(context, { ...ORDER, agency: BANKS }));
  note(await fetchChanges(context, BANKS, 'list-1'));
  for (const cursor of ['', '1.2', '5.4.0', '1.999999999999999999.0', "1.1.0'"])
    note(await fetchChanges(context, PENSION, 'list-1', cursor));
  note(await acknowledgeChanges(context, PENSION, 'list-1', '1.999999999999999999.0'));
  mustSucceed(await setAgencyStatus(context, testAccess, PENSION, 'suspended'), 'suspended');
  note(await fetchChanges(context, PENSION, 'list-1'));
  assert.deepEqual(codes, [
    'ok',
    'ok',
    'list-id-reused',
    'provision-not-permitted',
    'list-unknown',
    ...Array.from({ length: 6 }, () => 'cursor-invalid'),
    'agency-suspended',
  ]);
  assert.deepEqual(
    (await provisionEntries(sql)).map(({ actor, result }) => `${actor} ${result}`),
    [`${BANKS} provision-not-permitted`, `${PENSION} agency-suspended`],
  );
});
