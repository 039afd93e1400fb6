import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import { readHousehold, residentCodeOf } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import { atAllTiers, forCards, HARUKA, heldOf, houseWith, leave } from '../house-for-test.ts';
import { findOverseasPerson, findOverseasPersonAtPrefecture } from './find-overseas-person.ts';

test('an overseas mover is found after the residence record has died, for affairs of overseas movers alone', async (t) => {
  const house = await houseWith(t);
  const { context, country } = house;
  const early = await findOverseasPerson(context, forCards, HARUKA);
  assert.equal(early.ok ? '' : early.failure.code, 'not-an-overseas-mover');
  await house.record(KIYOSE, leave);
  assert.deepEqual(
    await heldOf(house.sql, HARUKA),
    atAllTiers({ state: 'current', address: null, overseas: true }),
  );
  const [entry] = await house.sql`SELECT address_fixed_on AS departure FROM overseas.municipal_entry`;
  assert.equal(entry?.['departure'], '2026-11-18');
  const household = await readHousehold(country.context, KIYOSE, testAccess, HARUKA, 'household');
  assert.equal(household.ok, false, 'the residence record is alive');

  const mover = { municipality: KAMAKURA, name: '石川　遥', birthDate: '1980-02-17', sex: 2 };
  const found = await findOverseasPerson(context, forCards, HARUKA);
  assert.deepEqual(found.ok && found.value, { residentCode: HARUKA, ...mover });
  const atPrefecture = await findOverseasPersonAtPrefecture(context, '14', forCards, HARUKA);
  assert.deepEqual(atPrefecture.ok && atPrefecture.value, mover, 'without the resident code');

  const refusalOf = async (...[access, code, prefecture]: [typeof testAccess, string, string?]) => {
    const answer =
      prefecture === undefined
        ? await findOverseasPerson(context, access, code)
        : await findOverseasPersonAtPrefecture(context, prefecture, access, code);
    return answer.ok ? 'found' : answer.failure.code;
  };
  assert.equal(await refusalOf(testAccess, HARUKA), 'affair-not-permitted');
  assert.equal(await refusalOf(testAccess, HARUKA, '14'), 'affair-not-permitted');
  assert.equal(await refusalOf(forCards, HARUKA, '13'), 'person-unknown', 'Tokyo holds no entry');
  assert.equal(await refusalOf(forCards, residentCodeOf('0000000001')), 'person-unknown');
  const before = { ...context, clock: new ManualClock('2024-05-26T01:00:00Z') };
  const premature = await findOverseasPerson(before, forCards, HARUKA);
  assert.equal(premature.ok ? 'found' : premature.failure.code, 'affair-not-permitted', 'not in force yet');

  const looks = await house.sql<{ look: string }[]>`
    SELECT site || ' ' || result || ' ' || cardinality(fields) AS look FROM ledger.entry
    WHERE affair IN ('overseas-card', ${testAccess.affair}) AND article = ${forCards.article}
      OR result = 'affair-not-permitted' ORDER BY tx`;
  assert.deepEqual(
    looks.map(({ look }) => look),
    [
      'national not-an-overseas-mover 0',
      'national ok 4',
      'prefectural/14 ok 3',
      'national affair-not-permitted 0',
      'prefectural/14 affair-not-permitted 0',
      'prefectural/13 person-unknown 0',
      'national person-unknown 0',
      'national affair-not-permitted 0',
    ],
  );
});
