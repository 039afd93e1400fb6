import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { roleOf } from './schema-owner.ts';
import type { Sql } from './sql.ts';
import { testDatabase } from './testing/index.ts';
import { ownerWith } from './testing/owner-with.ts';
import { inTransaction } from './transaction.ts';
import { isTransient } from './transient.ts';

const owner = ownerWith('caller', { '0001-call.sql': 'CREATE TABLE call (id int PRIMARY KEY);' });
const ANSWER_MS = 2_000; // well below the driver's ten seconds for a connection

/** Sessions that ended unnoticed are found out one by one: each costs an error that says so. */
async function untilAnswered(sql: Sql): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      await sql`SELECT 1`;
      return;
    } catch (error) {
      assert.ok(isTransient(error), String(error));
    }
  }
  assert.fail('twenty errors in a row');
}

test('a pool whose sessions are ended again and again answers at once afterwards', async (t) => {
  const database = await testDatabase(t, [owner]);
  const sql = database.pool('caller');
  const killer = database.superuser();
  t.after(() => killer.end());
  for (let round = 0; round < 25; round++) {
    const storm = Promise.allSettled(
      Array.from({ length: 40 }, async (_, index) => {
        await sleep(index % 8);
        for (let call = 0; call < 5; call++) await sql`SELECT ${call}::int`;
      }),
    );
    await sleep(round % 8);
    await killer`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ${roleOf('caller')}`;
    for (const settled of await storm)
      if (settled.status === 'rejected') assert.ok(isTransient(settled.reason), String(settled.reason));
    const began = performance.now();
    await untilAnswered(sql);
    assert.ok(performance.now() - began < ANSWER_MS, `round ${round}`);
  }
  const began = performance.now();
  await sql.end({ timeout: 5 });
  assert.ok(performance.now() - began < ANSWER_MS, 'the pool ends without waiting for its time limit');
});

test('a transaction on another connection outlives the loss of one', async (t) => {
  const database = await testDatabase(t, [owner]);
  const sql = database.pool('caller');
  const killer = database.superuser();
  t.after(() => killer.end());
  await inTransaction(sql, {}, async (tx) => {
    await tx`INSERT INTO caller.call VALUES (1)`;
    const victim = sql`SELECT pg_terminate_backend(pg_backend_pid())`;
    await assert.rejects(victim, (error) => isTransient(error));
    await sql`INSERT INTO caller.call VALUES (2)`;
    await tx`INSERT INTO caller.call VALUES (3)`;
  });
  const rows = await sql<{ id: number }[]>`SELECT id FROM caller.call ORDER BY id`;
  assert.deepEqual(
    rows.map(({ id }) => id),
    [1, 2, 3],
  );
});

test('work that asks once more at the very moment its session ends leaves an error, and the process', async (t) => {
  const database = await testDatabase(t, [owner]);
  const sql = database.pool('caller');
  const attempt = inTransaction(sql, {}, async (tx) => {
    await tx`SELECT pg_terminate_backend(pg_backend_pid())`.catch(() => undefined);
    await tx`INSERT INTO caller.call VALUES (1)`;
  });
  await assert.rejects(attempt, (error) => isTransient(error));
  await untilAnswered(sql);
  assert.equal((await sql`SELECT id FROM caller.call`).count, 0);
});

test('an ended pool refuses work', async (t) => {
  const database = await testDatabase(t, [owner]);
  const sql = database.session('caller');
  await sql`SELECT 1`;
  await sql.end();
  await assert.rejects(async () => await sql`SELECT 1`, { code: 'CONNECTION_ENDED' });
});
