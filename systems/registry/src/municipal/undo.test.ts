import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { giveCodes, heldAbove, superuserOf, ticketsOf } from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, type TestCountry, testAccess, testCountry } from '../testing/index.ts';
import { moveInWith } from '../testing/samples.ts';
import type { CounterEvent } from './decide-event.ts';
import { recordEvent } from './record-event.ts';

let requests = 0;
const attempt = async (country: TestCountry, municipality: string, event: CounterEvent) => {
  const recorded = await recordEvent(
    country.context,
    municipality,
    testAccess,
    `undo-request-${++requests}`,
    event,
  );
  await country.settle();
  return recorded;
};
const record = async (country: TestCountry, municipality: string, event: CounterEvent) =>
  mustSucceed(await attempt(country, municipality, event), event.reason);
const codeOf = async (country: TestCountry, event: CounterEvent): Promise<string> => {
  const recorded = await attempt(country, KIYOSE, event);
  return recorded.ok ? 'ok' : recorded.failure.code;
};

const eventDate = '2026-11-20';
const basis = '届出の誤り';

test('events are undone one after another from the last, each by an event, and the tiers follow', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const { residentCode } = await record(country, KIYOSE, moveInWith({ eventDate: '2026-10-01' }));
  const home = await heldAbove(sql, null, residentCode);
  await record(country, KIYOSE, {
    reason: 'ex-officio-correction',
    residentCode,
    eventDate: '2026-11-01',
    details: { name: '髙橋　桜子', birthDate: '1990-05-00' },
    basis,
  });
  const corrected = await heldAbove(sql, null, residentCode);
  assert.partialDeepStrictEqual(corrected, { name: '髙橋　桜子', birthDate: '1990-05-00' });
  await record(country, KIYOSE, { reason: 'death', residentCode, eventDate: '2026-11-10' });
  const undo = (undoes: number): CounterEvent => ({ reason: 'undo', residentCode, eventDate, undoes, basis });
  for (const undoes of [1, 2, 4]) assert.equal(await codeOf(country, undo(undoes)), 'not-the-last-event');

  await record(country, KIYOSE, undo(3));
  const restored = { sequence: 4, reason: 'undo', eventDate };
  assert.deepEqual(await heldAbove(sql, null, residentCode), { ...corrected, ...restored });
  assert.equal(await codeOf(country, undo(3)), 'not-the-last-event', 'undone twice');
  assert.equal(await codeOf(country, undo(4)), 'not-the-last-event', 'an undo is undone');
  await record(country, KIYOSE, undo(2));
  assert.deepEqual(await heldAbove(sql, null, residentCode), { ...home, ...restored, sequence: 5 });
  assert.deepEqual(await heldAbove(sql, '13', residentCode), await heldAbove(sql, null, residentCode));
  const kept = await sql`
    SELECT sequence, reason FROM registry.municipal_event WHERE resident_number IS NOT NULL ORDER BY sequence`;
  assert.deepEqual(
    kept.map((event) => event['reason']),
    ['move-in', 'ex-officio-correction', 'death', 'undo', 'undo'],
  );
});

test('a move undone at both ends brings the person back; in the other order it waits', async (t) => {
  for (const isInOrder of [true, false]) {
    const country = await testCountry(t);
    const sql = superuserOf(t, country.database);
    await giveCodes(country, KIYOSE, 60);
    await giveCodes(country, KAMAKURA, 60);
    const { residentCode } = await record(country, KIYOSE, moveInWith({ eventDate: '2026-10-01' }));
    const home = await heldAbove(sql, null, residentCode);
    const destination = '鎌倉市';
    await record(country, KIYOSE, { reason: 'move-out', residentCode, eventDate: '2026-11-10', destination });
    await record(country, KAMAKURA, moveInWith({ residentCode, eventDate: '2026-11-11' }));
    const undoOut: CounterEvent = { reason: 'undo', residentCode, eventDate, undoes: 2, basis };
    const undoIn: CounterEvent = { ...undoOut, undoes: 1 };
    if (isInOrder) await record(country, KAMAKURA, undoIn);
    await record(country, KIYOSE, undoOut);
    if (!isInOrder) {
      assert.equal((await heldAbove(sql, null, residentCode))?.municipality, KAMAKURA);
      await record(country, KAMAKURA, undoIn);
    }
    const back = { sequence: 3, reason: 'undo', eventDate };
    assert.deepEqual(await heldAbove(sql, null, residentCode), { ...home, ...back });
    assert.deepEqual(await ticketsOf(country), []);
    // the true move, later found, is of a day before the undo
    await record(country, KIYOSE, { reason: 'move-out', residentCode, eventDate: '2026-11-15', destination });
    await record(country, KAMAKURA, moveInWith({ residentCode, eventDate: '2026-11-16' }));
    assert.equal((await heldAbove(sql, null, residentCode))?.municipality, KAMAKURA);
  }
});

test('a deleted record is kept for 150 years: the database itself refuses to delete it, or its events, before', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const { residentCode } = await record(country, KIYOSE, moveInWith({ eventDate: '2026-10-01' }));
  await record(country, KIYOSE, {
    reason: 'ex-officio-removal',
    residentCode,
    eventDate: '2026-11-10',
    basis,
  });
  assert.partialDeepStrictEqual(await heldAbove(sql, null, residentCode), { status: 'removed' });
  const until = async (): Promise<unknown> =>
    (await sql`SELECT retained_until::text AS until FROM registry.municipal_resident`)[0]?.['until'];
  assert.equal(await until(), '2176-11-20');
  const { context } = country;
  const purge = (): Promise<readonly number[]> =>
    context.sql.begin(async (tx) => {
      await tx`SELECT set_config('ishizue.site', ${`municipal/${KIYOSE}`}, true)`;
      const events = await tx`DELETE FROM registry.municipal_event`;
      return [events.count, (await tx`DELETE FROM registry.municipal_resident`).count];
    });
  assert.deepEqual(await purge(), [0, 0]);
  const undo = { reason: 'undo', residentCode, eventDate, undoes: 2, basis } as const;
  await record(country, KIYOSE, undo);
  assert.equal(await until(), null, 'who is a resident again has a day of deletion');
  // planted: were the day past, the same statement would delete
  await sql`UPDATE registry.municipal_resident SET retained_until = '2020-01-01'`;
  assert.deepEqual(await purge(), [3, 1]);
});

test('who entered before is not entered ex officio again, and a reading is identity data from 2025-05-26', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const { residentCode } = await record(country, KIYOSE, { ...moveInWith({ eventDate: '2025-05-25' }) });
  const reading = async (): Promise<unknown> =>
    (await sql`SELECT name_kana FROM registry.national_person WHERE resident_code = ${residentCode}`)[0]?.[
      'name_kana'
    ];
  assert.equal(await reading(), null);
  const entry = { ...moveInWith({ residentCode }), reason: 'ex-officio-entry', basis } as const;
  assert.equal(await codeOf(country, entry), 'resident-already-current');
  await record(country, KIYOSE, {
    reason: 'ex-officio-removal',
    residentCode,
    eventDate: '2025-05-26',
    basis,
  });
  assert.equal(await reading(), 'タカハシ　ハナコ');
  await record(country, KIYOSE, entry);
  assert.partialDeepStrictEqual(await heldAbove(sql, null, residentCode), {
    status: 'resident',
    reason: 'ex-officio-entry',
    sequence: 3,
  });
});
