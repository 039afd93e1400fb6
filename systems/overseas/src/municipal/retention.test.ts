import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { deleteDue } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import { HARUKA, houseWith } from '../house-for-test.ts';
import { keptEntries } from '../retention/kept-entries.ts';

test('a deleted entry is kept 150 years from its deletion, and neither it nor its history goes before', async (t) => {
  const house = await houseWith(t);
  const { sql, context } = house;
  const until = async (): Promise<unknown> =>
    (await sql`SELECT retained_until::text AS until FROM overseas.municipal_entry`)[0]?.['until'];
  const strike = (): Promise<readonly number[]> =>
    inTransaction(context.sql, { site: `municipal/${KAMAKURA}` }, async (tx) => [
      (await tx`DELETE FROM overseas.municipal_change`).count,
      (await tx`DELETE FROM overseas.municipal_entry`).count,
    ]);
  assert.equal(await until(), null);
  assert.deepEqual(await strike(), [0, 0], 'a current entry');
  await house.record(KIYOSE, { reason: 'death', residentCode: HARUKA, eventDate: '2026-11-18' });
  assert.equal(await until(), '2176-11-20', 'from the day on which the entry was deleted');
  assert.deepEqual(await strike(), [0, 0], 'before its day');
  await assert.rejects(sql`UPDATE overseas.municipal_entry SET retained_until = NULL`, /deleted_is_retained/);
  await sql`UPDATE overseas.municipal_entry SET retained_until = '2020-01-01'`;
  assert.deepEqual(await strike(), [2, 1], 'after its day');
});

test('prefecture and nation keep a deleted entry’s data as long, and the acts of retention delete it at each site', async (t) => {
  const house = await houseWith(t);
  const { sql, context } = house;
  const sites = [`municipal/${KAMAKURA}`, 'prefectural/14', 'national'].map(keptEntries);
  const untilOf = async (): Promise<readonly unknown[]> => {
    const rows: unknown[] = [];
    for (const { table } of sites)
      rows.push((await sql`SELECT retained_until::text AS until FROM ${sql(table)}`)[0]?.['until']);
    return rows;
  };
  assert.deepEqual(await untilOf(), [null, null, null]);
  await house.record(KIYOSE, { reason: 'death', residentCode: HARUKA, eventDate: '2026-11-18' });
  assert.deepEqual(await untilOf(), ['2176-11-20', '2176-11-20', '2176-11-20']);
  const deleteAll = async (): Promise<readonly number[]> => {
    const deleted: number[] = [];
    for (const records of sites) deleted.push(await deleteDue(context, testAccess, records));
    return deleted;
  };
  assert.deepEqual(await deleteAll(), [0, 0, 0], 'before the day');
  for (const { site, table, parts } of sites) {
    await assert.rejects(sql`UPDATE ${sql(table)} SET retained_until = NULL`, /deleted_is_retained/);
    await inTransaction(context.sql, { site }, async (tx) => {
      for (const one of [...parts, table]) assert.equal((await tx`DELETE FROM ${tx(one)}`).count, 0, one);
    });
    await sql`UPDATE ${sql(table)} SET retained_until = '2020-01-01'`;
  }
  assert.deepEqual(await deleteAll(), [1, 1, 1]);
  for (const { table, parts } of sites)
    for (const one of [...parts, table]) assert.equal((await sql`SELECT FROM ${sql(one)}`).length, 0, one);
  const entries = await sql`SELECT site FROM ledger.entry WHERE affair = 'retention' ORDER BY id`;
  assert.deepEqual(
    entries.map((row) => row['site']),
    sites.map(({ site }) => site),
  );
});
