import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NumberStanding } from '@ishizue/registry';
import * as fc from 'fast-check';
import { ATTEMPTS, decideRequest } from './decide-request.ts';
import { REQUEST_KINDS } from './number-request.ts';

const STANDINGS: readonly NumberStanding[] = [
  'unknown',
  'resident',
  'former',
  'elsewhere',
  'conflict',
  'unheard',
];
const numbers = fc.record({
  attempt: fc.option(fc.integer({ min: 0, max: ATTEMPTS - 1 }), { nil: undefined }),
  isChanging: fc.boolean(),
  isSuccessionUnheard: fc.boolean(),
});

test('whatever else is so, in a conflict nothing is made, and a number is changed for a current resident only, one change at a time', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...REQUEST_KINDS),
      fc.constantFrom(...STANDINGS),
      numbers,
      (kind, standing, known) => {
        const { effect } = decideRequest(kind, standing, known);
        if (standing === 'conflict' || standing === 'unheard') assert.equal(effect, 'wait');
        // a number may be kept under the code before
        if (known.isSuccessionUnheard && known.attempt === undefined) assert.equal(effect, 'wait');
        // who waits for something that never comes would wait for ever: a first number is never refused
        if (kind === 'first') assert.notEqual(effect, 'refuse');
        if (kind === 'replacement' && effect === 'make') {
          assert.equal(standing, 'resident');
          assert.ok(known.attempt !== undefined && known.attempt + 1 < ATTEMPTS && !known.isChanging);
        }
      },
    ),
  );
});

test('each refusal has its cause', () => {
  const cause = (standing: NumberStanding, attempt: number | undefined, isChanging = false): string => {
    const decision = decideRequest('replacement', standing, { attempt, isChanging });
    return decision.effect === 'make' ? 'make' : decision.cause;
  };
  assert.deepEqual(
    [
      cause('resident', 0),
      cause('resident', undefined),
      cause('former', 0),
      cause('elsewhere', 0),
      cause('unknown', 0),
      cause('resident', 0, true),
      cause('resident', 9),
      cause('conflict', 0),
    ],
    [
      'make',
      'no-number-yet',
      'not-a-resident',
      'not-a-resident',
      'not-a-resident',
      'change-under-way',
      'derivations-exhausted',
      'residence-conflict',
    ],
  );
});
