import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDefinition } from '@ishizue/procedure';
import * as fc from 'fast-check';
import { SOLE_ACTS } from './verifier-office.ts';
import { verifierRegistration } from './verifier-registration.ts';
import { VERIFIER_STATES } from './verifier-store.ts';

const { moves, states } = verifierRegistration;

interface Step {
  readonly move: string;
  readonly from: string;
  readonly to: string;
}

/** The moves that states allow, of those that are tried. */
function walk(tried: readonly string[]): readonly Step[] {
  let from = 'notified';
  return tried.flatMap((name) => {
    const move = moves[name];
    if (!move || move.from === 'new' || !move.from.includes(from)) return [];
    const step = { move: name, from, to: move.to === 'same' ? from : move.to };
    from = step.to;
    return [step];
  });
}

test('nobody goes live but through all stages, or comes back but by a restore; nothing leads out of the end', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...Object.keys(moves)), { maxLength: 60 }), (tried) => {
      const steps = walk(tried).filter(({ from, to }) => from !== to);
      const firstLive = steps.findIndex(({ to }) => to === 'live');
      if (firstLive !== -1) {
        const before = steps.slice(0, firstLive).map(({ to }) => to);
        for (const stage of ['technical-documents-released', 'test-environment', 'connection-test'])
          assert.ok(before.includes(stage), `${stage} was left out`);
        assert.equal(steps[firstLive]?.from, 'connection-test');
      }
      for (const { move, from, to } of steps) {
        assert.notEqual(from, 'ended');
        if (to === 'live') assert.ok(move === 'go-live' || move === 'restore');
        if (to === 'suspended') assert.equal(from, 'live');
      }
    }),
    { numRuns: 2_000 },
  );
});

test('the definition hangs together; what gives access differs in person from its proposal, the rest is one officer’s', () => {
  assert.deepEqual(checkDefinition(verifierRegistration), []);
  assert.deepEqual(Object.keys(states), [...VERIFIER_STATES]);
  for (const [name, move] of Object.entries(moves)) {
    const givesAccess = move.to === 'live' || name === 'change-terms';
    assert.equal(move.differsFrom, givesAccess ? `propose-${name}` : undefined, name);
    assert.equal(
      SOLE_ACTS.some((act) => act === name),
      !givesAccess && !/^(?:register|propose-)/.test(name),
      name,
    );
    assert.deepEqual(move.by, ['role:verifier-officer']);
  }
  assert.deepEqual(
    moves['end']?.from,
    VERIFIER_STATES.filter((state) => state !== 'ended'),
  );
});
