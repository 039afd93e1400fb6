import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import { isOpen } from './kiosk-hours.ts';

const openAt = (tokyo: string): boolean => isOpen(new ManualClock(`${tokyo}+09:00`), 'resident-record');

test('kiosks issue from 6:30 to 23:00 in Tokyo, not over the turn of the year', () => {
  assert.equal(openAt('2026-11-20T06:29:59'), false);
  assert.equal(openAt('2026-11-20T06:30:00'), true);
  assert.equal(openAt('2026-11-20T22:59:59'), true);
  assert.equal(openAt('2026-11-20T23:00:00'), false);
  assert.equal(openAt('2026-12-28T12:00:00'), true);
  for (const day of ['2026-12-29', '2026-12-31', '2027-01-01', '2027-01-03'])
    assert.equal(openAt(`${day}T12:00:00`), false, day);
  assert.equal(openAt('2027-01-04T12:00:00'), true);
  assert.equal(openAt('2010-02-01T12:00:00'), false, 'before there were kiosks');
});
