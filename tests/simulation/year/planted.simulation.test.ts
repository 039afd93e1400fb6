/** The year's simulation is worth what its checkers find: each fault that is planted must be among the findings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appliesTwice, forgetsOne } from './planted-faults.ts';
import { simulateForTest, TEN_DAYS } from './simulate-for-test.ts';

test('a seed replays its year event by event, and a year without a fault has no finding', async () => {
  const one = await simulateForTest(TEN_DAYS);
  const other = await simulateForTest(TEN_DAYS);
  assert.deepEqual(one.findings, []);
  assert.deepEqual(other, one);
});

test('the checkers find a notice that a tier took for done without applying it', async () => {
  const plant = forgetsOne('identity-changed', 130);
  const { findings } = await simulateForTest({ ...TEN_DAYS, plant });
  assert.ok(
    findings.some((finding) => /^changes of (nation|prefecture)/.test(finding)),
    findings.join('\n'),
  );
});

test('the checkers find a notice that a tier applied twice', async () => {
  const { findings } = await simulateForTest({
    ...TEN_DAYS,
    plant: appliesTwice('identity-changed', 130),
  });
  assert.ok(
    findings.some((finding) => /an? identity-changed is parked/.test(finding)),
    findings.join('\n'),
  );
});

test('the checkers find an allocation of codes that is applied twice', async () => {
  const { findings } = await simulateForTest({
    ...TEN_DAYS,
    plant: appliesTwice('resident-code-allocation', 2),
  });
  assert.ok(
    findings.some((finding) => /a resident-code-allocation is parked/.test(finding)),
    findings.join('\n'),
  );
});
