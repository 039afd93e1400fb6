/**
 * Disclosures from the request to the correction, at the national site and a prefecture: one office for all tests, in their order.
 * Flow: docs/flows/disclosure.md.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import type { ActingBy } from '@ishizue/procedure';
import { recordEvent } from '../municipal/record-event.ts';
import { grantSupport, KIYOSE, testAccess } from '../testing/index.ts';
import type { DisclosureDesk } from './disclosure-desk.ts';
import {
  apply,
  codeOf,
  country,
  decided,
  formOf,
  goTo,
  looksOf,
  mother,
  move,
  national,
  officer,
  opened,
  person,
  plain,
  sql,
  textOf,
  tokyo,
} from './disclosure-office-for-tests.ts';
import { testOverHttp, testPapers } from './disclosure-papers-for-tests.ts';

test('exactly one person is found by what is written, or the request says why not', async () => {
  const [a, b] = [person('1'), person('2')];
  const cases: readonly [string, DisclosureDesk, unknown, string, string | undefined][] = [
    ['by name, birth date and address', national, formOf('1'), 'ok', a.residentCode],
    ['the namesake', national, formOf('2'), 'ok', b.residentCode],
    ['with the code', national, formOf('2', { residentCode: b.residentCode }), 'ok', b.residentCode],
    [
      'another’s code',
      national,
      formOf('1', { residentCode: b.residentCode }),
      'items-do-not-agree',
      undefined,
    ],
    ['two of them', national, formOf('3', { name: '佐藤　花' }), 'person-ambiguous', undefined],
    [
      'one of two by the code',
      national,
      formOf('3', { name: '佐藤　花', residentCode: person('4').residentCode }),
      'ok',
      person('4').residentCode,
    ],
    ['nobody', national, formOf('1', { name: '不在　人' }), 'ok', undefined],
    [
      'a code that is none',
      national,
      formOf('1', { residentCode: '12345678901' }),
      'form-invalid',
      undefined,
    ],
    ['a prefecture without the code', tokyo, formOf('1'), 'resident-code-needed', undefined],
    ['a prefecture', tokyo, formOf('1', { residentCode: a.residentCode }), 'ok', a.residentCode],
    [
      'the history at a prefecture',
      tokyo,
      formOf('1', { residentCode: a.residentCode, asks: 'both' }),
      'history-not-kept-here',
      undefined,
    ],
    [
      'a representative who is not named',
      national,
      formOf('1', { asker: 'guardian' }),
      'representative-missing',
      undefined,
    ],
    [
      'a parent of an adult',
      national,
      formOf('1', { asker: 'parent', representative: mother() }),
      'not-a-minor',
      undefined,
    ],
  ];
  for (const [what, desk, form, code, found] of cases) {
    const started = await apply(desk, form);
    assert.equal(codeOf(started), code, what);
    if (!started.ok) continue;
    const read = mustSucceed(await desk.cases.read(officer(), started.value.caseId), what);
    assert.equal(read.record['residentCode'], found, what);
    const [{ subject } = { subject: undefined }] = await sql<{ subject: string }[]>`
      SELECT subject FROM procedure.case_file WHERE id = ${started.value.caseId}`;
    assert.equal(subject, found ?? '', `${what}: whose case it is`);
  }
  const by = officer();
  await apply(national, formOf('1'), by);
  assert.deepEqual(await looksOf(by.correlation, a.residentCode), [
    'identity-disclosure-find 住民基本台帳法 第30条の32 ok them',
    'identity-disclosure-apply 住民基本台帳法 第30条の32 ok them',
  ]);
  const wrong = officer();
  await apply(national, formOf('1', { residentCode: b.residentCode }), wrong);
  const entries = await looksOf(wrong.correlation, b.residentCode);
  assert.equal(entries[0], 'identity-disclosure-find 住民基本台帳法 第30条の32 items-do-not-agree nobody');
});

testPapers();

test('thirty days count the day of receipt, over ends of months; one extension in time; a completion that does not come lapses', async () => {
  const due = async (on: string): Promise<string | null> => {
    goTo(on);
    return mustSucceed(await apply(national, formOf('2')), on).dueOn;
  };
  assert.equal(await due('2026-01-31'), '2026-03-01');
  assert.equal(await due('2026-02-01'), '2026-03-02');
  goTo('2026-03-02');
  const form = formOf('2');
  const caseId = await opened(national, form);
  goTo('2026-03-31'); // the last of thirty days
  assert.equal((await national.cases.passDeadlines()).alarms > 0, true, 'the earlier two are late');
  const extended = mustSucceed(await move(national, caseId, 'extend', { reason: '照会中' }), 'extended');
  assert.equal(extended.dueOn, '2026-04-30');
  assert.equal(
    codeOf(await move(national, caseId, 'extend', { reason: '再度' })),
    'deadline-extended-already',
  );
  const told: string[] = [];
  await national.cases.deliverNotices((notices) => {
    told.push(...notices.filter((one) => one.caseId === caseId).map(({ ja }) => ja));
    return Promise.resolve(new Set());
  });
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /2026-04-30.*照会中/);
  const late = await opened(national, form);
  goTo('2026-04-30');
  assert.equal(codeOf(await move(national, late, 'extend', { reason: '遅い' })), 'extension-too-late');
  assert.equal(
    (await sql`SELECT FROM procedure.alarm WHERE case_id = ${caseId}`).length,
    0,
    'the extended case is in time',
  );
  goTo('2026-05-01');
  await national.cases.passDeadlines();
  assert.equal((await sql`SELECT FROM procedure.alarm WHERE case_id = ${caseId}`).length, 1);

  const lacking = await opened(national, form);
  const returned = mustSucceed(await move(national, lacking, 'return', { reason: '書類' }), 'returned');
  assert.equal(returned.dueOn, '2026-06-01', 'the thirtieth day is a Sunday');
  goTo('2026-06-01');
  assert.equal((await national.cases.passDeadlines()).moved, 0);
  goTo('2026-06-02');
  assert.equal((await national.cases.passDeadlines()).moved, 1);
  assert.equal(codeOf(await move(national, lacking, 'complete')), 'move-not-in-state');
});

test('nothing is handed over before the fee is paid and without a paper of the day; without the role nothing is to be seen', async () => {
  const caseId = await decided(national, formOf('2'));
  assert.equal(codeOf(await national.printPaper(officer(), caseId)), 'fee-unpaid');
  assert.equal(codeOf(await move(national, caseId, 'deliver')), 'fee-unpaid');
  assert.equal(codeOf(await move(national, caseId, 'pay', { amount: 299 })), 'fee-differs');
  assert.equal(codeOf(await move(national, caseId, 'pay', { amount: 300 })), 'ok');
  assert.equal(codeOf(await move(national, caseId, 'pay', { amount: 300 })), 'fee-paid-already');
  assert.equal(codeOf(await move(national, caseId, 'deliver')), 'paper-not-made-today');
  const byHand = { paper: '0'.repeat(64), pages: 1 };
  assert.equal(codeOf(await move(national, caseId, 'print', byHand)), 'not-permitted');
  mustSucceed(await national.printPaper(officer(), caseId), 'the paper');
  country.clock.advance(86_400_000);
  assert.equal(codeOf(await move(national, caseId, 'deliver')), 'paper-not-made-today');
  const several = await Promise.all(
    ['o-1', 'o-2', 'o-3'].map((id) => national.printPaper(officer(id), caseId)),
  );
  for (const one of several) assert.ok(one.ok || codeOf(one) === 'case-moved-meanwhile', codeOf(one));
  const last = mustSucceed(await national.cases.read(officer(), caseId), 'the case').record['paper'];
  assert.ok(
    several.some((one) => one.ok && one.value.sha256 === last),
    'the kept digest is of a paper that was given',
  );
  const stranger: ActingBy = { ...officer(), actor: { kind: 'operator', id: 'o-9', roles: ['card-clerk'] } };
  assert.equal(codeOf(await national.printPaper(stranger, caseId)), 'case-unknown');
  assert.equal(codeOf(await move(national, caseId, 'deliver')), 'ok');
  assert.equal(codeOf(await tokyo.printPaper(officer(), caseId)), 'case-unknown');
});

test('whoever is not held is told so; a correction stands only once the municipality has sent another record', async (t) => {
  const nobody = await decided(tokyo, formOf('2', { name: '不在　人', residentCode: await freeCode() }));
  const paper = mustSucceed(await tokyo.printPaper(officer(), nobody), 'the paper');
  const text = textOf(paper.bytes);
  if (text === undefined)
    t.diagnostic('pdftotext is not on this machine: the words of the paper were not read');
  else assert.ok(text.includes(plain('該当する記録はありません')));

  const b = person('2');
  const caseId = await decided(tokyo, formOf('2', { residentCode: b.residentCode }));
  mustSucceed(await tokyo.printPaper(officer(), caseId), 'the paper');
  mustSucceed(await move(tokyo, caseId, 'deliver'), 'delivered');
  mustSucceed(await move(tokyo, caseId, 'ask-correction', { kind: 'correction', what: '氏名の字' }), 'asked');
  const what = '氏名の字体を確認してください。';
  assert.equal(
    codeOf(await move(tokyo, caseId, 'ask-municipality', { municipality: '142042', what })),
    'not-their-municipality',
  );
  assert.equal(codeOf(await move(tokyo, caseId, 'ask-municipality', { municipality: KIYOSE, what })), 'ok');
  const before = await sql`SELECT * FROM registry.prefectural_person ORDER BY resident_code`;
  const by = officer();
  assert.equal(
    codeOf(await move(tokyo, caseId, 'answer-corrected', { result: '済' }, by)),
    'record-unchanged',
  );
  assert.deepEqual(await looksOf(by.correlation, b.residentCode, 'prefectural/13'), [
    'identity-disclosure-correct 住民基本台帳法 第30条の35 ok them',
    'identity-disclosure-answer-corrected 住民基本台帳法 第30条の35 record-unchanged them',
  ]);
  assert.deepEqual(await sql`SELECT * FROM registry.prefectural_person ORDER BY resident_code`, before);
  const corrected = {
    reason: 'resident-code-change',
    residentCode: b.residentCode,
    eventDate: '2026-06-01',
  } as const;
  mustSucceed(
    await recordEvent(country.context, KIYOSE, testAccess, 'change-b', corrected),
    'the municipality',
  );
  await country.settle();
  assert.equal(codeOf(await move(tokyo, caseId, 'answer-corrected', { result: '済' })), 'ok');
});

/** A sound code that nobody has. */
async function freeCode(): Promise<string> {
  const { residentCodeOf } = await import('../identity/resident-code.ts');
  return residentCodeOf('0000000001');
}

test('a support measure stops a parent, not the person', async () => {
  const child = person('5');
  await grantSupport(country, KIYOSE, child.residentCode);
  const form = { ...formOf('5'), name: '石川　空', birthDate: '2015-05-05' };
  const parent = await opened(national, { ...form, asker: 'parent', representative: mother() });
  assert.equal(codeOf(await move(national, parent, 'decide')), 'support-measure-in-force');
  const own = await opened(national, form);
  assert.equal(codeOf(await move(national, own, 'decide')), 'ok');
});

testOverHttp();
