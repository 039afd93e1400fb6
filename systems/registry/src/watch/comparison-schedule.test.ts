import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { recordEvent } from '../municipal/record-event.ts';
import { comparisonState, startComparison } from '../reconcile/compare.ts';
import { giveCodes, holdLink, superuserOf } from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, testAccess, testCountry } from '../testing/index.ts';
import { moveInWith } from '../testing/samples.ts';
import {
  beginDueComparisons,
  dueComparisons,
  lastTurn,
  type PlannedComparison,
  planComparisons,
  plannedComparisons,
} from './comparison-schedule.ts';
import { networkReadings } from './network-readings.ts';

const DAY_MS = 86_400_000;
const schedule = { period_days: 7, concurrency: 1 };

const inventedPairs = (count: number, plannedSince: Date): PlannedComparison[] =>
  Array.from({ length: count }, (_, nth) => ({
    site: `municipal/${100_000 + nth}`,
    municipality: String(100_000 + nth),
    plannedSince,
    startedAt: null,
    isRunning: false,
    doneAt: null,
    persons: null,
    differences: 0,
  }));

test('every pair has one turn a period, and the turns of a country are spread over it', () => {
  fc.assert(
    fc.property(
      fc.nat(5_000),
      fc.integer({ min: 1, max: 60 }),
      fc.nat(4_000_000_000_000),
      (nth, days, now) => {
        const pair = { site: `municipal/${100_000 + nth}`, municipality: String(100_000 + nth) };
        const turn = lastTurn(pair, days, now);
        assert.ok(turn <= now && now - turn < days * DAY_MS, 'not the last turn');
        assert.equal(lastTurn(pair, days, turn - 1), turn - days * DAY_MS);
        assert.equal(lastTurn(pair, days, turn), turn);
      },
    ),
  );
  const start = Date.parse('2026-11-20T00:00:00Z');
  const pairs = inventedPairs(3_600, new Date(start));
  assert.equal(dueComparisons(pairs, schedule, start).length, 0, 'a new country begins with a rush');
  for (let day = 1; day <= 7; day++) {
    const due = dueComparisons(pairs, schedule, start + day * DAY_MS).length;
    assert.ok(Math.abs(due - (3_600 / 7) * day) < 150, `${due} are due after ${day} days`);
  }
  assert.equal(dueComparisons(pairs, schedule, start + 7 * DAY_MS).length, 3_600);
});

async function populated(t: TestContext) {
  const country = await testCountry(t);
  for (const municipality of [KIYOSE, KAMAKURA]) {
    await giveCodes(country, municipality, 10);
    mustSucceed(
      await recordEvent(country.context, municipality, testAccess, `in-${municipality}`, moveInWith()),
      municipality,
    );
  }
  await country.settle();
  await planComparisons(country.context, [KIYOSE, KAMAKURA]);
  return country;
}

test('all are compared within a period, one at a time, and a difference that was planted becomes a reading', async (t) => {
  const country = await populated(t);
  const { context, clock } = country;
  const sql = superuserOf(t, country.database);
  await sql`UPDATE registry.prefectural_person SET name = '別人' WHERE municipality_code = ${KIYOSE}`;
  const begun: string[] = [];
  for (let hour = 0; hour < 7 * 24 + 8; hour++) {
    const now = await beginDueComparisons(context, testAccess, schedule);
    assert.ok(now.length <= 1);
    begun.push(...now.map(({ site, municipality }) => `${site} ${municipality}`));
    await country.settle();
    clock.advance(3_600_000);
  }
  assert.equal(new Set(begun).size, 4);
  const planned = await plannedComparisons(context);
  assert.deepEqual(
    planned.map(({ site, municipality, persons, differences, isRunning }) => [
      site,
      municipality,
      persons,
      differences,
      isRunning,
    ]),
    [
      [`municipal/${KIYOSE}`, KIYOSE, 1, 1, false],
      [`municipal/${KAMAKURA}`, KAMAKURA, 1, 0, false],
      ['prefectural/13', KIYOSE, 1, 1, false],
      ['prefectural/14', KAMAKURA, 1, 0, false],
    ],
  );
  const readings = (comparisons: readonly PlannedComparison[], at: number) =>
    networkReadings({ links: [], conflicts: [], keyExpiries: new Map(), comparisons }, 7, at).map(
      ({ code, about }) => `${code} ${about}`,
    );
  assert.deepEqual(readings(planned, clock.now()), [
    `digest-differs municipal/${KIYOSE} ${KIYOSE}`,
    `digest-differs prefectural/13 ${KIYOSE}`,
  ]);
  // a scheduler that stands still is told
  assert.equal(
    readings(planned, clock.now() + 10 * DAY_MS).filter((one) => one.startsWith('comparison-overdue')).length,
    4,
  );
  await planComparisons(context, [KIYOSE]);
  assert.deepEqual(
    (await plannedComparisons(context)).map(({ municipality }) => municipality),
    [KIYOSE, KIYOSE],
    'what is compared no more is expected no more',
  );
});

test('a scheduler that was killed goes on; a run that hangs keeps others waiting for an hour, and is begun anew at its next turn', async (t) => {
  const country = await populated(t);
  const { context, clock } = country;
  const sql = superuserOf(t, country.database);
  await planComparisons(context, [KIYOSE]);
  const atCity = { site: `municipal/${KIYOSE}`, municipality: KIYOSE };
  const letGo = await holdLink(sql, `municipal/${KIYOSE}>prefectural/13:registry`);
  try {
    // begun, and never heard of again: the scheduler is killed here, and the link stands still
    mustSucceed(await startComparison(context, testAccess, atCity), 'start');
    clock.advance(7 * DAY_MS);
    await sql`UPDATE registry.reconcile_run SET started_at = ${new Date(clock.now() - 1_000)}`;
    assert.deepEqual(await beginDueComparisons(context, testAccess, schedule), [], 'two at once');
    clock.advance(3_600_000);
    const begun = await beginDueComparisons(context, testAccess, schedule);
    assert.deepEqual(
      begun.map(({ site, failure }) => [site, failure]),
      [['prefectural/13', undefined]],
    );
    clock.advance(7 * DAY_MS);
    await beginDueComparisons(context, testAccess, { ...schedule, concurrency: 5 });
  } finally {
    await letGo();
  }
  context.wake();
  await country.settle();
  const runs = await comparisonState(context, atCity);
  assert.deepEqual(
    runs.map(({ phase }) => phase),
    ['done', 'replaced'],
  );
});
