import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import { Recent } from './recent.ts';

const START = '2026-11-22T00:00:00Z';

test('many who ask at once are one question, and the answer is kept for a moment', async () => {
  const clock = new ManualClock(START);
  let asked = 0;
  const recent = new Recent(clock, 1_000, async () => ++asked);
  assert.deepEqual(await Promise.all([recent.get(), recent.get(), recent.get()]), [1, 1, 1]);
  clock.advance(999);
  assert.equal(await recent.get(), 1);
  clock.advance(1);
  assert.equal(await recent.get(), 2);
  clock.advance(-5_000); // set back
  assert.equal(await recent.get(), 3);
});

test('what was asked before a change does not answer after it', async () => {
  let state = 'before';
  let release = (): void => undefined;
  const recent = new Recent(new ManualClock(START), 1_000, async () => {
    const seen = state;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return seen;
  });
  const early = recent.get();
  const releaseEarly = release;
  state = 'after';
  recent.forget();
  const late = recent.get();
  releaseEarly();
  release();
  assert.deepEqual(await Promise.all([early, late]), ['before', 'after']);
  assert.equal(await recent.get(), 'after');
});

test('a failure is told to who asked and is not kept', async () => {
  let asked = 0;
  const recent = new Recent(new ManualClock(START), 1_000, async () => {
    asked += 1;
    if (asked === 1) throw new Error('not now');
    return asked;
  });
  await assert.rejects(recent.get(), /not now/);
  assert.equal(await recent.get(), 2);
});
