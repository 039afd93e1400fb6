import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.ts';
import { testDatabase } from './testing/index.ts';
import { ownerWith } from './testing/owner-with.ts';
import { inTransaction } from './transaction.ts';
import { isTransient } from './transient.ts';

const lateSchema = ownerWith('recorder', { '0001-late.sql': 'CREATE TABLE late (id int);' });

const INSERT = 'INSERT INTO recorder.late VALUES';

/** Rows left by the transactions, once the pool answers again: the driver may give a late error to the next query. */
async function rowsOf(database: Database): Promise<number> {
  const sql = database.pool('recorder');
  await sql`SELECT 1`.catch(() => undefined);
  return (await sql`SELECT id FROM recorder.late`).count;
}

test('a server that ends the session in the middle of a query leaves an error to catch and a pool that works', async (t) => {
  const database = await testDatabase(t, [lateSchema]);
  const sql = database.pool('recorder');
  for (let round = 1; round <= 3; round++) {
    const attempt = inTransaction(sql, {}, async (tx) => {
      await tx.unsafe(`${INSERT} (${round})`);
      await tx.savepoint((inner) => inner`SELECT pg_terminate_backend(pg_backend_pid())`);
    });
    await assert.rejects(attempt, (error) => isTransient(error));
    assert.equal(await rowsOf(database), 0);
  }
});

test('work that goes on after its session ended reaches nobody else’s transaction', async (t) => {
  const database = await testDatabase(t, [lateSchema]);
  const sql = database.pool('recorder');
  const killer = database.superuser();
  t.after(() => killer.end());
  const attempt = inTransaction(sql, {}, async (tx) => {
    const [row] = await tx<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    await killer`SELECT pg_terminate_backend(${row?.pid ?? 0})`;
    await sleep(50);
    // the pool takes the connection's place for others meanwhile
    await Promise.all(Array.from({ length: 20 }, () => sql`SELECT pg_sleep(0.01)`.catch(() => undefined)));
    await tx.unsafe(`${INSERT} (1)`);
  });
  await assert.rejects(attempt, (error) => isTransient(error));
  await sleep(50);
  assert.equal(await rowsOf(database), 0);
});

test('an error that only looks like a lost connection ends the transaction as any other', async (t) => {
  const database = await testDatabase(t, [lateSchema]);
  const attempt = inTransaction(database.pool('recorder'), {}, async (tx) => {
    await tx.unsafe(`${INSERT} (1)`);
    throw Object.assign(new Error('of another connection'), { code: 'ECONNREFUSED' });
  });
  await assert.rejects(attempt, { code: 'ECONNREFUSED' });
  assert.equal(await rowsOf(database), 0);
});
