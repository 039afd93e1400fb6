/** A clock that is moved by an hour is noticed either way; one that runs, is corrected a little, or sleeps is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ClockGuard, clockMovedText, ManualClock, machineTime, systemClock } from './index.ts';

const HOUR_MS = 3_600_000;

/** A machine whose time passes by hand. */
function machine(latest?: number) {
  const clock = new ManualClock('2026-11-23T00:00:00Z');
  let [awake_ms, asleep_ms] = [0, 0];
  const guard = new ClockGuard(
    clock,
    { elapsed: () => awake_ms, elapsedAsleepToo: () => awake_ms + asleep_ms },
    latest,
  );
  return {
    clock,
    guard,
    /** Time passes for everything. */
    pass: (ms: number) => {
      awake_ms += ms;
      clock.advance(ms);
    },
    sleep: (ms: number) => {
      asleep_ms += ms;
      clock.advance(ms);
    },
  };
}

test('moved by an hour either way it is noticed, and believed again when it is right again', () => {
  for (const by of [HOUR_MS, -HOUR_MS]) {
    const { clock, guard, pass } = machine();
    pass(90 * 60_000);
    assert.equal(guard.look(), undefined);
    clock.advance(by);
    // behind by an hour it is behind what was dated last, too, which is told first
    assert.deepEqual(guard.look(), { by_ms: by, since: by < 0 ? 'last-dated' : 'start' });
    pass(10_000);
    assert.ok(guard.look(), 'it stays moved');
    clock.advance(-by);
    assert.equal(guard.look(), undefined);
  }
});

test('a clock behind what was dated before the start is noticed, and one ahead of it is not', () => {
  const now = new ManualClock('2026-11-23T00:00:00Z').now();
  assert.deepEqual(machine(now + HOUR_MS).guard.look(), { by_ms: -HOUR_MS, since: 'last-dated' });
  assert.equal(machine(now - 365 * 24 * HOUR_MS).guard.look(), undefined, 'it was off for a year');
  const { guard, pass } = machine(now + HOUR_MS);
  pass(HOUR_MS);
  assert.equal(guard.look(), undefined, 'time has caught up');
});

test('a machine that slept, or was corrected by seconds, is believed', () => {
  const { clock, guard, pass, sleep } = machine();
  sleep(30 * HOUR_MS);
  assert.equal(guard.look(), undefined);
  pass(HOUR_MS);
  clock.advance(45_000);
  assert.equal(guard.look(), undefined);
  clock.advance(-45_000);
  assert.equal(guard.look(), undefined);
  sleep(HOUR_MS);
  clock.advance(HOUR_MS);
  assert.deepEqual(guard.look()?.since, 'start', 'moved while it slept');
});

test('whatever passes, sleeps and is moved: noticed is what was moved by more than the bound', () => {
  const step = fc.record({
    kind: fc.constantFrom('pass', 'sleep'),
    ms: fc.integer({ min: 0, max: 24 * HOUR_MS }),
  });
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: -10 * HOUR_MS, max: 10 * HOUR_MS }), (steps, by) => {
      const { clock, guard, pass, sleep } = machine();
      for (const { kind, ms } of steps) {
        if (kind === 'pass') pass(ms);
        else sleep(ms);
        assert.equal(guard.look(), undefined);
      }
      const awake = steps.reduce((sum, { kind, ms }) => sum + (kind === 'pass' ? ms : 0), 0);
      clock.advance(by);
      const moved = guard.look();
      if (Math.abs(by) <= 60_000) assert.equal(moved, undefined);
      if (by < -60_000 || by > 60_000 + awake * 1e-4) assert.ok(moved);
    }),
  );
});

test('this machine’s time passes as its clock does', async () => {
  const guard = new ClockGuard(systemClock, machineTime);
  const [awake, asleepToo] = [machineTime.elapsed(), machineTime.elapsedAsleepToo()];
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.ok(machineTime.elapsed() - awake >= 50);
  assert.ok(machineTime.elapsedAsleepToo() - asleepToo >= 30);
  assert.equal(guard.look(), undefined);
});

test('what is told says how far and from what', () => {
  assert.equal(
    clockMovedText({ by_ms: -HOUR_MS, since: 'last-dated' }),
    'the clock is 3600 s behind what was signed last',
  );
  assert.match(clockMovedText({ by_ms: HOUR_MS, since: 'start' }), /3600 s ahead of/);
});
