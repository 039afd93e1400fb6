/** Whatever the counter is told and in whatever order, a record keeps its rules. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays } from '@ishizue/clock';
import type { Result } from '@ishizue/outcome';
import * as fc from 'fast-check';
import type { CounterEvent } from '../municipal/decide-event.ts';
import type { Resident } from '../municipal/resident.ts';
import { address, details, moveInWith, TODAY } from '../testing/samples.ts';
import { decideDeath } from './death.ts';
import { decideMinorCorrection } from './minor-correction.ts';
import { decideMoveIn } from './move-in.ts';
import { decideMoveOut } from './move-out.ts';
import { decideMoveWithin } from './move-within.ts';
import type { Decision, EventFailure } from './resident-event.ts';

type PersonEvent = Extract<
  CounterEvent,
  { reason: 'move-in' | 'move-within' | 'minor-correction' | 'move-out' | 'death' }
>;

const residentCode = '24727059608';

const date = fc.oneof(
  { weight: 9, arbitrary: fc.nat(40).map((days) => addDays('2026-10-15', days)) }, // some of them in the future
  { weight: 1, arbitrary: fc.constantFrom('2026-02-30', '1990-05-05', 'never') },
);
const place = fc.constantFrom('中里五丁目', '元町二丁目', '松山一丁目').map((town) => ({ ...address, town }));
const person = { residentCode: fc.constant(residentCode), eventDate: date };
const events: fc.Arbitrary<PersonEvent> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ eventDate: date, address: place })
      .map((changes) => moveInWith({ residentCode, ...changes })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ reason: fc.constant('move-within' as const), ...person, address: place }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      reason: fc.constant('minor-correction' as const),
      ...person,
      name: fc.constantFrom(details.name, '高橋　花子'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      reason: fc.constant('move-out' as const),
      ...person,
      destination: fc.constant('神奈川県鎌倉市'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ reason: fc.constant('death' as const), ...person }) },
);

function decide(
  before: Resident | undefined,
  event: PersonEvent,
  nth: number,
): Result<Decision, EventFailure> {
  const residentNumber = String(1000 + nth);
  const fresh = { municipality: '132217', residentNumber, residentCode, householdNumber: residentNumber };
  switch (event.reason) {
    case 'move-in':
      return decideMoveIn(fresh)(before, event, TODAY);
    case 'move-within':
      return decideMoveWithin(before, event, TODAY);
    case 'minor-correction':
      return decideMinorCorrection(before, event, TODAY);
    case 'move-out':
      return decideMoveOut(before, event, TODAY);
    case 'death':
      return decideDeath(before, event, TODAY);
  }
}

interface Step {
  readonly event: PersonEvent;
  readonly before: Resident | undefined;
  readonly outcome: Result<Decision, EventFailure>;
}

/** Runs a history as the register does: a refusal leaves the record, a decision raises its sequence by one. */
function run(history: readonly PersonEvent[]): readonly Step[] {
  let record: Resident | undefined;
  return history.map((event, nth) => {
    const before = record;
    const outcome = decide(before, event, nth);
    if (outcome.ok) record = { ...outcome.value.after, sequence: outcome.value.after.sequence + 1 };
    return { event, before, outcome };
  });
}

/** Histories in any order, and such as a counter sees: most events are declared in the order in which they happened. */
const histories = fc
  .tuple(fc.array(events, { minLength: 1, maxLength: 25 }), fc.boolean())
  .map(([history, isInOrder]) =>
    isInOrder ? history.toSorted((a, b) => a.eventDate.localeCompare(b.eventDate)) : history,
  );

function always(claim: (steps: readonly Step[]) => void): void {
  fc.assert(
    fc.property(histories, (history) => claim(run(history))),
    { numRuns: 600 },
  );
}

test('after a death nothing is recorded', () => {
  let deaths = 0;
  always((steps) => {
    const death = steps.findIndex(({ event, outcome }) => event.reason === 'death' && outcome.ok);
    if (death < 0) return;
    deaths++;
    for (const { outcome } of steps.slice(death + 1))
      assert.equal(outcome.ok ? 'recorded' : outcome.failure.code, 'resident-not-current');
  });
  assert.ok(deaths > 20, `only ${deaths} histories had a death`);
});

test('one person has one record here: its number stays over every return', () => {
  let returns = 0;
  always((steps) => {
    const recorded = steps.flatMap(({ outcome }) => (outcome.ok ? [outcome.value] : []));
    returns += Math.max(0, recorded.filter(({ reason }) => reason === 'move-in').length - 1);
    assert.ok(new Set(recorded.map(({ after }) => after.residentNumber)).size <= 1);
    assert.deepEqual(
      recorded.map(({ after }) => after.sequence),
      recorded.map((_, index) => index),
    );
  });
  assert.ok(returns > 15, `only ${returns} returns`);
});

test('only entries begin a residence, only a move out or a death ends one, and dates never run backwards', () => {
  always((steps) => {
    for (const { event, before, outcome } of steps) {
      if (!outcome.ok) continue;
      const { after } = outcome.value;
      assert.equal(before?.status === 'resident', event.reason !== 'move-in');
      assert.equal(after.status === 'resident', event.reason !== 'move-out' && event.reason !== 'death');
      assert.equal(after.endedOn === null, after.status === 'resident');
      assert.ok(after.becameResidentOn <= (after.endedOn ?? TODAY));
      assert.ok(after.becameResidentOn >= (before?.endedOn ?? ''), 'a residence overlaps the one before');
      assert.ok(after.becameResidentOn <= event.eventDate && event.eventDate <= TODAY);
    }
  });
});
