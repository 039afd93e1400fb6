/** The grant of the fixtures through its whole life: what a definition of this size can say, and what it then keeps. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import type { ActingBy, CaseDesk } from './index.ts';
import { houseForTest, officer, person, request } from './testing/desk-for-test.ts';
import { grant } from './testing/grant.ts';

const MILLION = 1_000_000;
const body = person('body-131016');
const reviewer = officer('o-review', 'grant-reviewer');
const decider = officer('o-decide', 'grant-decider');
const form = (amount: number) => ({
  body: '131016',
  fiscalYear: 2026,
  kind: 'migration',
  costs: [{ item: '移行費', amount }],
});

let house: Awaited<ReturnType<typeof houseForTest>>;
let desk: CaseDesk;
const closers: (() => Promise<void> | void)[] = [];

before(async () => {
  house = await houseForTest({ after: (work) => void closers.push(work as () => Promise<void>) });
  desk = await house.desk(grant, { ceilingOf: (code) => (code === '131016' ? 50 * MILLION : undefined) });
});
test.after(async () => {
  for (const close of closers.toReversed()) await close();
});

async function apply(amount: number): Promise<number> {
  const applied = await desk.start(body, { move: 'apply', request: request(), form: form(amount) });
  return mustSucceed(applied, 'an application').caseId;
}

const move = async (
  by: Parameters<CaseDesk['move']>[0],
  caseId: number,
  name: string,
  own = {},
  amended?: object,
) => {
  const done = await desk.move(by, {
    caseId,
    move: name,
    request: request(),
    own,
    ...(amended && { form: amended }),
  });
  return done.ok ? done.value.state : done.failure.code;
};

const paymentsOf = async (caseId: number) => {
  const rows = await house.superuser<{ fiscal_year: number; amount: number }[]>`
    SELECT fiscal_year, amount FROM fund.payment WHERE case_id = ${caseId} ORDER BY sequence`;
  return rows.map(({ fiscal_year, amount }) => [fiscal_year, amount]);
};

test('a grant is corrected, decided by a second person, changed, advanced, carried over, reported, fixed and settled', async () => {
  house.goTo('2026-06-01'); // a Monday
  const caseId = await apply(60 * MILLION).catch((error: Error) => error.message);
  assert.match(String(caseId), /over-ceiling/);
  const id = await apply(40 * MILLION);
  const opened = mustSucceed(await desk.read(body, id), 'reading');
  assert.deepEqual(opened.record, { ceiling: 50 * MILLION, booksIn: 2026 });
  assert.equal(opened.dueOn, '2026-07-13', '30 business days');

  house.goTo('2026-06-08'); // five business days later
  assert.equal(await move(reviewer, id, 'return', { reason: '見積書が足りません' }), 'correction');
  const returned = mustSucceed(await desk.read(body, id), 'reading');
  assert.equal(returned.dueOn, '2026-06-22');
  assert.deepEqual(returned.clocks, { left: { decision: 25 } });
  house.goTo('2026-06-15');
  assert.equal(
    await move(body, id, 'correct', {}, { costs: [{ item: '移行費', amount: 30 * MILLION }] }),
    'review',
  );
  assert.equal(
    mustSucceed(await desk.read(body, id), 'reading').dueOn,
    '2026-07-21',
    '25 more, over Marine Day',
  );

  assert.equal(await move(decider, id, 'decide', { amount: 30 * MILLION }), 'second-person-needed');
  assert.equal(await move(reviewer, id, 'propose'), 'review');
  const both = officer('o-review', 'grant-decider');
  assert.equal(await move(both, id, 'decide', { amount: 30 * MILLION }), 'second-person-needed');
  assert.equal(await move(decider, id, 'decide', { amount: 31 * MILLION }), 'over-ceiling');
  assert.equal(await move(decider, id, 'decide', { amount: 30 * MILLION }), 'work');

  assert.equal(
    await move(
      body,
      id,
      'apply-for-change',
      { reason: '単価の変更' },
      { costs: [{ item: '移行費', amount: 45 * MILLION }] },
    ),
    'changing',
  );
  assert.equal(await move(decider, id, 'approve-change', { amount: 45 * MILLION }), 'work');
  assert.equal(await move(decider, id, 'advance', { amount: 20 * MILLION }), 'work');
  assert.equal(await move(decider, id, 'advance', { amount: 26 * MILLION }), 'over-decided');
  assert.equal(await move(body, id, 'apply-for-carry-over', { reason: '年度内に終わりません' }), 'carrying');
  assert.equal(await move(decider, id, 'carry-over'), 'work');
  assert.equal(await move(body, id, 'apply-for-carry-over', { reason: 'もう一度' }), 'carried-twice');
  house.goTo('2027-09-01');
  assert.equal(await move(body, id, 'report', { spent: 42 * MILLION }), 'reported');
  assert.equal(await move(decider, id, 'fix', { amount: 46 * MILLION }), 'over-decided');
  assert.equal(await move(decider, id, 'fix', { amount: 42 * MILLION }), 'fixed');
  assert.equal(await move(decider, id, 'settle'), 'settled');
  assert.deepEqual(await paymentsOf(id), [
    [2026, 20 * MILLION],
    [2027, 22 * MILLION],
  ]);
  const done = mustSucceed(await desk.read(body, id), 'reading');
  assert.equal(done.isOpen, false);
  assert.deepEqual(done.moves, []);
  assert.equal(done.record['carriedOver'], 25 * MILLION);
  assert.equal(await move(decider, id, 'settle'), 'move-not-in-state');

  const lines = mustSucceed(await desk.history(reviewer, id), 'history');
  assert.deepEqual(
    lines.map(({ sequence }) => sequence),
    lines.map((_, index) => index + 1),
  );
  const change = lines.find((line) => line.move === 'apply-for-change');
  assert.deepEqual(change?.replaced, { form: { costs: [{ item: '移行費', amount: 30 * MILLION }] } });
  assert.deepEqual(change?.own, { reason: '単価の変更' });
  const decided = lines.find((line) => line.move === 'decide');
  assert.deepEqual(decided?.replaced, { record: { decided: null } });
  const toldTo = async (who: ActingBy): Promise<readonly string[]> => {
    const shown = mustSucceed(await desk.history(who, id), 'history');
    return [...new Set(shown.flatMap(({ notices }) => notices.map(({ to }) => to)))].sort();
  };
  assert.deepEqual(
    await toldTo(reviewer),
    ['applicant', 'role:grant-reviewer'],
    'the office sees all notices',
  );
  assert.deepEqual(await toldTo(body), ['applicant']);
});

test('an application that is not corrected in time lapses by the clock, once, and the applicant is told', async () => {
  house.goTo('2027-10-01');
  const id = await apply(MILLION);
  assert.equal(await move(reviewer, id, 'return', { reason: '不足' }), 'correction');
  assert.equal(mustSucceed(await desk.read(body, id), 'reading').dueOn, '2027-10-15');
  house.goTo('2027-10-15');
  assert.equal((await desk.passDeadlines()).moved, 0, 'the last day counts');
  house.goTo('2027-10-16');
  assert.deepEqual(await desk.passDeadlines(), { moved: 1, refused: 0, alarms: 0 });
  assert.deepEqual(await desk.passDeadlines(), { moved: 0, refused: 0, alarms: 0 });
  assert.equal(mustSucceed(await desk.read(body, id), 'reading').state, 'withdrawn');
  const told: string[] = [];
  await desk.deliverNotices(async (notices) => {
    for (const { caseId, recipient, en } of notices) if (caseId === id) told.push(`${recipient} ${en}`);
    return new Set();
  });
  assert.deepEqual(told, [
    `role:grant-reviewer Application ${id} came in.`,
    'applicant:person:body-131016 Please correct it by 2027-10-15. 不足',
    `applicant:person:body-131016 Application ${id} has lapsed.`,
  ]);
});

test('an alarm is raised once for each day that passed, and again for an extended one', async () => {
  house.goTo('2027-11-01');
  await apply(MILLION);
  house.goTo('2028-01-31');
  assert.equal((await desk.passDeadlines()).alarms, 1);
  assert.equal((await desk.passDeadlines()).alarms, 0);
});
