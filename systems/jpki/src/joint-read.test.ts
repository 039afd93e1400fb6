import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JointRead } from './joint-read.ts';

/** A source that is read on demand: reads begun, each settled by hand. */
function source() {
  const begun: PromiseWithResolvers<number>[] = [];
  const shared = new JointRead(() => {
    const read = Promise.withResolvers<number>();
    begun.push(read);
    return read.promise;
  });
  const until = async (count: number): Promise<PromiseWithResolvers<number>> => {
    while (begun.length < count) await new Promise<void>((resolve) => setImmediate(resolve));
    const last = begun[count - 1];
    assert.ok(last);
    return last;
  };
  return { begun, shared, until };
}

test('everybody gets what a read tells that began after they asked, one read at a time', async () => {
  const { begun, shared, until } = source();
  const first = [shared.join(), shared.join()];
  const one = await until(1);
  const second = [shared.join(), shared.join(), shared.join()];
  for (let turns = 0; turns < 20; turns++) await new Promise<void>((resolve) => setImmediate(resolve));
  assert.equal(begun.length, 1, 'the next one waits for the first');
  one.resolve(1);
  assert.deepEqual(await Promise.all(first), [1, 1]);
  (await until(2)).resolve(2);
  assert.deepEqual(await Promise.all(second), [2, 2, 2]);
});

test('a read that fails fails for those who shared it, and for nobody else', async () => {
  const { shared, until } = source();
  const first = [shared.join(), shared.join()];
  const one = await until(1);
  const second = shared.join();
  one.reject(new Error('away'));
  assert.deepEqual(
    (await Promise.allSettled(first)).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  (await until(2)).resolve(2);
  assert.equal(await second, 2);
});
