/** Numbers of persons whose code changes hands on several links at once. Flow: docs/flows/code-change.md. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction } from '@ishizue/db';
import { openTickets, sendAll } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import { type CounterEvent, recordEvent, type SealedNumber } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, samplePerson, testAccess, testNumberCipher } from '@ishizue/registry/testing';
import { reviewWaiting } from './requests/review-waiting.ts';
import {
  type NumberingCountry,
  numberingCountry,
  storedNumbers,
  whileHeld,
} from './testing/numbering-country.ts';

const LINK = `municipal/${KIYOSE}>national:numbering`;

/** Fills a store of codes by the way that they really come. */
async function giveCodesTo({ country }: NumberingCountry, municipality: string): Promise<void> {
  const body = { requestId: 'store', municipality, count: 60 };
  const link = `municipal/${municipality}>national:registry`;
  await inTransaction(country.context.sql, { site: `municipal/${municipality}` }, (tx) =>
    sendAll(tx, [{ link, subject: municipality, topic: 'resident-code-request', body }]),
  );
  country.wake();
  await country.settle();
}

test('a number asked for by a new code waits where the change has not been heard of, and is the number of the person', async (t) => {
  const house = await numberingCountry(t);
  const { country, superuser } = house;
  for (const municipality of [KIYOSE, KAMAKURA]) await giveCodesTo(house, municipality);
  const record = async (municipality: string, event: CounterEvent): Promise<string> => {
    const requestId = `${municipality} ${event.reason}`;
    const recorded = await recordEvent(country.context, municipality, testAccess, requestId, event);
    return mustSucceed(recorded, event.reason).residentCode;
  };
  const person = {
    reason: 'move-in',
    individualNumber: null,
    details: samplePerson,
    address: { wardCode: null, postalCode: null, town: '元町一丁目', lot: '4番5号', building: null },
    previousAddress: '大阪府大阪市北区',
  } as const;
  const old = await record(KIYOSE, { ...person, residentCode: null, eventDate: '2026-10-01' });
  await country.settle();
  const before = await storedNumbers(superuser);
  assert.equal(before.length, 1);
  const states = async (): Promise<readonly string[]> => {
    const rows = await superuser<{ state: string }[]>`
      SELECT state || coalesce(' ' || cause, '') AS state FROM numbering.number_request
      WHERE municipality_code = ${KAMAKURA}`;
    return rows.map(({ state }) => state);
  };
  const untilState = async (state: string): Promise<void> => {
    for (let tries = 0; tries < 400 && !(await states()).includes(state); tries++) await sleep(25);
    assert.deepEqual(await states(), [state]);
  };
  let residentCode = '';
  // neither numbering nor the tiers have heard of the change when the new municipality asks
  await whileHeld(house, LINK, async () => {
    await whileHeld(house, `municipal/${KIYOSE}>prefectural/13:registry`, async () => {
      const eventDate = '2026-11-01';
      residentCode = await record(KIYOSE, { reason: 'resident-code-change', residentCode: old, eventDate });
      await record(KIYOSE, { reason: 'move-out', residentCode, eventDate, destination: '鎌倉市' });
      await record(KAMAKURA, { ...person, residentCode, eventDate });
      await untilState('asked code-not-heard');
    });
    // the tiers have, and join the two; numbering has not
    await untilState('asked code-change-not-heard');
    assert.deepEqual(await storedNumbers(superuser), before);
  });
  await country.settle();
  assert.deepEqual(await storedNumbers(superuser), before, 'nobody has two numbers');
  assert.deepEqual(await states(), ['recorded']);
  const held = await superuser<{ number: SealedNumber }[]>`
    SELECT individual_number AS number FROM registry.national_person WHERE resident_code = ${residentCode}`;
  assert.deepEqual(testNumberCipher.openAll(held.map(({ number }) => number)), [before[0]?.split(' ')[1]]);
  assert.equal((await openTickets(country.database.pool('link'), 10)).length, 0);
});

test('a code of a store that another register brings gets its number when the store has given it back', async (t) => {
  const house = await numberingCountry(t);
  const { country, superuser, context } = house;
  await giveCodesTo(house, KIYOSE);
  const [free] = await superuser<{ code: string }[]>`
    SELECT resident_code AS code FROM registry.municipal_free_code ORDER BY position LIMIT 1`;
  const residentCode = free?.code ?? '';
  await whileHeld(house, `national>municipal/${KIYOSE}:registry`, async () => {
    await recordEvent(country.context, KAMAKURA, testAccess, 'stray', {
      reason: 'move-in',
      residentCode,
      individualNumber: null,
      eventDate: '2026-11-01',
      details: samplePerson,
      address: { wardCode: null, postalCode: null, town: '御成町', lot: '1番1号', building: null },
      previousAddress: '大阪府大阪市北区',
    });
    for (let tries = 0; tries < 400; tries++) {
      const { count } = await superuser`
        SELECT FROM numbering.number_request WHERE state = 'asked' AND cause = 'code-not-heard'`;
      if (count === 1) break;
      await sleep(25);
    }
    assert.deepEqual(await storedNumbers(superuser), []);
  });
  await country.settle();
  assert.equal(
    (await superuser`SELECT FROM registry.municipal_free_code WHERE resident_code = ${residentCode}`).count,
    0,
  );
  country.clock.advance(11 * 60_000);
  assert.equal(await reviewWaiting({ ...context, wake: () => country.wake() }), 1);
  await country.settle();
  assert.equal((await storedNumbers(superuser)).length, 1);
});
