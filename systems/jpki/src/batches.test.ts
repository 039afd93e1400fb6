import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Batches, type BatchOptions } from './batches.ts';

/** Batches of numbers that are doubled; the batches as they were run. Those of `held` end when `release` is called. */
function doubling(options: Partial<BatchOptions<number, number>> = {}, held = false) {
  const runs: number[][] = [];
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  if (!held) release();
  const batches = new Batches<number, number>({
    itemsMax: 100,
    atOnce: 1,
    ...options,
    run: async (items) => {
      runs.push([...items]);
      await released;
      if (items.includes(13)) throw new Error('thirteen');
      return items.map((item) => item * 2);
    },
  });
  return { batches, runs, release };
}

test('what is asked in one turn goes together, what comes meanwhile in the next batch', async () => {
  const { batches, runs, release } = doubling({}, true);
  const first = [batches.add(1), batches.add(2)];
  while (runs.length === 0) await sleep(0);
  const second = [batches.add(3), batches.add(4)];
  release();
  assert.deepEqual(await Promise.all([...first, ...second]), [2, 4, 6, 8]);
  assert.deepEqual(runs, [
    [1, 2],
    [3, 4],
  ]);
});

test('batches are bounded in size and in number', async () => {
  const { batches, runs } = doubling({ itemsMax: 3, atOnce: 2 });
  await Promise.all(Array.from({ length: 10 }, (_, item) => batches.add(item)));
  assert.deepEqual(
    runs.map((run) => run.length),
    [3, 3, 3, 1],
  );
});

test('items that share a key go one after another, in order', async () => {
  const { batches, runs } = doubling({ keysOf: (item) => [String(item % 2)] });
  await Promise.all([1, 3, 2, 5, 4].map((item) => batches.add(item)));
  assert.deepEqual(runs, [[1, 2], [3, 4], [5]]);
});

test('items of one owner go together, or one batch after the other, and keep nobody else from going', async () => {
  const { batches, runs, release } = doubling({ atOnce: 2, ownerOf: (item) => String(item % 10) }, true);
  const first = [batches.add(1), batches.add(11)];
  while (runs.length === 0) await sleep(0);
  const later = [batches.add(21), batches.add(2)];
  while (runs.length === 1) await sleep(0);
  const last = batches.add(31);
  release();
  assert.deepEqual(await Promise.all([...first, ...later, last]), [2, 22, 42, 4, 62]);
  assert.deepEqual(runs, [[1, 11], [2], [21, 31]]);
});

test('one that cannot be done does not take the others along', async () => {
  const { batches } = doubling();
  const settled = await Promise.allSettled([1, 13, 2].map((item) => batches.add(item)));
  assert.deepEqual(
    settled.map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason))),
    [2, 'Error: thirteen', 4],
  );
});
