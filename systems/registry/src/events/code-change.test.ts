/** The rule of a changed code, at the counter and at the tiers, against every state that a record or a site may be in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays } from '@ishizue/clock';
import * as fc from 'fast-check';
import { allotmentOf } from '../codes/allotment.ts';
import { codeChangedBody } from '../codes/code-changed.ts';
import { decideCodeChanged } from '../codes/decide-code-changed.ts';
import { noticeWith, residentWith, TODAY } from '../testing/samples.ts';
import type { HeldPerson } from '../tiers/decide-identity-change.ts';
import { decideIdentityChange, heldAfter } from '../tiers/decide-identity-change.ts';
import { decideCodeChange } from './code-change.ts';
import { decideUndo } from './undo.ts';

const [OLD, NEW] = ['24727059608', '00012345674'];
const statuses = fc.constantFrom('resident', 'moved-out', 'deceased', 'removed');
const reasons = fc.constantFrom('resident-code-change', 'ex-officio-code-change');
const dates = fc.integer({ min: -9_000, max: 40 }).map((days) => addDays(TODAY, days));

test('only a current resident’s code changes, nothing but the code does, and it cannot be undone', () => {
  fc.assert(
    fc.property(statuses, reasons, dates, fc.boolean(), (status, reason, eventDate, isThere) => {
      const before = isThere ? residentWith({ status }) : undefined;
      const event = { reason, residentCode: OLD, eventDate, basis: '誤記' };
      const decision = decideCodeChange(before, event, NEW, TODAY);
      const may = status === 'resident' && isThere && eventDate >= '2020-04-01' && eventDate <= TODAY;
      assert.equal(decision.ok, may);
      if (!decision.ok || !before) return;
      assert.equal(decision.value.formerCode, OLD);
      assert.deepEqual(decision.value.after, { ...before, residentCode: NEW });
      const after = { ...decision.value.after, sequence: before.sequence + 1 };
      const undo = {
        reason: 'undo',
        residentCode: NEW,
        eventDate: TODAY,
        undoes: after.sequence,
        basis: '',
      } as const;
      const last = { sequence: after.sequence, reason, before, hasLaterNumber: false };
      const undone = decideUndo(after, last, undo, TODAY);
      assert.equal(undone.ok || undone.failure.code, 'code-change-final');
    }),
  );
});

const held: HeldPerson = heldAfter(undefined, noticeWith({ residentCode: OLD }));
const change = codeChangedBody.parse({
  ...noticeWith({ residentCode: NEW, sequence: 2, reason: 'resident-code-change' }),
  formerCode: OLD,
});

test('a tier takes a change over from the municipality of residence only, to a code that is nobody’s and never was', () => {
  const persons = fc.option(
    fc.record({
      municipality: fc.constantFrom('132217', '142042'),
      status: statuses,
      name: fc.constantFrom(held.name, '他人'),
    }),
    { nil: undefined },
  );
  fc.assert(
    fc.property(
      persons,
      persons,
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      (former, current, isFormerRetired, isCurrentRetired, isEntryHeldBack) => {
        const decision = decideCodeChanged(
          {
            former: former && { ...held, ...former },
            current: current && { ...held, ...current, residentCode: NEW },
            isFormerRetired,
            isCurrentRetired,
            isEntryHeldBack,
          },
          change,
        );
        const isOfResidence = former?.municipality === '132217' && former.status === 'resident';
        const isOwnElsewhere = current?.municipality === '142042' && current.name === held.name;
        assert.equal(
          decision.ok,
          !isFormerRetired &&
            !isCurrentRetired &&
            !isEntryHeldBack &&
            isOfResidence &&
            (!current || isOwnElsewhere),
        );
        if (decision.ok) assert.equal(decision.value, current ? 'joined' : 'renamed');
      },
    ),
  );
});

test('under a used-up code a tier takes history and nothing else, whatever the notice', () => {
  const notices = fc.record({
    reason: fc.constantFrom(
      'move-in',
      'birth',
      'initial-load',
      'move-out',
      'death',
      'undo',
      'ex-officio-correction',
    ),
    municipality: fc.constantFrom('132217', '142042'),
    status: statuses,
    eventDate: dates,
    name: fc.constantFrom(held.name, '他人'),
  });
  const after = { ...held, residentCode: NEW };
  fc.assert(
    fc.property(notices, statuses, (notice, status) => {
      const decision = decideIdentityChange(
        { ...after, status },
        noticeWith({ ...notice, residentCode: OLD }),
        'nation',
      );
      if (decision.ok) assert.equal(decision.value, 'history');
      else assert.equal(decision.failure.code, 'resident-code-retired');
    }),
    { numRuns: 2000 },
  );
});

test('an allotment is what was asked for at least, grows with the population, and fits one message', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20_000 }),
      fc.nat(4_000_000),
      fc.nat(4_000_000),
      (asked, some, others) => {
        const [few, many] = [Math.min(some, others), Math.max(some, others)].map((population) =>
          allotmentOf(asked, population, 20_000),
        );
        assert.ok(few !== undefined && many !== undefined && asked <= few && few <= many && many <= 20_000);
      },
    ),
  );
  assert.equal(allotmentOf(200, 75_000, 20_000), 200);
  assert.equal(allotmentOf(200, 917_000, 20_000), 1_834);
});
