/**
 * Who lived in a municipality, takes another name elsewhere and comes back is entered under it; somebody else with the same
 * birth date and sex, on whose paper a clerk types that code, displaces nobody. Flow: docs/flows/events.md.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { IDENTITY_CHANGED } from '../identity/identity-changed.ts';
import type { CounterEvent } from '../municipal/decide-event.ts';
import { recordEvent } from '../municipal/record-event.ts';
import { openConflicts } from '../municipal/residence-conflicts.ts';
import {
  changesAbove,
  giveCodes,
  heldAbove,
  heldBackAt,
  holdLink,
  sendRaw,
  superuserOf,
  ticketsOf,
  until,
} from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, sealed, type TestCountry, testAccess, testCountry } from '../testing/index.ts';
import { anotherCode, details, moveInWith, noticeWith } from '../testing/samples.ts';

const CHIYODA = '131016';
const NEW_NAME = '鈴木　花子';
const NUMBER = '123456789018';
const renamed = { ...details, name: NEW_NAME };

class Counters {
  readonly country: TestCountry;
  #requests = 0;

  constructor(country: TestCountry) {
    this.country = country;
  }

  /** Records an event without waiting for what it causes. */
  async act(municipality: string, event: CounterEvent): Promise<number> {
    const requestId = `request-${++this.#requests}`;
    const recorded = await recordEvent(this.country.context, municipality, testAccess, requestId, event);
    return mustSucceed(recorded, event.reason).sequence;
  }

  async record(municipality: string, event: CounterEvent): Promise<number> {
    const sequence = await this.act(municipality, event);
    await this.country.settle();
    return sequence;
  }

  leave(municipality: string, residentCode: string, eventDate: string): Promise<number> {
    return this.act(municipality, { reason: 'move-out', residentCode, eventDate, destination: '引っ越し先' });
  }

  rename(municipality: string, residentCode: string, eventDate: string): Promise<number> {
    const basis = '戸籍の届出';
    const correction = { name: NEW_NAME };
    return this.act(municipality, {
      reason: 'ex-officio-correction',
      residentCode,
      eventDate,
      details: correction,
      basis,
    });
  }

  async conflicts(municipality: string): Promise<readonly string[]> {
    const conflicts = await openConflicts(this.country.context, municipality, testAccess);
    return conflicts.map(({ at, code, entering, holding }) => `${at} ${code} ${entering}>${holding}`);
  }
}

interface Stage {
  readonly counters: Counters;
  readonly sql: Sql;
  /** Of somebody who lived in Kiyose and has lived in Kamakura since the fifth of October. */
  readonly residentCode: string;
}

async function stage(t: TestContext): Promise<Stage> {
  const country = await testCountry(t, { municipalities: [KIYOSE, CHIYODA, KAMAKURA] });
  await giveCodes(country, KIYOSE, 60);
  const counters = new Counters(country);
  const residentCode = anotherCode();
  const person = { residentCode, individualNumber: sealed(NUMBER) };
  await counters.record(KIYOSE, moveInWith({ ...person, eventDate: '2026-10-01' }));
  await counters.leave(KIYOSE, residentCode, '2026-10-05');
  await counters.record(KAMAKURA, moveInWith({ ...person, eventDate: '2026-10-05' }));
  return { counters, sql: superuserOf(t, country.database), residentCode };
}

/** Whole rows of a person at a municipality and a prefecture, but for when they were written. */
async function rowsOf(sql: Sql, residentCode: string): Promise<readonly string[]> {
  const rows = await sql<{ row: string }[]>`
    SELECT to_jsonb(m)::text AS row FROM registry.municipal_resident m
    WHERE resident_code = ${residentCode} AND status <> 'resident'
    UNION ALL SELECT (to_jsonb(p) - 'applied_at')::text FROM registry.prefectural_person p
    WHERE resident_code = ${residentCode}
    UNION ALL SELECT (to_jsonb(n) - 'applied_at')::text FROM registry.national_person n
    WHERE resident_code = ${residentCode} ORDER BY 1`;
  return rows.map(({ row }) => row);
}

test('who comes back under another name is entered under it, and all tiers follow', async (t) => {
  const { counters, sql, residentCode } = await stage(t);
  await counters.rename(KAMAKURA, residentCode, '2026-10-20');
  await counters.leave(KAMAKURA, residentCode, '2026-11-01');
  await counters.record(KIYOSE, moveInWith({ residentCode, details: renamed, eventDate: '2026-11-02' }));
  for (const tier of ['13', null]) {
    const { name, municipality, status } = (await heldAbove(sql, tier, residentCode)) ?? {};
    assert.deepEqual([name, municipality, status], [NEW_NAME, KIYOSE, 'resident']);
  }
  for (const municipality of [KIYOSE, KAMAKURA]) assert.deepEqual(await counters.conflicts(municipality), []);
  assert.deepEqual(await heldBackAt(sql, 'national'), []);
  assert.deepEqual(await ticketsOf(counters.country), []);
});

test('an entry under a new name that the nation hears of before the new name waits for it, and is let in', async (t) => {
  const { counters, sql, residentCode } = await stage(t);
  const release = await holdLink(sql, `municipal/${KAMAKURA}>prefectural/14:registry`);
  await counters.rename(KAMAKURA, residentCode, '2026-10-20');
  await counters.leave(KAMAKURA, residentCode, '2026-11-01');
  await counters.act(KIYOSE, moveInWith({ residentCode, details: renamed, eventDate: '2026-11-02' }));
  await until(async () => (await counters.conflicts(KAMAKURA)).length > 0, 'the conflict is told');
  assert.deepEqual(await heldBackAt(sql, 'national'), [`${residentCode} ${KIYOSE} 3 identity-differs`]);
  assert.equal((await heldAbove(sql, '13', residentCode))?.name, NEW_NAME);
  assert.equal((await heldAbove(sql, null, residentCode))?.municipality, KAMAKURA);
  await release();
  await counters.country.settle();
  for (const tier of ['13', null])
    assert.equal((await heldAbove(sql, tier, residentCode))?.municipality, KIYOSE);
  for (const municipality of [KIYOSE, KAMAKURA]) assert.deepEqual(await counters.conflicts(municipality), []);
  assert.deepEqual(await heldBackAt(sql, 'national'), []);
});

test('a stranger with the birth date and sex of a former resident, entered under their code, is held back above and undone without a trace', async (t) => {
  const { counters, sql, residentCode } = await stage(t);
  await counters.rename(KAMAKURA, residentCode, '2026-10-20');
  await counters.country.settle();
  const before = await rowsOf(sql, residentCode);
  const stranger = { ...details, name: '山田　春' };
  // at the municipality itself, and at another one of the prefecture, where there is no record
  for (const municipality of [KIYOSE, CHIYODA]) {
    const entry = moveInWith({ residentCode, details: stranger, eventDate: '2026-11-10' });
    const undoes = await counters.record(municipality, entry);
    const [number] = await sql<{ number: string | null }[]>`
      SELECT individual_number AS number FROM registry.municipal_resident
      WHERE municipality_code = ${municipality} AND resident_code = ${residentCode}`;
    assert.deepEqual({ ...number }, { number: null }, 'a stranger has the number of whoever had the record');
    const told = `national identity-differs ${municipality}>${KAMAKURA}`;
    for (const one of [municipality, KAMAKURA]) assert.deepEqual(await counters.conflicts(one), [told]);
    assert.partialDeepStrictEqual(await heldAbove(sql, null, residentCode), {
      name: NEW_NAME,
      municipality: KAMAKURA,
      status: 'resident',
    });
    const basis = '住民票コードの誤り';
    await counters.record(municipality, {
      reason: 'undo',
      residentCode,
      eventDate: '2026-11-12',
      undoes,
      basis,
    });
    for (const one of [municipality, KAMAKURA]) assert.deepEqual(await counters.conflicts(one), []);
    assert.deepEqual(await heldBackAt(sql, 'national'), []);
    const prefectural = await heldAbove(sql, '13', residentCode);
    const isHere = municipality === KIYOSE;
    assert.deepEqual([prefectural?.name, prefectural?.municipality], [details.name, KIYOSE]);
    assert.equal(prefectural?.individualNumber, sealed(NUMBER));
    // the municipality's own record has been counted on by two events; everything else is to the letter what it was
    const after = (await rowsOf(sql, residentCode)).filter((row) => !row.includes('春'));
    const uncounted = (row: string): string =>
      row.replace(/"(sequence|event_date|reason)": ("[^"]*"|\d+)/g, '"$1": …');
    assert.deepEqual(after.map(uncounted), before.map(uncounted), isHere ? 'in the record' : 'elsewhere');
  }
  assert.equal((await sql`SELECT FROM registry.prefectural_displaced`).count, 0);
  await counters.leave(KAMAKURA, residentCode, '2026-11-15');
  await counters.record(CHIYODA, moveInWith({ residentCode, details: renamed, eventDate: '2026-11-16' }));
  for (const tier of ['13', null])
    assert.equal((await heldAbove(sql, tier, residentCode))?.municipality, CHIYODA);
  assert.deepEqual(await ticketsOf(counters.country), []);
});

test('of a stranger of another age or sex the counter says at once that the code is another person’s', async (t) => {
  const { counters, residentCode } = await stage(t);
  for (const other of [{ birthDate: '1990-05-07' }, { sex: 1 as const }]) {
    const event = moveInWith({ residentCode, details: { ...details, ...other }, eventDate: '2026-11-10' });
    const { context } = counters.country;
    const refused = await recordEvent(context, KIYOSE, testAccess, JSON.stringify(other), event);
    assert.equal(refused.ok ? 'recorded' : refused.failure.code, 'identity-differs');
  }
});

test('what a prefecture hears late of the time under the old name is history', async (t) => {
  const { counters, sql, residentCode } = await stage(t);
  await counters.rename(KAMAKURA, residentCode, '2026-10-20');
  await counters.leave(KAMAKURA, residentCode, '2026-11-01');
  await counters.record(KIYOSE, moveInWith({ residentCode, details: renamed, eventDate: '2026-11-05' }));
  const late = { residentCode, municipality: CHIYODA, eventDate: '2026-10-03' };
  const link = `municipal/${CHIYODA}>prefectural/13:registry`;
  const tell = (body: ReturnType<typeof noticeWith>) => ({
    link,
    subject: residentCode,
    topic: IDENTITY_CHANGED,
    body,
  });
  await sendRaw(counters.country, [
    tell(noticeWith(late)),
    tell(
      noticeWith({ ...late, sequence: 2, reason: 'move-out', status: 'moved-out', eventDate: '2026-10-04' }),
    ),
  ]);
  assert.equal((await heldAbove(sql, '13', residentCode))?.municipality, KIYOSE);
  const changes = await changesAbove(sql, '13', residentCode);
  assert.deepEqual(changes.slice(0, 2), [`${CHIYODA} 1 move-in`, `${CHIYODA} 2 move-out`]);
  assert.deepEqual(await heldBackAt(sql, 'prefectural/13'), []);
});
