import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { sendAll } from '@ishizue/link';
import { residentCodeOf } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import { HARUKA, type House, houseWith, leave, moveIn, moveWithin, ticketsOf } from '../house-for-test.ts';
import { comparedTallies } from './compare-tallies.ts';
import { startTally } from './start-tally.ts';

const people = Array.from({ length: 20 }, (_, index) => ({
  resident_code: residentCodeOf(String(7_000_000_000 + index)),
  name: `石川　${'一二三四五六七八九十'[index % 10]}`,
}));

let runs = 0;

/** What prefecture and nation find in a comparison of Kamakura. */
async function compared(house: House): Promise<readonly (readonly unknown[])[]> {
  const runId = `run-${++runs}`;
  await startTally(house.context, KAMAKURA, testAccess, runId);
  await house.country.settle();
  const sites = await Promise.all(
    ['prefectural/14', 'national'].map((site) => comparedTallies(house.context, site)),
  );
  return sites.map((tallies) => {
    assert.deepEqual(
      tallies.map(({ municipality, runId: run }) => [municipality, run]),
      [[KAMAKURA, runId]],
    );
    return tallies.flatMap(({ toldEntries, heldEntries, isEqual }) => [toldEntries, heldEntries, isEqual]);
  });
}

test('tiers that agree have one digest, after loads, moves, a departure, a late notice and a death', async (t) => {
  const house = await houseWith(t, [], people);
  assert.deepEqual(await compared(house), [
    [21, 21, true],
    [21, 21, true],
  ]);
  await house.record(KIYOSE, moveWithin);
  await house.record(KIYOSE, leave);
  await house.record(KAMAKURA, moveIn);
  assert.deepEqual(await compared(house), [
    [21, 21, true],
    [21, 21, true],
  ]);
  await house.record(KAMAKURA, { reason: 'death', residentCode: HARUKA, eventDate: '2026-11-20' });
  assert.deepEqual(await compared(house), [
    [20, 20, true],
    [20, 20, true],
  ]);
  const entries = await house.sql<{ site: string }[]>`
    SELECT site FROM ledger.entry WHERE affair = 'reconciliation' AND result = 'equal'`;
  assert.equal(entries.length, 6);
});

test('whatever differs in one person is found, at the tier where it is', async (t) => {
  const house = await houseWith(t, [], people);
  const planted = [
    `UPDATE overseas.prefectural_person SET name = '別人'`,
    `UPDATE overseas.prefectural_person SET address = '東京都清瀬市元町'`,
    `UPDATE overseas.prefectural_person SET address = NULL, is_overseas = true`,
    `UPDATE overseas.prefectural_person SET birth_date = '1980-02-18'`,
    `UPDATE overseas.prefectural_person SET sex = 1`,
    `UPDATE overseas.prefectural_person SET state = 'deleted', retained_until = '2176-01-01'`,
    `UPDATE overseas.prefectural_person SET resident_code = '${residentCodeOf('7000000099')}'`,
  ];
  for (const statement of planted) {
    const [before] =
      await house.sql`SELECT * FROM overseas.prefectural_person WHERE resident_code = ${HARUKA}`;
    await house.sql.unsafe(`${statement} WHERE resident_code = '${HARUKA}'`);
    const [prefecture, nation] = await compared(house);
    assert.equal(prefecture?.[2], false, statement);
    assert.equal(nation?.[2], false, statement);
    await house.sql`DELETE FROM overseas.prefectural_person
      WHERE resident_code IN (${HARUKA}, ${residentCodeOf('7000000099')})`;
    await house.sql`INSERT INTO overseas.prefectural_person ${house.sql(before ?? {})}`;
  }
  assert.deepEqual(await compared(house), [
    [21, 21, true],
    [21, 21, true],
  ]);
  await house.sql`DELETE FROM overseas.national_person WHERE resident_code = ${HARUKA}`;
  assert.deepEqual(await compared(house), [
    [21, 21, true],
    [21, 20, false],
  ]);
});

test('a tally of another site’s municipality, or not in the agreed form, is parked', async (t) => {
  const house = await houseWith(t);
  const link = `municipal/${KIYOSE}>prefectural/13:overseas`;
  const tally = { municipality: KAMAKURA, runId: 'x', entries: 1, digest: '0'.repeat(32) };
  const bodies = [tally, { ...tally, municipality: KIYOSE, entries: -1 }];
  await inTransaction(house.context.sql, { site: `municipal/${KIYOSE}` }, (tx) =>
    sendAll(
      tx,
      bodies.map((body, index) => ({ link, subject: `hostile ${index}`, topic: 'overseas-tally', body })),
    ),
  );
  house.country.wake();
  await house.country.settle();
  assert.deepEqual(await ticketsOf(house), [
    `${link} municipality-not-of-site`,
    `${link} tally-body-invalid`,
  ]);
  assert.equal((await comparedTallies(house.context, 'prefectural/13')).length, 0);
});
