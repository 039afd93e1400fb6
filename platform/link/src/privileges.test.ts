import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction, type Scope } from '@ishizue/db';
import { afterwards, databaseWith } from '../fixtures/test-sites.ts';
import { send, sendAll } from './index.ts';

const LINK = 'town/1>centre:recorder';
const denied = { code: '42501' };

test('a system touches no table of links and calls only what is meant for it', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const sql = database.pool('recorder');
  const tables = [
    'site',
    'site_key',
    'key_keeper',
    'sender',
    'link',
    'counter',
    'outbound',
    'outbox',
    'inbound',
    'ahead',
    'held',
    'ticket',
  ];
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
    'demand_key_keeper()',
    `end_keys('town/1', NULL, now())`,
    `sign_with('town/1', '\\x00')`,
    `settle(1, '{}', '[]', '[]')`,
    `acknowledge('{1}', '{1}', '{}', '{}')`,
  ])
    await assert.rejects(sql.unsafe(`SELECT link.${call}`), denied, call);
});

test('a system receives only on links that end at it', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const calls = [
    `receive_begin(1, '{}', now())`,
    `receive_end(1, 5, '{}', '{}', NULL, NULL)`,
    'ticket_begin(1, 1)',
    `ticket_end(1, 1, 'dropped', 'x', NULL, NULL, '{}', '[]', '[]')`,
  ];
  for (const schema of ['stranger', 'link'])
    for (const call of calls)
      await assert.rejects(database.pool(schema).unsafe(`SELECT link.${call}`), denied, call);
  const own = await database.pool('recorder').unsafe(`SELECT * FROM link.receive_begin(1, '{}', now())`);
  assert.equal(own.count, 1);
});

test('a system sends for the site that its transaction names, on its own links and on those it is declared for', async (t) => {
  const [own, towards, elsewhere] = [
    'town/1>centre:recorder',
    'town/1>centre:stranger',
    'town/2>centre:recorder',
  ];
  const database = await databaseWith(t, [own, towards, elsewhere]);
  const attempt = (system: string, site: string | undefined, links: readonly string[]): Promise<void> =>
    inTransaction(database.pool(system), site === undefined ? {} : { site }, (tx) =>
      sendAll(
        tx,
        links.map((link) => ({ link, subject: system, topic: 'note', body: null })),
      ),
    );
  await attempt('recorder', 'town/1', [own]);
  await attempt('stranger', 'town/1', [own, towards]);
  await attempt('stranger', 'town/2', [elsewhere]);
  const refusals: readonly (readonly [system: string, site: string | undefined, links: readonly string[]])[] =
    [
      ['recorder', 'town/1', [elsewhere]],
      ['recorder', 'town/1', [own, elsewhere]],
      ['recorder', 'town/1', [towards]],
      ['recorder', 'town/1', [own, towards]],
      ['recorder', 'centre', [own]],
      ['recorder', '', [own]],
      ['recorder', undefined, [own]],
      ['link', 'town/1', [own]],
    ];
  for (const [system, site, links] of refusals)
    await assert.rejects(
      attempt(system, site, links),
      { ...denied, message: /^link-sender-not-scope: ishizue_/ },
      `${system} at ${site} on ${links.join(' and ')}`,
    );
  const sent = await database.pool('link')`
    SELECT subject || ' ' || name AS line FROM link.outbox JOIN link.link ON id = link_id ORDER BY 1`;
  assert.deepEqual(
    sent.map((row) => row['line']),
    [`recorder ${own}`, `stranger ${own}`, `stranger ${towards}`, `stranger ${elsewhere}`],
  );
});

test('a scope ends with its transaction: the next on the same connection speaks for nobody', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const session = database.session('recorder');
  afterwards(t, () => session.end());
  const attempt = (scope: Scope): Promise<void> =>
    inTransaction(session, scope, (tx) => send(tx, LINK, [{ subject: 'a', topic: 'note', body: null }]));
  await attempt({ site: 'town/1' });
  await assert.rejects(attempt({}), denied);
});

test('no role that logs in declares a sender', async (t) => {
  const database = await databaseWith(t, []);
  for (const system of ['recorder', 'link'])
    for (const pair of [`'recorder', 'stranger'`, `'recorder', 'recorder'`, `'link', 'recorder'`])
      await assert.rejects(
        database.pool(system).unsafe(`INSERT INTO link.sender (system, to_system) VALUES (${pair})`),
        denied,
        `${system} declares ${pair}`,
      );
  const superuser = database.superuser();
  afterwards(t, () => superuser.end());
  const rows = await superuser`SELECT system, to_system FROM link.sender`;
  assert.deepEqual([...rows], [{ system: 'stranger', to_system: 'recorder' }]);
});

test('a system’s migrations declare what concerns it, and no pair of others', async (t) => {
  const database = await databaseWith(t, []);
  const superuser = database.superuser();
  afterwards(t, () => superuser.end());
  const declare = (pair: string): Promise<unknown> =>
    superuser.begin((tx) =>
      tx.unsafe(
        `SET LOCAL ROLE ishizue_recorder_owner; INSERT INTO link.sender (system, to_system) VALUES (${pair})`,
      ),
    );
  await declare(`'recorder', 'third'`);
  await declare(`'third', 'recorder'`);
  await assert.rejects(declare(`'stranger', 'third'`), denied);
});
