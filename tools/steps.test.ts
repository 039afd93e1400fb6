import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Steps } from './steps.ts';

const fine = (): Promise<{ isOk: boolean; note: string }> =>
  Promise.resolve({ isOk: true, note: 'all of it' });

test('a step that fails or throws fails the whole, and the next is taken all the same', async () => {
  for (const bad of [
    () => Promise.resolve({ isOk: false, note: 'no' }),
    () => Promise.reject(new Error('no')),
  ]) {
    const steps = new Steps(new AbortController().signal);
    await steps.take('first', bad);
    await steps.take('second', fine);
    assert.equal(steps.isOk, false);
    assert.match(steps.summary([]), /✖ first .*failed .* no\n✔ second .*ok .* all of it\n✖ total .*failed/);
  }
});

test('when all went well the total says so, and what was skipped is told', async () => {
  const steps = new Steps(new AbortController().signal);
  await steps.take('only', fine);
  assert.equal(steps.isOk, true);
  assert.match(steps.summary(['2 tests: no abacus']), /– skipped 2 tests: no abacus\n✔ total .*ok/);
});

test('after an interruption no step is taken and the whole has failed', async () => {
  const interruption = new AbortController();
  const steps = new Steps(interruption.signal);
  interruption.abort();
  await steps.take('late', () => Promise.reject(new Error('was taken')));
  assert.equal(steps.isOk, false);
  assert.doesNotMatch(steps.summary([]), /late/);
});
