import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { alternate, inParallel, median, rate } from './measure.ts';

test('the median is the middle one, or between the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([1, 2, 10, 100]), 6);
  assert.throws(() => median([]));
});

test('limit and value are measured in turn, the limit first', async () => {
  const calls: string[] = [];
  const measured = await alternate(
    3,
    (round) => {
      calls.push(`value ${round}`);
      return Promise.resolve([30, 10, 20][round] ?? 0);
    },
    (round) => {
      calls.push(`limit ${round}`);
      return Promise.resolve(100 * (round + 1));
    },
  );
  assert.deepEqual(calls, ['limit 0', 'value 0', 'limit 1', 'value 1', 'limit 2', 'value 2']);
  assert.equal(measured.value, 20);
  assert.equal(measured.limit, 200);
  assert.match(measured.rounds, /30, 10, 20; limit 100, 200, 300/);
});

test('a rate is of the time that the work took', async () => {
  const measured = await rate(100, () => sleep(50));
  assert.ok(measured > 200 && measured < 2_050, `${measured}/s`);
});

test('all is done once, and never more at once than allowed', async () => {
  const done: number[] = [];
  let atOnce = 0;
  let atOnceMax = 0;
  await inParallel(50, 4, async (index, worker) => {
    assert.ok(worker < 4);
    atOnceMax = Math.max(atOnceMax, ++atOnce);
    await sleep(1);
    atOnce--;
    done.push(index);
  });
  assert.equal(atOnceMax, 4);
  assert.deepEqual(
    done.toSorted((a, b) => a - b),
    Array.from({ length: 50 }, (_, index) => index),
  );
});
