import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction, type Scope, type Sql } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import * as fc from 'fast-check';
import { type EntryRow, entryColumns, entryOf as entryIn } from './entry-rows.ts';
import type { LedgerEntry } from './leaf.ts';
import { ENTRIES_MAX, recordEntries, recordEntry } from './record-entries.ts';
import { entryOf, OWNERS, pseudonyms, record, SITE } from './testing/test-ledger.ts';

const denied = { code: '42501' };

async function entries(sql: Sql): Promise<LedgerEntry[]> {
  const rows = await sql<EntryRow[]>`SELECT ${entryColumns(sql)} FROM ledger.entry e ORDER BY era, tx, id`;
  return rows.map((row) => {
    const { salt, ...entry } = entryIn(row);
    assert.equal(salt.length, 16);
    return entry;
  });
}

test('entries are recorded in the order given, one or many, with all that they say', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const given = [
    entryOf('a'),
    entryOf('b', { fields: [], result: 'no-match', subject: null, terminal: '' }),
    entryOf('c', {
      fields: ['a "quoted" \\ item', '氏名', 'NULL', '{}', ','],
      at: Date.parse('1900-01-01T00:00:00.001Z'),
    }),
    entryOf('d', { actorKind: 'person', actor: pseudonyms.of(SITE, 'd').toString('hex') }),
    entryOf('e', { actorKind: 'system', actor: 'jpki' }),
  ];
  await record(database, ...given);
  for (const entry of given) await record(database, entry);
  await record(database);
  assert.deepEqual(await entries(database.pool('ledger')), [...given, ...given]);
});

test('a transaction writes entries of its own site only, by both statements, and without a site none', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const [own, other] = [entryOf('a'), entryOf('b', { site: 'national' })];
  const write = (schema: string, scope: Scope, given: readonly LedgerEntry[]): Promise<void> =>
    inTransaction(database.pool(schema), scope, (tx) => recordEntries(tx, given));
  for (const schema of ['counter', 'ledger']) {
    for (const given of [[other], [own, other], [other, own], [other, other]])
      await assert.rejects(write(schema, { site: SITE }, given), denied);
    for (const scope of [{}, { site: '' }, { site: 'municipal/13101' }])
      for (const given of [[own], [own, own]]) await assert.rejects(write(schema, scope, given), denied);
  }
  assert.deepEqual(await entries(database.pool('ledger')), []);
  await write('counter', { site: SITE }, [own, own]);
  await write('counter', { site: 'national' }, [other]);
  assert.deepEqual(await entries(database.pool('ledger')), [own, own, other]);
});

test('any texts within the bounds come back as they were given, by both statements', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 15 })
    .filter(
      (one) =>
        !one.includes('\0') && one.isWellFormed() && Buffer.byteLength(one) <= 60 && !/\d{3}/u.test(one),
    );
  const entry = fc
    .record({
      terminal: text,
      article: text,
      actor: text,
      fields: fc.array(text, { maxLength: 4 }),
      at: fc.integer({ min: 0, max: 4e12 }),
    })
    .map((more) => entryOf('a', { ...more }));
  const sql = database.pool('ledger');
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 3 }), async (given) => {
      const before = (await entries(sql)).length;
      await record(database, ...given);
      assert.deepEqual((await entries(sql)).slice(before), given);
    }),
    { numRuns: 40 },
  );
});

test('an entry and the change that it tells of are there together or not at all', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('counter');
  const visit = (id: number, work: () => void) =>
    inTransaction(sql, { site: SITE }, async (tx) => {
      await tx`INSERT INTO counter.visit VALUES (${id})`;
      await recordEntry(tx, entryOf(`person ${id}`));
      work();
    });
  await visit(1, () => undefined);
  await assert.rejects(
    visit(2, () => {
      throw new Error('the certificate could not be made');
    }),
    /could not be made/,
  );
  assert.deepEqual(
    (await sql`SELECT id FROM counter.visit`).map(({ id }) => Number(id)),
    [1],
  );
  const [entry, ...more] = await entries(database.pool('ledger'));
  assert.deepEqual(entry?.subject, pseudonyms.of(SITE, 'person 1'));
  assert.equal(more.length, 0);
});

test('a system’s role can insert entries and nothing else', async (t) => {
  const database = await testDatabase(t, OWNERS);
  await record(database, entryOf('a'));
  const sql = database.pool('counter');
  await assert.rejects(sql`SELECT 1 FROM ledger.entry`, denied);
  await assert.rejects(sql`SELECT count(*) FROM ledger.entry`, denied);
  await assert.rejects(sql`UPDATE ledger.entry SET result = 'ok'`, denied);
  await assert.rejects(sql`DELETE FROM ledger.entry`, denied);
  await assert.rejects(sql`TRUNCATE ledger.entry`, denied);
  await assert.rejects(sql`INSERT INTO ledger.entry DEFAULT VALUES RETURNING id`, denied);
  for (const table of ['bundle', 'tile', 'checkpoint', 'era'])
    await assert.rejects(sql.unsafe(`SELECT 1 FROM ledger.${table}`), denied, table);
  await assert.rejects(sql`INSERT INTO ledger.tile VALUES ('national', 0, 0, 1, '')`, denied);
});

test('a system cannot choose an entry’s place in the tree, its id or its salt', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const sql = database.pool('counter');
  for (const column of ['era', 'tx', 'id', 'salt'])
    await assert.rejects(
      sql.unsafe(
        `INSERT INTO ledger.entry (site, ${column}) OVERRIDING SYSTEM VALUE VALUES ('national', NULL)`,
      ),
      denied,
      column,
    );
});

test('the ledger’s own role can neither change nor remove entries, checkpoints or the era', async (t) => {
  const database = await testDatabase(t, OWNERS);
  await record(database, entryOf('a'));
  const sql = database.pool('ledger');
  await assert.rejects(sql`UPDATE ledger.entry SET result = 'refused'`, denied);
  await assert.rejects(sql`DELETE FROM ledger.entry`, denied);
  await assert.rejects(sql`TRUNCATE ledger.entry`, denied);
  await assert.rejects(sql`UPDATE ledger.checkpoint SET size = 1`, denied);
  await assert.rejects(sql`DELETE FROM ledger.checkpoint`, denied);
  await assert.rejects(sql`DELETE FROM ledger.tile`, denied);
  await assert.rejects(sql`UPDATE ledger.era SET era = 7`, denied);
});

test('a number or a code in clear is refused in every text, and the error does not repeat it', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const texts = ['site', 'actor', 'terminal', 'article', 'affair', 'result', 'correlation'] as const;
  const numbers = ['12345678901', 'x-123456789018', '１２３４５６７８９０'];
  for (const number of numbers) {
    const refused = [
      ...texts.map((name) =>
        entryOf('a', { [name]: name === 'affair' || name === 'result' ? `x${number}` : number }),
      ),
      entryOf('a', { fields: ['name', number] }),
    ];
    for (const entry of refused) {
      for (const given of [[entry], [entryOf('b'), entry]]) {
        await assert.rejects(record(database, ...given), (error: Error) => {
          assert.match(error.message, /out of bounds or holds a number in clear/);
          assert.equal(error.cause, undefined);
          assert.ok(!JSON.stringify(Object.entries(error)).includes(number));
          return true;
        });
      }
    }
  }
  assert.equal((await entries(database.pool('ledger'))).length, 0);
});

test('random identifiers may hold ten digits in a row, dates and nine digits may stand anywhere', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const uuid = '123e4567-e89b-42d3-a456-123456789012';
  const trace = '00000000000000000000001234567890';
  const pseudonym = `${'1234567890'.repeat(6)}abcd`;
  await record(
    database,
    entryOf('a', { correlation: uuid, actor: uuid, terminal: uuid }),
    entryOf('a', { correlation: trace, actorKind: 'person', actor: pseudonym }),
    entryOf('a', { article: '令和8年11月22日 2026-11-22 123456789', terminal: 'municipal/131016-0001' }),
  );
  assert.equal((await entries(database.pool('ledger'))).length, 3);
});

test('what is out of bounds is refused', async (t) => {
  const database = await testDatabase(t, OWNERS);
  const refused: Partial<LedgerEntry>[] = [
    { site: '' },
    { site: 'x'.repeat(65) },
    { actor: '' },
    { actorKind: 'person', actor: 'Yamada' },
    { article: '第'.repeat(67) },
    { affair: 'Not Kebab' },
    { affair: '' },
    { result: '' },
    { result: 'refused because…' },
    { correlation: '' },
    { correlation: 'c'.repeat(65) },
    { subject: Buffer.alloc(31) },
    { subject: Buffer.alloc(0) },
    { fields: Array.from({ length: 65 }, () => 'x') },
    { fields: ['x'.repeat(2001)] },
    { at: Date.parse('+010000-01-01T00:00:00Z') },
    { at: Date.parse('1899-12-31T23:59:59.999Z') },
  ];
  for (const more of refused) {
    const wrong = { ...entryOf('a'), ...more };
    for (const given of [[wrong], [wrong, wrong]])
      await assert.rejects(record(database, ...given), /out of bounds/, JSON.stringify(more).slice(0, 80));
  }
  await assert.rejects(
    record(database, ...Array.from({ length: ENTRIES_MAX + 1 }, () => entryOf('a'))),
    /entries in one statement/,
  );
  for (const at of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    await assert.rejects(record(database, entryOf('a', { at })), `${at}`);
    await assert.rejects(record(database, entryOf('a', { at }), entryOf('b')), `${at}`);
  }
  assert.equal((await entries(database.pool('ledger'))).length, 0);
});
