/** The lifecycle and the periods of a support measure; nothing here touches a database. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, type IsoDate } from '@ishizue/clock';
import * as fc from 'fast-check';
import { decideSupportStep, isInForce, newMeasure } from './decide-support-step.ts';
import type { SupportMeasure, SupportStep } from './support-measure.ts';
import { extendableFrom, supportedUntil } from './support-period.ts';

const TODAY = '2026-11-20';
const applied = newMeasure('m', {
  act: 'apply',
  on: '2026-11-01',
  residentCode: '24727059608',
  included: ['24727059608', '10000000001'],
  kind: 'domestic-violence',
  abusers: [{ name: '髙橋　一郎', birthDate: null }],
  tell: ['142042', '142042'],
});
const needed = { act: 'opinion', body: 'police', givenOn: '2026-11-05', finding: 'needed' } as const;

function after(measure: SupportMeasure, step: SupportStep, today = TODAY): SupportMeasure {
  const decided = decideSupportStep(measure, step, today);
  assert.ok(decided.ok, `${step.act}: ${decided.ok || decided.failure.code}`);
  return decided.value;
}
function codeOf(measure: SupportMeasure, step: SupportStep, today = TODAY): string {
  const decided = decideSupportStep(measure, step, today);
  return decided.ok ? 'ok' : decided.failure.code;
}
const granted = after(after(applied, needed), { act: 'grant', on: TODAY });

test('a period is a year from its first day, in leap years too, and opens for extension a month before its end', () => {
  const periods: readonly (readonly [IsoDate, IsoDate, IsoDate])[] = [
    ['2026-11-20', '2027-11-19', '2027-10-19'],
    ['2027-01-01', '2027-12-31', '2027-11-30'],
    ['2028-02-29', '2029-02-28', '2029-01-28'],
    ['2027-03-01', '2028-02-29', '2028-01-29'],
    ['2027-04-01', '2028-03-31', '2028-02-29'],
  ];
  for (const [from, until, window] of periods)
    assert.deepEqual([supportedUntil(from), extendableFrom(supportedUntil(from))], [until, window], from);
});

test('an application names everybody once, and protects nobody before it is granted', () => {
  assert.deepEqual([applied.persons, applied.tell], [['24727059608', '10000000001'], ['142042']]);
  assert.equal(isInForce(applied, TODAY), false);
  assert.equal(codeOf(applied, { act: 'grant', on: TODAY }), 'opinion-missing');
  const against = after(applied, { ...needed, finding: 'not-needed' });
  assert.equal(codeOf(against, { act: 'grant', on: TODAY }), 'opinion-against');
  assert.equal(after(against, { act: 'refuse', on: TODAY }).state, 'refused');
  assert.deepEqual(
    [granted.state, granted.validFrom, granted.validUntil, granted.version],
    ['in-force', TODAY, '2027-11-19', 1],
  );
  assert.equal(codeOf(granted, { act: 'grant', on: TODAY }), 'step-out-of-order');
  assert.equal(codeOf(granted, { act: 'refuse', on: TODAY }), 'step-out-of-order');
});

test('dates that are none, in the future or before the application are refused', () => {
  assert.equal(codeOf(applied, { act: 'refuse', on: '2026-02-30' }), 'event-date-invalid');
  assert.equal(codeOf(applied, { act: 'refuse', on: '2026-11-21' }), 'event-in-the-future');
  assert.equal(codeOf(applied, { act: 'refuse', on: '2026-10-31' }), 'step-out-of-order');
});

test('an extension needs its month and an opinion of that month; what has run out is over', () => {
  const on = '2027-10-19';
  const extend = { act: 'extend', on } as const;
  assert.equal(codeOf(granted, { act: 'extend', on: '2027-10-18' }, '2027-10-18'), 'extension-too-early');
  assert.equal(codeOf(granted, extend, on), 'opinion-missing', 'last year’s opinion is used again');
  const heard = after(granted, { ...needed, givenOn: on }, on);
  const extended = after(heard, extend, on);
  assert.deepEqual([extended.validFrom, extended.validUntil, extended.version], [TODAY, '2028-11-19', 2]);
  assert.equal(isInForce(granted, '2027-11-19'), true);
  assert.equal(isInForce(granted, '2027-11-20'), false);
  assert.equal(codeOf(heard, { act: 'extend', on: '2027-11-20' }, '2027-11-20'), 'measure-not-in-force');
  assert.equal(
    codeOf(granted, { act: 'end', on: '2027-11-20', reason: 'own-wish' }, '2027-11-20'),
    'measure-not-in-force',
  );
});

test('an ended measure has no further steps, and the day of its end is still protected', () => {
  const ended = after(granted, { act: 'end', on: TODAY, reason: 'own-wish' });
  assert.deepEqual([ended.state, ended.validUntil, ended.version], ['ended', TODAY, 2]);
  for (const step of [
    needed,
    { act: 'grant', on: TODAY },
    { act: 'extend', on: TODAY },
    { act: 'tell', on: TODAY, municipalities: ['131016'] },
  ] satisfies SupportStep[])
    assert.notEqual(codeOf(ended, step), 'ok', step.act);
});

const ACTS = ['needed', 'not-needed', 'grant', 'refuse', 'extend', 'end', 'tell'] as const;

function wishOf(act: (typeof ACTS)[number], on: IsoDate): SupportStep {
  switch (act) {
    case 'needed':
    case 'not-needed':
      return { act: 'opinion', body: 'police', givenOn: on, finding: act };
    case 'end':
      return { act, on, reason: 'own-wish' };
    case 'tell':
      return { act, on, municipalities: ['131016'] };
    case 'grant':
    case 'refuse':
    case 'extend':
      return { act, on };
  }
}

test('whatever the steps and days, nobody is protected without an opinion, nor longer than the periods granted', () => {
  const step = fc.record({
    act: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom('needed', 'grant', 'extend', 'tell') },
      { weight: 1, arbitrary: fc.constantFrom('not-needed', 'refuse', 'end') },
    ) satisfies fc.Arbitrary<(typeof ACTS)[number]>,
    days: fc.nat(20),
    toWindow: fc.boolean(),
  });
  let extensions = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let measure = applied;
      let today = '2026-11-01';
      let periods = 0;
      for (const { act, days, toWindow } of steps) {
        const window = measure.validUntil === null ? today : extendableFrom(measure.validUntil);
        today = addDays(toWindow && window > today ? window : today, days);
        const decided = decideSupportStep(measure, wishOf(act, today), today);
        if (!decided.ok) continue;
        const before = measure;
        measure = decided.value;
        if (act === 'grant' || act === 'extend') {
          periods++;
          if (act === 'extend') extensions++;
          assert.equal(measure.opinion?.finding, 'needed');
          assert.ok(isInForce(measure, today), 'granted or extended, and not in force');
        }
        assert.equal(measure.version > before.version, ['grant', 'extend', 'end', 'tell'].includes(act));
        if (measure.validFrom !== null && measure.validUntil !== null)
          assert.ok(measure.validUntil <= addDays(measure.validFrom, 366 * periods), 'protected too long');
        else assert.equal(periods, 0);
      }
    }),
    { numRuns: 2000 },
  );
  assert.ok(extensions > 5, `only ${extensions} extensions were met`);
});
