import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { audit } from './audit.ts';
import { entryOf, OWNERS, record, SITE, sealed, TestSigner, tamperer } from './testing/test-ledger.ts';

const clock = new ManualClock('2026-11-22T00:00:00Z');
const SIZE = 700; // three bundles, the last one partial, sealed at 300, 301 and 700
const UNSEALED = 20;

interface Case {
  readonly name: string;
  /** `ids` are the entries' ids by leaf index; those beyond the tree come last. */
  readonly tamper: (superuser: Sql, id: (index: number) => number) => Promise<unknown>;
  readonly code: string;
  readonly leafIndex: number;
}

const copyColumns =
  'site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation';

const cases: readonly Case[] = [
  {
    name: 'the actor of an entry is changed',
    tamper: (sql, id) => sql`UPDATE ledger.entry SET actor = 'somebody-else' WHERE id = ${id(411)}`,
    code: 'entry-altered',
    leafIndex: 411,
  },
  {
    name: 'a millisecond of an entry is changed',
    tamper: (sql, id) => sql`UPDATE ledger.entry SET at = at + interval '1 ms' WHERE id = ${id(0)}`,
    code: 'entry-altered',
    leafIndex: 0,
  },
  {
    name: 'the subject of an entry is removed',
    tamper: (sql, id) => sql`UPDATE ledger.entry SET subject = NULL WHERE id = ${id(699)}`,
    code: 'entry-altered',
    leafIndex: 699,
  },
  {
    name: 'the salt of an entry is changed',
    tamper: (sql, id) =>
      sql`UPDATE ledger.entry SET salt = decode(repeat('00', 16), 'hex') WHERE id = ${id(256)}`,
    code: 'entry-altered',
    leafIndex: 256,
  },
  {
    name: 'an entry is taken out',
    tamper: (sql, id) => sql`DELETE FROM ledger.entry WHERE id = ${id(255)}`,
    code: 'entry-missing',
    leafIndex: 255,
  },
  {
    name: 'the first entry is taken out',
    tamper: (sql, id) => sql`DELETE FROM ledger.entry WHERE id = ${id(0)}`,
    code: 'entry-missing',
    leafIndex: 0,
  },
  {
    name: 'the last sealed entry is taken out',
    tamper: (sql, id) => sql`DELETE FROM ledger.entry WHERE id = ${id(SIZE - 1)}`,
    code: 'entry-missing',
    leafIndex: SIZE - 1,
  },
  {
    name: 'all entries are taken out',
    tamper: (sql) => sql`DELETE FROM ledger.entry`,
    code: 'entry-missing',
    leafIndex: 0,
  },
  {
    name: 'an entry is moved behind the sealed ones, to be sealed again as new',
    tamper: (sql, id) => sql`UPDATE ledger.entry SET tx = '99999999' WHERE id = ${id(SIZE - 1)}`,
    code: 'order-changed',
    leafIndex: SIZE - 1,
  },
  {
    name: 'an entry is moved in front of all',
    tamper: (sql, id) => sql`UPDATE ledger.entry SET tx = '1' WHERE id = ${id(450)}`,
    code: 'order-changed',
    leafIndex: 0,
  },
  {
    name: 'two entries change places',
    tamper: (sql, id) => sql`
      UPDATE ledger.entry e SET tx = o.tx FROM ledger.entry o
      WHERE (e.id, o.id) IN ((${id(100)}::bigint, ${id(600)}::bigint), (${id(600)}::bigint, ${id(100)}::bigint))`,
    code: 'order-changed',
    leafIndex: 100,
  },
  {
    name: 'an entry is put among the sealed ones',
    tamper: (sql) =>
      sql.unsafe(`INSERT INTO ledger.entry (${copyColumns}, tx)
      SELECT ${copyColumns}, '1' FROM ledger.entry ORDER BY id LIMIT 1`),
    code: 'entry-added',
    leafIndex: 0,
  },
  {
    name: 'an entry is put before the last sealed one',
    tamper: (sql, id) =>
      sql.unsafe(`INSERT INTO ledger.entry (${copyColumns}, tx, id) OVERRIDING SYSTEM VALUE
      SELECT ${copyColumns}, tx, 0 FROM ledger.entry WHERE id = ${id(SIZE - 1)}`),
    code: 'entry-added',
    leafIndex: 301, // its transaction wrote leaves 301 to 699
  },
  {
    name: 'a leaf hash in a tile is changed',
    tamper: (sql) => sql`
      UPDATE ledger.tile SET hashes = set_byte(hashes, 3 * 32, get_byte(hashes, 3 * 32) # 1) WHERE level = 0 AND n = 1`,
    code: 'tile-altered',
    leafIndex: 256 + 3,
  },
  {
    name: 'a hash of an upper tile is changed',
    tamper: (sql) => sql`
      UPDATE ledger.tile SET hashes = set_byte(hashes, 32, get_byte(hashes, 32) # 1) WHERE level = 1`,
    code: 'tile-altered',
    leafIndex: 256,
  },
  {
    name: 'a tile is removed',
    tamper: (sql) => sql`DELETE FROM ledger.tile WHERE level = 0 AND n = 2`,
    code: 'tile-altered',
    leafIndex: 512,
  },
  {
    name: 'a bundle begins elsewhere',
    tamper: (sql) => sql`UPDATE ledger.bundle SET first_id = first_id + 1 WHERE n = 1`,
    code: 'bundle-altered',
    leafIndex: 256,
  },
  {
    name: 'a bundle is removed',
    tamper: (sql) => sql`DELETE FROM ledger.bundle WHERE n = 2`,
    code: 'bundle-altered',
    leafIndex: 512,
  },
  {
    name: 'a checkpoint’s root is changed',
    tamper: (sql) =>
      sql`UPDATE ledger.checkpoint SET root = set_byte(root, 0, get_byte(root, 0) # 1) WHERE size = 301`,
    code: 'checkpoint-altered',
    leafIndex: 300,
  },
  {
    name: 'a checkpoint’s note is another’s',
    tamper: (sql) => sql`
      UPDATE ledger.checkpoint SET note = (SELECT note FROM ledger.checkpoint WHERE size = 300) WHERE size = 301`,
    code: 'checkpoint-altered',
    leafIndex: 300,
  },
];

for (const { name, tamper, code, leafIndex } of cases) {
  test(`the audit finds ${code} at leaf ${leafIndex} when ${name}`, async (t) => {
    const database = await testDatabase(t, OWNERS);
    const sql = database.pool('ledger');
    const signer = new TestSigner();
    let recorded = 0;
    for (const count of [300, 1, SIZE - 301]) {
      await record(
        database,
        ...Array.from({ length: count }, (_, index) => entryOf(`person ${recorded + index}`)),
      );
      recorded += count;
      await sealed(sql, signer, clock);
    }
    await record(database, ...Array.from({ length: UNSEALED }, () => entryOf('not sealed yet')));
    const keys = [signer.keyOf(SITE)];
    assert.deepEqual(await audit(sql, SITE, keys), { ok: true, value: { size: SIZE, checkpoints: 3 } });
    const superuser = tamperer(database, t);
    const ids = (await superuser<{ id: number }[]>`SELECT id FROM ledger.entry ORDER BY era, tx, id`).map(
      ({ id }) => id,
    );
    await tamper(superuser, (index) => ids[index] ?? 0);
    const outcome = await audit(sql, SITE, keys);
    assert.ok(!outcome.ok, 'the audit found nothing');
    assert.deepEqual([outcome.failure.code, outcome.failure.leafIndex], [code, leafIndex]);
  });
}

test('entries, tiles and root rewritten together are caught by the signature, which cannot be', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const [signer, forger] = [new TestSigner(), new TestSigner()];
  await record(database, ...Array.from({ length: 50 }, (_, index) => entryOf(`person ${index}`)));
  await sealed(sql, signer, clock);
  const superuser = tamperer(database, t);
  await superuser`DELETE FROM ledger.entry WHERE id = (SELECT min(id) FROM ledger.entry)`;
  await superuser`TRUNCATE ledger.tile, ledger.bundle, ledger.checkpoint`;
  await sealed(sql, forger, clock);
  assert.deepEqual(await audit(sql, SITE, [forger.keyOf(SITE)]), {
    ok: true,
    value: { size: 49, checkpoints: 1 },
  });
  const outcome = await audit(sql, SITE, [signer.keyOf(SITE)]);
  assert.equal(outcome.ok ? '' : outcome.failure.code, 'checkpoint-altered');
});

test('entries and tiles rewritten together do not lead to the signed root', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  const [signer, forger] = [new TestSigner(), new TestSigner()];
  await record(database, ...Array.from({ length: 50 }, (_, index) => entryOf(`person ${index}`)));
  await sealed(sql, signer, clock);
  const superuser = tamperer(database, t);
  await superuser`CREATE TABLE public.kept AS SELECT * FROM ledger.checkpoint`;
  await superuser`UPDATE ledger.entry SET actor = 'x' WHERE id = (SELECT min(id) FROM ledger.entry)`;
  await superuser`TRUNCATE ledger.tile, ledger.bundle, ledger.checkpoint`;
  await sealed(sql, forger, clock);
  await superuser`UPDATE ledger.checkpoint c SET root = k.root, note = k.note FROM public.kept k WHERE k.size = c.size`;
  const outcome = await audit(sql, SITE, [signer.keyOf(SITE)]);
  assert.deepEqual(outcome.ok ? [] : [outcome.failure.code, outcome.failure.leafIndex], ['root-differs', 0]);
});

test('a ledger that was never sealed has nothing to audit, and entries after the last checkpoint are not judged', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('ledger');
  await record(database, entryOf('a'));
  assert.deepEqual(await audit(sql, SITE), { ok: true, value: { size: 0, checkpoints: 0 } });
});
