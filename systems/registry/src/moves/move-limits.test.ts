import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLateNotice, isPlannableOn, isSpecialMoveInOpen, specialPlansOverBefore } from './move-limits.ts';
import { isOpenMover, MOVER_STATES, type MoverState, type MoverStep, moverAfter } from './planned-mover.ts';

test('a move-in is late from the fifteenth day after the move', () => {
  assert.equal(isLateNotice('2026-11-01', '2026-11-15'), false);
  assert.equal(isLateNotice('2026-11-01', '2026-11-16'), true);
  assert.equal(isLateNotice('2028-02-16', '2028-03-01'), false); // over a 29 February
  assert.equal(isLateNotice('2028-02-15', '2028-03-01'), true);
});

test('the special move-in is open up to planned + 30 and moved + 14, whichever is earlier', () => {
  const cases: readonly [planned: string, moved: string | null, declared: string, open: boolean][] = [
    ['2026-11-01', null, '2026-12-01', true],
    ['2026-11-01', null, '2026-12-02', false],
    ['2026-11-01', '2026-11-20', '2026-12-01', true],
    ['2026-11-01', '2026-11-20', '2026-12-02', false], // planned + 31, though moved + 12
    ['2026-11-01', '2026-11-01', '2026-11-15', true],
    ['2026-11-01', '2026-11-01', '2026-11-16', false], // moved + 15, though planned + 15
    ['2026-11-20', '2026-11-01', '2026-11-15', true], // moved before the planned day
    ['2026-11-20', '2026-11-01', '2026-11-16', false],
    ['2010-11-01', null, '2010-11-02', false], // before the rule
  ];
  for (const [planned, moved, declared, open] of cases)
    assert.equal(isSpecialMoveInOpen(planned, moved, declared), open, `${planned} ${moved} ${declared}`);
});

test('a plan is swept out exactly when it cannot be used any more', () => {
  for (const planned of ['2026-10-31', '2026-11-01', '2026-11-02'])
    assert.equal(
      planned < specialPlansOverBefore('2026-12-01'),
      !isSpecialMoveInOpen(planned, null, '2026-12-01'),
      planned,
    );
});

test('a planned day may be a year ahead', () => {
  assert.equal(isPlannableOn('2027-11-21', '2026-11-20'), true);
  assert.equal(isPlannableOn('2027-11-22', '2026-11-20'), false);
});

test('out and cancelled are for ever, whatever the steps before; only who is awaited can arrive', () => {
  const steps: readonly MoverStep[] = ['arrive', 'cancel', 'expire'];
  const reached = new Set<MoverState>();
  // every path of up to four steps: the machine is small enough for all of them
  const walk = (state: MoverState, left: number): void => {
    reached.add(state);
    for (const step of steps) {
      const next = moverAfter(state, step);
      if (state === 'out' || state === 'cancelled') assert.equal(next, undefined);
      if (step === 'arrive') assert.equal(next === 'out', isOpenMover(state));
      assert.notEqual(next, 'planned');
      if (next && left > 0) walk(next, left - 1);
    }
  };
  walk('planned', 4);
  assert.deepEqual([...reached].sort(), [...MOVER_STATES].sort());
});
