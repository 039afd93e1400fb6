import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { inOneTrip } from './in-one-trip.ts';
import { testDatabase } from './testing/index.ts';
import { ownerWith } from './testing/owner-with.ts';
import { inTransaction } from './transaction.ts';

const owner = ownerWith('traveller', { '0001-step.sql': 'CREATE TABLE step (id int PRIMARY KEY);' });

test('statements begun together run in their order', async (t) => {
  const sql = (await testDatabase(t, [owner])).pool('traveller');
  const rows = await inTransaction(sql, {}, async (tx) => {
    const insert = tx`INSERT INTO traveller.step VALUES (1)`.execute();
    const count = tx`SELECT id FROM traveller.step`.execute();
    await inOneTrip([insert, count]);
    return (await count).count;
  });
  assert.equal(rows, 1);
});

test('where one fails nothing of the others follows the rollback', async (t) => {
  const sql = (await testDatabase(t, [owner])).pool('traveller');
  const attempt = inTransaction(sql, {}, async (tx) => {
    const twoSteps = async (): Promise<void> => {
      await tx`SELECT 1`.catch(() => undefined);
      await setImmediate(); // by now a rollback would be on its way
      await tx`INSERT INTO traveller.step VALUES (2)`;
    };
    const failing = async (): Promise<void> => {
      await tx`SELECT 1 / 0`;
    };
    await inOneTrip([failing(), twoSteps()]);
  });
  await assert.rejects(attempt, { code: '22012' });
  assert.equal((await sql`SELECT id FROM traveller.step`).count, 0);
});
