import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeSchema, inTransaction } from '@ishizue/db';
import { afterwards, databaseWith } from '../fixtures/test-sites.ts';
import { linkSchema, send } from './index.ts';

const LINK = 'town/1>centre:recorder';
const denied = { code: '42501' };

test('a system touches no table of links and calls only what is meant for it', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const sql = database.pool('recorder');
  const tables = ['site', 'link', 'counter', 'outbound', 'outbox', 'inbound', 'ahead', 'held', 'ticket'];
  const present = await database.pool('link')`
    SELECT tablename FROM pg_tables WHERE schemaname = 'link' ORDER BY tablename`;
  assert.deepEqual(
    present.map((row) => row['tablename']),
    tables.toSorted(),
  );
  for (const table of tables) {
    await assert.rejects(sql.unsafe(`SELECT * FROM link.${table}`), denied, table);
    await assert.rejects(sql.unsafe(`DELETE FROM link.${table}`), denied, table);
  }
  for (const call of [
    'lock_inbound(1)',
    `settle(1, '{}', '[]', '[]')`,
    `acknowledge('{1}', '{1}', '{}', '{}')`,
  ])
    await assert.rejects(sql.unsafe(`SELECT link.${call}`), denied, call);
});

test('a system receives only on links that end at it', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const calls = [
    `receive_begin(1, '{}')`,
    `receive_end(1, 5, '{}', '{}', NULL, NULL)`,
    'ticket_begin(1, 1)',
    `ticket_end(1, 1, 'dropped', 'x', NULL, NULL, '{}', '[]', '[]')`,
  ];
  for (const schema of ['stranger', 'link'])
    for (const call of calls)
      await assert.rejects(database.pool(schema).unsafe(`SELECT link.${call}`), denied, call);
  const own = await database.pool('recorder').unsafe(`SELECT * FROM link.receive_begin(1, '{}')`);
  assert.equal(own.count, 1);
});

test('the schema is as its description says', async (t) => {
  const database = await databaseWith(t, []);
  const superuser = database.superuser();
  afterwards(t, () => superuser.end());
  const kept = readFileSync(new URL('schema.txt', linkSchema.migrations), 'utf8');
  assert.equal(await describeSchema(superuser, linkSchema.schema), kept);
});

test('every system may send', async (t) => {
  const database = await databaseWith(t, [LINK]);
  await inTransaction(database.pool('stranger'), {}, (tx) =>
    send(tx, LINK, [{ subject: 'a', topic: 'note', body: null }]),
  );
  assert.equal((await database.pool('link')`SELECT seq FROM link.outbox`)[0]?.['seq'], 1);
});
