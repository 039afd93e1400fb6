import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { residentWith, TODAY } from '../testing/samples.ts';
import { isBeforeBirth, isCalendarDate, requireCurrent, requireEventDate } from './guards.ts';

const verdict = (result: ReturnType<typeof requireCurrent> | ReturnType<typeof requireEventDate>): string =>
  result.ok ? 'ok' : result.failure.code;

test('only days of the calendar are dates', () => {
  for (const date of ['2026-11-20', '2024-02-29', '2000-02-29', '1868-01-01', '0001-01-01', '9999-12-31'])
    assert.equal(isCalendarDate(date), true, date);
  for (const date of [
    '2026-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-11-00',
    '2026-11-32',
    '0000-01-01', // PostgreSQL has no year 0
    '2026-1-1',
    '20261120',
    '2026-11-20T00:00:00Z',
    '12026-11-20',
    '2026-11-2０',
    ' 2026-11-20',
    '2026-11-20\n',
    '',
  ])
    assert.equal(isCalendarDate(date), false, JSON.stringify(date));
});

test('a date is compared with what is known of a birth date', () => {
  const table: readonly (readonly [date: string, birth: string, before: boolean])[] = [
    ['1990-05-05', '1990-05-06', true],
    ['1990-05-06', '1990-05-06', false],
    ['1990-04-30', '1990-05-00', true],
    ['1990-05-01', '1990-05-00', false],
    ['1989-12-31', '1990-00-00', true],
    ['1990-01-01', '1990-00-00', false],
    ['0001-01-01', '0000-00-00', false],
    // ten and zero are not the same zeros
    ['2000-09-30', '2000-10-00', true],
    ['2000-10-01', '2000-10-00', false],
    ['2000-10-09', '2000-10-10', true],
  ];
  for (const [date, birth, before] of table)
    assert.equal(isBeforeBirth(date, birth), before, `${date} and ${birth}`);
});

test('less known of a birth never refuses a date that more would allow', () => {
  const day = fc
    .date({ min: new Date('1900-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  fc.assert(
    fc.property(day, day, (date, birth) => {
      const known = [birth, `${birth.slice(0, 7)}-00`, `${birth.slice(0, 4)}-00-00`, '0000-00-00'];
      const refusals = known.map((partial) => isBeforeBirth(date, partial));
      assert.equal(refusals[0], date < birth);
      assert.deepEqual(
        refusals,
        refusals.toSorted((a, b) => Number(b) - Number(a)),
      );
    }),
  );
});

test('an event is today or earlier, on a real day', () => {
  assert.equal(verdict(requireEventDate(TODAY, TODAY)), 'ok');
  assert.equal(verdict(requireEventDate('2026-11-21', TODAY)), 'event-in-the-future');
  assert.equal(verdict(requireEventDate('2026-11-31', TODAY)), 'event-date-invalid');
  assert.equal(verdict(requireEventDate('0000-12-31', TODAY)), 'event-date-invalid');
});

test('an event of a resident lies between entry and today, and not before the birth; the first guard that fails speaks', () => {
  const resident = residentWith({ birthDate: '2019-03-10', becameResidentOn: '2020-04-01' });
  const onDate = (date: string, changes: Parameters<typeof residentWith>[0] = {}): string =>
    verdict(requireCurrent({ ...resident, ...changes }, date, TODAY));
  assert.equal(onDate('2020-04-01'), 'ok');
  assert.equal(onDate('2020-03-31'), 'event-before-entry');
  assert.equal(onDate('2019-03-10'), 'event-before-entry');
  assert.equal(onDate('2019-03-09'), 'event-before-birth');
  assert.equal(onDate(TODAY), 'ok');
  assert.equal(onDate('2026-11-21'), 'event-in-the-future');
  assert.equal(onDate('2026-02-30'), 'event-date-invalid');
  assert.equal(onDate('2020-04-01', { birthDate: '2020-04-00' }), 'ok');
  assert.equal(onDate('2020-04-01', { birthDate: '0000-00-00' }), 'ok');
  for (const status of ['moved-out', 'deceased', 'removed'] as const)
    for (const date of ['2020-04-01', '2026-11-21', 'yesterday'])
      assert.equal(onDate(date, { status }), 'resident-not-current');
  assert.equal(verdict(requireCurrent(undefined, 'yesterday', TODAY)), 'resident-not-found');
});
