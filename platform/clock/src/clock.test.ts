import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addBusinessDays,
  addDays,
  dateInTokyo,
  endOfDateInTokyo,
  isBusinessDay,
  ManualClock,
} from './index.ts';

test('the date is Tokyo’s: it turns at 15:00 UTC', () => {
  assert.equal(dateInTokyo(Date.parse('2026-03-31T14:59:59.999Z')), '2026-03-31');
  assert.equal(dateInTokyo(Date.parse('2026-03-31T15:00:00Z')), '2026-04-01');
  assert.equal(new Date(endOfDateInTokyo('2026-03-31')).toISOString(), '2026-03-31T14:59:59.000Z');
});

test('a manual clock moves only when told', () => {
  const clock = new ManualClock('2026-01-01T00:00:00Z');
  const before = clock.now();
  clock.advance(1500);
  assert.equal(clock.now() - before, 1500);
  assert.throws(() => new ManualClock('yesterday'));
});

test('business days leave out week-ends, holidays, substitute holidays and the turn of the year', () => {
  assert.equal(isBusinessDay('2026-11-20'), true);
  assert.equal(isBusinessDay('2026-11-21'), false); // Saturday
  assert.equal(isBusinessDay('2026-11-23'), false); // Labour Thanksgiving
  assert.equal(isBusinessDay('2025-11-24'), false); // its substitute in 2025
  assert.equal(isBusinessDay('2025-12-29'), false);
  assert.equal(isBusinessDay('2026-01-02'), false);
  assert.equal(addBusinessDays('2026-04-28', 1), '2026-04-30'); // over 29 April
  assert.equal(addBusinessDays('2026-05-01', 1), '2026-05-07'); // over Golden Week
  assert.equal(addBusinessDays('2025-12-26', 1), '2026-01-05');
  assert.equal(addBusinessDays('2026-05-02', 0), '2026-05-07');
  assert.throws(() => addBusinessDays('2026-05-02', -1));
});

test('days are added over month ends and leap years', () => {
  assert.equal(addDays('2024-02-28', 1), '2024-02-29');
  assert.equal(addDays('2023-12-31', 1), '2024-01-01');
});
