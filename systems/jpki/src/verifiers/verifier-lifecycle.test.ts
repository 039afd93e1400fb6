import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  APPROVED_ACTS,
  nextVerifierState,
  SOLE_ACTS,
  type StateAct,
  VERIFIER_STATES,
  type VerifierState,
} from './verifier-lifecycle.ts';

const ACTS: readonly StateAct[] = [...SOLE_ACTS, ...APPROVED_ACTS];

interface Step {
  readonly act: StateAct;
  readonly from: VerifierState;
  readonly to: VerifierState;
}

function walk(acts: readonly StateAct[]): readonly Step[] {
  let from: VerifierState = 'notified';
  return acts.flatMap((act) => {
    const next = nextVerifierState(from, act);
    if (!next.ok) return [];
    const step = { act, from, to: next.value };
    from = next.value;
    return [step];
  });
}

test('nobody goes live but through all stages, or comes back but by a restore; nothing leads out of the end', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...ACTS), { maxLength: 60 }), (acts) => {
      const steps = walk(acts);
      const firstLive = steps.findIndex(({ to }) => to === 'live');
      if (firstLive !== -1) {
        const before = steps.slice(0, firstLive).map(({ to }) => to);
        for (const stage of ['technical-documents-released', 'test-environment', 'connection-test'] as const)
          assert.ok(before.includes(stage), `${stage} was left out`);
        assert.equal(steps[firstLive]?.from, 'connection-test');
      }
      for (const { act, from, to } of steps) {
        assert.notEqual(from, 'ended');
        if (to === 'live') assert.ok(act === 'go-live' || act === 'restore');
        if (to === 'suspended') assert.equal(from, 'live');
      }
    }),
    { numRuns: 2_000 },
  );
});

test('every state can be reached, and left towards the end', () => {
  const reached = new Set(
    walk([
      'release-documents',
      'open-test-environment',
      'begin-connection-test',
      'repeat-test',
      'begin-connection-test',
      'go-live',
      'suspend',
      'restore',
      'end',
    ]).map(({ to }) => to),
  );
  assert.deepEqual([...reached, 'notified'].sort(), [...VERIFIER_STATES].sort());
  for (const state of VERIFIER_STATES)
    assert.equal(nextVerifierState(state, 'end').ok, state !== 'ended', state);
});
