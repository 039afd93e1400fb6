/**
 * Who is on the line, and what is then done: identity questions, suspension and its letter, with cards and the registry as
 * they are. One country for the whole file.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { fail, mustSucceed, type Result } from '@ishizue/outcome';
import { openTypeface } from '@ishizue/pdf';
import { printFilesInMemory } from '@ishizue/pdf/testing';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { grantSupport, KIYOSE, testAccess } from '@ishizue/registry/testing';
import { answerQuestion } from './questions/answer-question.ts';
import { endChecks } from './questions/end-checks.ts';
import { type CheckWish, openCheck } from './questions/open-check.ts';
import type { Question } from './questions/question-rules.ts';
import { tellStanding } from './questions/tell-standing.ts';
import { makeSuspensionNotices } from './suspension/make-notices.ts';
import { finishSuspensions } from './suspension/settle-suspension.ts';
import { suspendForCaller } from './suspension/suspend-for-caller.ts';
import { helpCountry } from './testing/index.ts';

const wholeFile = {
  after: (cleanUp: Parameters<typeof after>[0]) => after(cleanUp),
} as Parameters<typeof helpCountry>[0];
const country = await helpCountry(wholeFile);
const { helpDesk, clock, certification } = country;
const superuser = country.database.superuser();
wholeFile.after(() => superuser.end());

const access: Access = { ...testAccess, actor: 'o-call01', article: '番号法 第17条', affair: 'card-call' };
const PEOPLE = [
  '髙橋　花子',
  '渡辺　陽子',
  '鈴木　一郎',
  '佐藤　次郎',
  '田中　三郎',
  '山本　四郎',
  '中村　五郎',
];
const ADDRESS = '東京都清瀬市中里五丁目842番地　中里荘203';
const codes = await country.settleIn(
  PEOPLE.map((name, index) => ({ resident_number: String(index + 1), name, birth_date: '1990-05-06' })),
);
const cardOf = new Map<string, { readonly cardId: string; readonly applicationId: string }>();
for (const code of codes.slice(0, 6)) cardOf.set(code, await country.giveCard(code));
const card = (person: number) => cardOf.get(codes[person] ?? '') ?? { cardId: '', applicationId: '' };

const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);
const [held] = await superuser<{ address: string }[]>`
  SELECT address FROM registry.national_person WHERE resident_code = ${codes[0] ?? ''}`;
const address = held?.address ?? ADDRESS;
const items = (person: number, changes = {}): CheckWish => ({
  requestId: randomUUID(),
  purpose: 'suspension',
  by: 'items',
  person: { name: PEOPLE[person], birthDate: '1990-05-06', address, ...changes },
});
const byCard = (person: number, purpose: CheckWish['purpose'] = 'suspension'): CheckWish => ({
  requestId: randomUUID(),
  purpose,
  by: 'card',
  cardId: card(person).cardId,
});
const opened = async (wish: CheckWish) => mustSucceed(await openCheck(helpDesk, access, wish), 'a check');
const give = (checkId: string, number: number, question: Question, answer: string) =>
  answerQuestion(helpDesk, access, { checkId, number, question, answer });
const cardState = async (person: number): Promise<unknown> =>
  (await superuser`SELECT state FROM cards.card WHERE card_id = ${card(person).cardId}`)[0]?.['state'];
const entriesSince = async (skip: number) =>
  superuser<{ subject: string | null; affair: string; fields: string[]; result: string }[]>`
    SELECT encode(subject, 'hex') AS subject, affair, fields, result FROM ledger.entry
    WHERE affair LIKE 'card-%' ORDER BY tx, id OFFSET ${skip}`;
const countEntries = async (): Promise<number> => (await entriesSince(0)).length;

test('a caller with all items has the card stopped at once, the certificates are held, and a letter is due', async () => {
  const before = await countEntries();
  const wish = items(0);
  const check = await opened(wish);
  assert.deepEqual([check.state, check.questions], ['passed', []]);
  assert.equal((await opened(wish)).checkId, check.checkId, 'the same request is one check');
  assert.equal(
    codeOf(await openCheck(helpDesk, access, { ...items(1), requestId: wish.requestId })),
    'request-id-reused',
  );
  const call = { checkId: check.checkId, caller: 'holder', reason: 'lost' } as const;
  const other = { ...access, actor: 'o-call02' };
  assert.equal(codeOf(await suspendForCaller(helpDesk, other, call)), 'check-unknown');
  assert.deepEqual(await suspendForCaller(helpDesk, access, call), {
    ok: true,
    value: { state: 'suspended' },
  });
  assert.equal(codeOf(await suspendForCaller(helpDesk, access, call)), 'ok');
  assert.equal(await cardState(0), 'suspended');
  assert.deepEqual(certification.standingOf(card(0).cardId).toSorted(), [
    'authentication: certificateHold',
    'signature: certificateHold',
  ]);
  const pseudonym = country.pseudonyms.of(NATIONAL_SITE, codes[0] ?? '').toString('hex');
  const told = (await entriesSince(before)).filter(({ fields }) =>
    fields.some((field) => /^(identity-check|card-suspension)$/.test(field)),
  );
  assert.deepEqual(
    told.map(({ subject, fields, result }) => [subject, fields.join(' '), result]),
    [
      [pseudonym, 'identity-check found-by-items', 'passed'],
      [pseudonym, 'card-suspension lost by-holder', 'ordered'],
    ],
  );
  const [kept] =
    await superuser`SELECT count(*)::int AS due FROM help_desk.suspension_notice WHERE state = 'due'`;
  assert.equal(kept?.['due'], 1, 'one letter, however often it was asked');
});

test('nobody and more than one are one answer, which tells nothing', async () => {
  assert.equal(codeOf(await openCheck(helpDesk, access, items(0, { name: '誰か' }))), 'no-match');
  assert.equal(
    codeOf(await openCheck(helpDesk, access, items(0, { address: undefined }))),
    'search-keys-insufficient',
  );
  const twins = await country.settleIn(
    ['8', '9'].map((resident_number) => ({ resident_number, name: '双子　一', birth_date: '2001-01-01' })),
  );
  assert.equal(new Set(twins).size, 2);
  const twin = items(0, { name: '双子一', birthDate: '2001-01-01' });
  assert.equal(codeOf(await openCheck(helpDesk, access, twin)), 'no-match');
  const before = await countEntries();
  assert.equal(
    codeOf(await openCheck(helpDesk, access, { ...byCard(0), cardId: '0'.repeat(16) } as CheckWish)),
    'no-match',
  );
  assert.deepEqual(
    (await entriesSince(before)).map(({ subject, result }) => [subject, result]),
    [[null, 'no-match']],
  );
  // the one without a card: nothing to stop
  const without = await opened(items(6));
  const call = { checkId: without.checkId, caller: 'family', reason: 'stolen' } as const;
  assert.equal(codeOf(await suspendForCaller(helpDesk, access, call)), 'card-none');
});

test('questions: compared by the system, each once, counted, and never kept', async () => {
  const before = await countEntries();
  const check = await opened(byCard(1));
  assert.deepEqual([check.state, check.rightsNeeded, check.wrongsLeft], ['open', 2, 2]);
  const call = { checkId: check.checkId, caller: 'holder', reason: 'misuse-feared' } as const;
  assert.equal(codeOf(await suspendForCaller(helpDesk, access, call)), 'check-not-passed');
  assert.equal(codeOf(await give(check.checkId, 1, 'card-expires-on', '2030-01-01')), 'question-not-asked');
  assert.equal(codeOf(await give(check.checkId, 2, 'name', '渡辺陽子')), 'answer-out-of-order');
  const first = mustSucceed(await give(check.checkId, 1, 'name', '渡邊 陽子 '), 'an answer');
  const second = mustSucceed(await give(check.checkId, 2, 'birth-date', '1990-05-07'), 'an answer');
  assert.deepEqual(
    [first.isRight, second.isRight, second.state, second.wrongsLeft],
    [true, false, 'open', 1],
    'another spelling is no miss, another day is',
  );
  const again = mustSucceed(await give(check.checkId, 2, 'birth-date', '1990-05-06'), 'sent again');
  assert.equal(again.isRight, false, 'the same number is the same answer, whatever it says now');
  assert.equal(codeOf(await give(check.checkId, 3, 'name', '渡辺陽子')), 'question-not-asked');
  const third = mustSucceed(await give(check.checkId, 3, 'birth-date', '1990-05-06'), 'an answer');
  assert.deepEqual([third.isRight, third.state], [true, 'passed']);
  assert.equal(codeOf(await suspendForCaller(helpDesk, access, call)), 'ok');
  assert.equal(await cardState(1), 'suspended');
  const asked = (await entriesSince(before)).filter(({ fields }) => fields.includes('identity-question'));
  assert.deepEqual(
    asked.map(({ fields, result }) => `${fields[1]} ${result}`),
    [
      'card-expires-on question-not-asked',
      'name answer-out-of-order',
      'name right',
      'birth-date wrong',
      'name question-not-asked',
      'birth-date right',
    ],
  );
  const [row] = await superuser`
    SELECT string_agg(c::text, '') || (SELECT string_agg(a::text, '') FROM help_desk.identity_answer a) AS text
    FROM help_desk.identity_check c WHERE check_id = ${check.checkId}`;
  assert.doesNotMatch(String(row?.['text']), /1990-05|陽子|清瀬/);
  assert.ok(!String(row?.['text']).includes(codes[1] ?? '?'), 'a used check has no code any more');
});

test('the standing of a card is told after more than the register’s items, and once', async () => {
  const check = await opened({ ...items(2), purpose: 'standing' });
  assert.deepEqual([check.state, check.questions], ['open', ['card-expires-on', 'handed-over-in']]);
  assert.equal(codeOf(await tellStanding(helpDesk, access, check.checkId)), 'check-not-passed');
  assert.equal(
    mustSucceed(await give(check.checkId, 1, 'handed-over-in', '2026-11'), 'an answer').state,
    'passed',
  );
  assert.equal(
    codeOf(
      await suspendForCaller(helpDesk, access, { checkId: check.checkId, caller: 'holder', reason: 'lost' }),
    ),
    'check-unknown',
    'a check is for one purpose',
  );
  const told = mustSucceed(await tellStanding(helpDesk, access, check.checkId), 'standing');
  assert.deepEqual(told, { card: { state: 'active', expiresOn: '2036-05-06' } });
  assert.equal(codeOf(await tellStanding(helpDesk, access, check.checkId)), 'check-over');
});

test('too many wrong answers block the person for a time, but never a stop by all items', async () => {
  const wrong = async (wish: CheckWish): Promise<string[]> => {
    const check = await opened(wish);
    const outcomes: string[] = [];
    for (const number of [1, 2, 3]) {
      const answered = await give(check.checkId, number, 'birth-date', `1970-01-0${number}`);
      outcomes.push(answered.ok ? answered.value.state : answered.failure.code);
    }
    return outcomes;
  };
  assert.deepEqual(await wrong(byCard(3)), ['open', 'failed', 'check-over']);
  assert.deepEqual(await wrong(byCard(3)), ['open', 'failed', 'check-over']);
  assert.equal(codeOf(await openCheck(helpDesk, access, byCard(3))), 'person-blocked');
  assert.equal(codeOf(await openCheck(helpDesk, access, byCard(3, 'standing'))), 'person-blocked');
  assert.equal(codeOf(await openCheck(helpDesk, access, byCard(4))), 'ok', 'others are not');
  assert.equal((await opened(items(3))).state, 'passed');
  clock.advance(15 * 60_000);
  assert.equal((await opened(byCard(3))).state, 'open');
  assert.equal(codeOf(await openCheck(helpDesk, access, byCard(3, 'standing'))), 'person-blocked');
  clock.advance(24 * 3_600_000);
  assert.equal((await opened(byCard(3, 'standing'))).state, 'open');
});

test('answers sent at once are no more than the limit', async () => {
  const checks = await Promise.all([byCard(4), byCard(4), byCard(4), byCard(4)].map(opened));
  const outcomes = await Promise.all(
    checks.flatMap(({ checkId }) =>
      [1, 2].map((number) => give(checkId, number, 'address', `東京都清瀬市${number}丁目`)),
    ),
  );
  assert.ok(outcomes.length === 8);
  const [row] = await superuser<{ wrong: number }[]>`
    SELECT count(*)::int AS wrong FROM help_desk.identity_answer a JOIN help_desk.identity_check c USING (check_id)
    WHERE NOT a.is_right AND c.check_id = ANY((${checks.map(({ checkId }) => checkId)}::text[])::uuid[])`;
  assert.ok((row?.wrong ?? 9) <= 4, `${row?.wrong} wrong answers were taken`);
});

test('a check is over with its time, and then has nobody’s code', async () => {
  const check = await opened(items(5));
  const asked = await opened(byCard(5));
  clock.advance(20 * 60_000);
  assert.equal(codeOf(await give(asked.checkId, 1, 'birth-date', '1990-05-06')), 'check-over');
  const call = { checkId: check.checkId, caller: 'holder', reason: 'lost' } as const;
  assert.equal(codeOf(await suspendForCaller(helpDesk, access, call)), 'check-over');
  await endChecks(helpDesk);
  const [row] = await superuser`
    SELECT count(*)::int AS kept FROM help_desk.identity_check WHERE resident_code IS NOT NULL AND ends_at <= ${new Date(clock.now())}`;
  assert.equal(row?.['kept'], 0);
  assert.equal(await cardState(5), 'active');
});

test('cut off between order and stop, the order is carried out; a refusal writes no letter', async () => {
  const check = await opened(items(5));
  const call = { checkId: check.checkId, caller: 'representative', reason: 'stolen' } as const;
  const cut = { ...helpDesk, suspend: () => Promise.reject(new Error('killed')) };
  await assert.rejects(suspendForCaller(cut, access, call), /killed/);
  assert.equal(await cardState(5), 'active');
  assert.equal(await finishSuspensions(helpDesk), 1);
  assert.equal(await cardState(5), 'suspended');
  assert.equal(await finishSuspensions(helpDesk), 0);
  assert.equal(codeOf(await suspendForCaller(helpDesk, access, call)), 'ok');
  const refusing = { ...helpDesk, suspend: async () => fail('card-state-refused', 'void') };
  const other = await opened(items(4));
  const refused = { ...call, checkId: other.checkId };
  assert.equal(codeOf(await suspendForCaller(refusing, access, refused)), 'card-state-refused');
  assert.equal(codeOf(await suspendForCaller(helpDesk, access, refused)), 'card-state-refused');
});

test('letters go to the register’s address, or without one to the counter, and keep nobody’s code', async () => {
  await grantSupport(country, KIYOSE, codes[1] ?? '');
  const { files, written } = printFilesInMemory();
  const typeface = mustSucceed(await openTypeface([]), 'the bundled face');
  const desk = {
    helpDesk,
    typeface,
    files,
  };
  const made = await makeSuspensionNotices(desk, { ...access, affair: 'suspension-notice' });
  assert.deepEqual(
    [made.made, made.left, made.files.map(({ name, letters }) => `${name} ${letters}`)],
    [3, 0, ['suspension-1.pdf 2', 'suspension-1-counter.pdf 1']],
  );
  assert.deepEqual([...written.keys()], ['suspension-1.pdf', 'suspension-1-counter.pdf']);
  assert.equal((await makeSuspensionNotices(desk, access)).made, 0);
  const rows = await superuser<{ state: string; resident_code: string | null; is_at_counter: boolean }[]>`
    SELECT state, resident_code, is_at_counter FROM help_desk.suspension_notice ORDER BY notice_id`;
  assert.deepEqual(
    rows.map((row) => [row.state, row.resident_code, row.is_at_counter]),
    [
      ['made', null, false],
      ['made', null, true],
      ['made', null, false],
    ],
  );
});
