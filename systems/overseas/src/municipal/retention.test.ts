import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { KAMAKURA, KIYOSE } from '@ishizue/registry/testing';
import { HARUKA, houseWith } from '../house-for-test.ts';

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
