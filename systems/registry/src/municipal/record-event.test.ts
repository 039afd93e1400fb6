import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import {
  changesAbove,
  everything,
  giveCodes,
  heldAbove,
  ledgerEntries,
  superuserOf,
  ticketsOf,
} from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, type TestCountry, testAccess, testCountry } from '../testing/index.ts';
import { address, anotherCode, birthWith, details, moveInWith } from '../testing/samples.ts';
import type { CounterEvent } from './decide-event.ts';
import { readHousehold } from './read-household.ts';
import { recordEvent } from './record-event.ts';
import type { RecordedEvent } from './recorded-request.ts';

let requests = 0;
const anotherRequest = (): string => `request-${++requests}`;

async function record(
  country: TestCountry,
  event: CounterEvent,
  municipality = KIYOSE,
): Promise<RecordedEvent> {
  const recorded = await recordEvent(country.context, municipality, testAccess, anotherRequest(), event);
  return mustSucceed(recorded, event.reason);
}

test('each of the six events ends in the same identity data at all three sites, and in one ledger entry at each', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  let written = 0;
  const settled = async (
    recorded: RecordedEvent,
    expected: object,
    headsNow: readonly string[] = [],
  ): Promise<void> => {
    await country.settle();
    const { residentCode, sequence, reason, eventDate } = recorded;
    const [own] = await sql`
      SELECT status, name, former_surname AS "formerSurname", alias, birth_date AS "birthDate", sex, sequence,
        individual_number AS "individualNumber"
      FROM registry.municipal_resident WHERE resident_code = ${residentCode}`;
    const above = await heldAbove(sql, null, residentCode);
    assert.deepEqual(await heldAbove(sql, '13', residentCode), above);
    assert.deepEqual(above, { ...own, municipality: KIYOSE, address: above?.address, reason, eventDate });
    assert.partialDeepStrictEqual(above, { ...expected, sequence });
    const entries = await ledgerEntries(sql, written);
    written += 3 + headsNow.length;
    const touched = [
      ['municipal/132217', residentCode],
      ...headsNow.map((code) => ['municipal/132217', code]),
      ['prefectural/13', residentCode],
      ['national', residentCode],
    ];
    assert.deepEqual(
      entries.map(({ site, subject, result }) => [site, subject, result]),
      touched.map(([site = '', code = '']) => [
        site,
        country.pseudonyms.of(site, code).toString('hex'),
        'ok',
      ]),
    );
    const telling = entries.filter(({ fields }) => fields.includes(reason));
    assert.equal(telling.length, 3, 'the entries do not tell the reason');
  };

  const adult = await record(
    country,
    moveInWith({ details: { ...details, formerSurname: '佐藤', alias: '花子' } }),
  );
  assert.equal(adult.sequence, 1);
  const { residentCode } = adult;
  await settled(adult, {
    status: 'resident',
    name: '髙橋　花子',
    formerSurname: '佐藤',
    alias: '花子',
    birthDate: '1990-05-06',
    sex: 2,
    address: '東京都清瀬市中里五丁目842番地　中里荘203',
  });

  const child = await record(country, birthWith({ parentResidentCode: residentCode }));
  assert.notEqual(child.residentCode, residentCode);
  await settled(child, {
    status: 'resident',
    name: '髙橋　葵',
    birthDate: '2026-11-18',
    address: '東京都清瀬市中里五丁目842番地　中里荘203',
  });

  const home = { ...address, town: '元町二丁目', lot: '1番1号', building: null };
  const moved = { reason: 'move-within', residentCode, eventDate: '2026-11-19', address: home } as const;
  await settled(await record(country, moved), { address: '東京都清瀬市元町二丁目1番1号' });

  const corrected = {
    reason: 'minor-correction',
    residentCode,
    eventDate: '2026-11-19',
    name: '高橋　花子',
  } as const;
  await settled(await record(country, corrected), { name: '高橋　花子', formerSurname: '佐藤' });

  const left = {
    reason: 'move-out',
    residentCode,
    eventDate: '2026-11-20',
    destination: '神奈川県鎌倉市',
  } as const;
  // the child remains alone, and so is head: a ledger entry more
  await settled(
    await record(country, left),
    { status: 'moved-out', address: '東京都清瀬市元町二丁目1番1号' },
    [child.residentCode],
  );

  const dead = { reason: 'death', residentCode: child.residentCode, eventDate: '2026-11-20' } as const;
  await settled(await record(country, dead), { status: 'deceased', name: '髙橋　葵' });

  for (const tier of ['13', null]) {
    assert.deepEqual(
      await changesAbove(sql, tier, residentCode),
      ['1 move-in', '2 move-within', '3 minor-correction', '4 move-out'].map(
        (change) => `${KIYOSE} ${change}`,
      ),
    );
    assert.deepEqual(await changesAbove(sql, tier, child.residentCode), [
      `${KIYOSE} 1 birth`,
      `${KIYOSE} 2 death`,
    ]);
  }
  assert.deepEqual(await ticketsOf(country), []);
});

test('no ledger entry holds a name, a code, a date of birth or an address, refused acts included', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const { residentCode, residentNumber } = await record(country, moveInWith());
  await recordEvent(country.context, KIYOSE, testAccess, anotherRequest(), moveInWith({ residentCode }));
  await readHousehold(country.context, KIYOSE, testAccess, residentCode, 'household');
  await country.settle();
  const rows = (await ledgerEntries(sql)).map(({ row }) => row).join('\n');
  assert.match(rows, /resident-already-current/);
  const clear = [
    residentCode,
    residentNumber,
    '髙橋',
    '花子',
    'タカハシ',
    '1990-05-06',
    '中里',
    '842番地',
    '2040003',
  ];
  for (const text of clear) assert.ok(!rows.includes(text), `${text} is in the ledger`);
  // planted: were one of them written, this test would see it
  assert.ok(rows.includes(testAccess.actor));
});

test('who moves out and comes back gets the old record on, with a rising sequence at every site', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const first = await record(country, moveInWith({ eventDate: '2026-10-01' }));
  const { residentCode } = first;
  await record(country, { reason: 'move-out', residentCode, eventDate: '2026-10-20', destination: '海外' });
  const back = await record(
    country,
    moveInWith({ residentCode, eventDate: '2026-11-10', previousAddress: '海外' }),
  );
  assert.deepEqual(back, { ...first, sequence: 3, eventDate: '2026-11-10' });
  await country.settle();
  const [own] = await sql`
    SELECT status, sequence, ended_on, moved_to, became_resident_on::text AS since FROM registry.municipal_resident`;
  assert.deepEqual(
    { ...own },
    { status: 'resident', sequence: 3, ended_on: null, moved_to: null, since: '2026-11-10' },
  );
  for (const tier of ['13', null])
    assert.partialDeepStrictEqual(await heldAbove(sql, tier, residentCode), {
      status: 'resident',
      sequence: 3,
    });
});

test('a newborn gets a code of the national allocation, and the store fills up again over the link when it runs low', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 51);
  const stored = async (): Promise<readonly string[]> =>
    (await sql`SELECT resident_code AS code FROM registry.municipal_free_code ORDER BY position`).map(
      (row) => row['code'],
    );
  const allocated = await stored();
  const parent = await record(country, moveInWith());
  await country.settle();
  assert.equal(parent.residentCode, allocated[0]);
  assert.deepEqual(await stored(), allocated.slice(1), 'fifty in store are enough');
  const child = await record(country, birthWith({ parentResidentCode: parent.residentCode }));
  await country.settle();
  assert.equal(child.residentCode, allocated[1]);
  const refilled = await stored();
  assert.deepEqual(refilled.slice(0, 49), allocated.slice(2));
  assert.equal(refilled.length, 249);
  assert.equal(new Set([...refilled, ...allocated]).size, 251);
});

test('without a code in store nothing is recorded, more codes are asked for, and the same request then succeeds', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  const request = anotherRequest();
  const before = await everything(sql);
  const refused = await recordEvent(country.context, KIYOSE, testAccess, request, moveInWith());
  assert.equal(refused.ok ? 'recorded' : refused.failure.code, 'resident-codes-exhausted');
  await country.settle();
  const after = await everything(sql);
  for (const table of ['municipal_resident', 'municipal_event', 'prefectural_person', 'national_person'])
    assert.deepEqual(after[`registry.${table}`], before[`registry.${table}`], table);
  const recorded = await recordEvent(country.context, KIYOSE, testAccess, request, moveInWith());
  assert.ok(recorded.ok, 'the codes have not come');
  assert.deepEqual(
    (await ledgerEntries(sql)).map(({ result }) => result),
    ['resident-codes-exhausted', 'ok'],
  );
});

test('today is the day in Tokyo', async (t) => {
  const country = await testCountry(t, { now: '2026-11-20T14:59:59Z' });
  await giveCodes(country, KIYOSE, 60);
  const attempt = async (): Promise<string> => {
    const event = moveInWith({ residentCode: anotherCode(), eventDate: '2026-11-21' });
    const recorded = await recordEvent(country.context, KIYOSE, testAccess, anotherRequest(), event);
    return recorded.ok ? 'ok' : recorded.failure.code;
  };
  assert.equal(await attempt(), 'event-in-the-future');
  country.clock.advance(1000);
  assert.equal(await attempt(), 'ok');
});

test('one municipality neither sees nor touches another’s residents', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const { residentCode } = await record(country, moveInWith());
  await country.settle();
  const before = await everything(sql);
  const events: readonly CounterEvent[] = [
    { reason: 'death', residentCode, eventDate: '2026-11-20' },
    { reason: 'move-out', residentCode, eventDate: '2026-11-20', destination: '海外' },
    { reason: 'minor-correction', residentCode, eventDate: '2026-11-20', lot: '1番地' },
    { reason: 'move-within', residentCode, eventDate: '2026-11-20', address: { ...address, lot: '1番地' } },
    birthWith({ parentResidentCode: residentCode }),
  ];
  for (const event of events) {
    const refused = await recordEvent(country.context, KAMAKURA, testAccess, anotherRequest(), event);
    assert.equal(refused.ok ? 'recorded' : refused.failure.code, 'resident-not-found', event.reason);
  }
  for (const extent of ['person', 'household'] as const) {
    const read = await readHousehold(country.context, KAMAKURA, testAccess, residentCode, extent);
    assert.equal(read.ok ? 'read' : read.failure.code, 'resident-not-found');
  }
  assert.deepEqual(await everything(sql), before);
  assert.ok((await readHousehold(country.context, KIYOSE, testAccess, residentCode, 'person')).ok);
});
