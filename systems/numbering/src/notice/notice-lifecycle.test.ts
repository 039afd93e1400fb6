import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  decideNoticeStep,
  NOTICE_STATES,
  NOTICE_STEPS,
  type NoticeStanding,
  type NoticeState,
  type NoticeStep,
  type NoticeStepName,
} from './notice-lifecycle.ts';

const TODAY = '2026-11-20';

const standing = (state: NoticeState, stateOn = '2026-01-10'): NoticeStanding => ({
  state,
  stateOn,
  postingNumber: null,
  returnReason: null,
});

function stepOf(step: NoticeStepName, on = TODAY): NoticeStep {
  if (step === 'post') return { step, on, postingNumber: '12345678901' };
  return step === 'return' ? { step, on, returnReason: 'not-collected' } : { step, on };
}

/** The whole table: a line for each state, a mark for each step that it allows. */
const ALLOWED: Readonly<Record<NoticeState, string>> = {
  queued: 'print→printed withdraw→withdrawn',
  printed: 'withdraw→withdrawn post→posted',
  posted: 'deliver→delivered return→returned',
  delivered: '',
  returned: 'hold→held',
  held: 'hand-over→handed-over dispose→disposed',
  'handed-over': '',
  disposed: '',
  withdrawn: '',
};

test('each state allows exactly the steps of the table, and refuses every other', () => {
  for (const state of NOTICE_STATES) {
    const allowed = NOTICE_STEPS.flatMap((step) => {
      const decided = decideNoticeStep(standing(state), stepOf(step), TODAY);
      if (!decided.ok) assert.equal(decided.failure.code, 'notice-state-refused', `${state} ${step}`);
      return decided.ok ? [`${step}→${decided.value.state}`] : [];
    });
    assert.equal(allowed.join(' '), ALLOWED[state], state);
  }
});

test('dates: no day of no calendar, none in the future, none before the last step', () => {
  const cases: readonly (readonly [on: string, code: string])[] = [
    ['2026-02-30', 'notice-date-invalid'],
    ['20261120', 'notice-date-invalid'],
    ['', 'notice-date-invalid'],
    ['2026-11-21', 'notice-date-in-the-future'],
    ['2026-01-09', 'notice-date-before-last-step'],
    ['2026-01-10', 'ok'],
    [TODAY, 'ok'],
  ];
  for (const [on, code] of cases) {
    const decided = decideNoticeStep(standing('posted'), stepOf('deliver', on), TODAY);
    assert.equal(decided.ok ? 'ok' : decided.failure.code, code, on);
  }
});

test('what is held is kept its time, but may be handed over on any day of it', () => {
  const held = standing('held', '2026-03-01');
  const codeOn = (step: NoticeStepName, on: string): string => {
    const decided = decideNoticeStep(held, stepOf(step, on), TODAY);
    return decided.ok ? 'ok' : decided.failure.code;
  };
  assert.equal(codeOn('dispose', '2026-05-29'), 'notice-holding-not-over');
  assert.equal(codeOn('dispose', '2026-05-30'), 'ok'); // ninety days after the first of March
  assert.equal(codeOn('hand-over', '2026-03-01'), 'ok');
});

test('a posting number has eleven to thirteen digits, and stays with the notice', () => {
  for (const postingNumber of ['1234567890', '12345678901234', '1234567890a', '', '１２３４５６７８９０１'])
    assert.deepEqual(
      decideNoticeStep(standing('printed'), { step: 'post', on: TODAY, postingNumber }, TODAY),
      {
        ok: false,
        failure: {
          code: 'posting-number-malformed',
          detail: 'a posting number has 11 to 13 digits',
        },
      },
    );
  const posted = decideNoticeStep(standing('printed'), stepOf('post'), TODAY);
  assert.ok(posted.ok);
  const returned = decideNoticeStep(posted.value, stepOf('return'), TODAY);
  assert.ok(returned.ok);
  assert.deepEqual(returned.value, {
    state: 'returned',
    stateOn: TODAY,
    postingNumber: '12345678901',
    returnReason: 'not-collected',
  });
});

test('on no path is a notice printed or posted twice, handed over after it was delivered, or back from an end', () => {
  const anyStep = fc.constantFrom(...NOTICE_STEPS);
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      let notice = standing('queued');
      const taken: NoticeStepName[] = [];
      for (const step of steps) {
        const decided = decideNoticeStep(notice, stepOf(step), TODAY);
        if (!decided.ok) continue;
        notice = decided.value;
        taken.push(step);
      }
      assert.equal(new Set(taken).size, taken.length, taken.join(' '));
      assert.ok(!(taken.includes('deliver') && taken.includes('hand-over')));
      assert.ok(!(taken.includes('hand-over') && taken.includes('dispose')));
    }),
  );
});
