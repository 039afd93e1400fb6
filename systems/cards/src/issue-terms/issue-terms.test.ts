/** Fees and express issue (domain rules 5.5, 5.6) as tables: every ground, both sides of every date. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeExpress } from './express-rule.ts';
import { cardFee, GROUNDS, ISSUE_GROUNDS, type IssueGround } from './issue-grounds.ts';

const BORN = '1980-02-17';
type FeeRow = readonly [
  ground: IssueGround,
  isExpress: boolean,
  withCertificates: boolean,
  on: string,
  yen: number,
];

const FEES: Readonly<Record<string, FeeRow>> = {
  'lost: 1,000 yen with 200 for the certificates': ['lost', false, true, '2026-11-20', 1000],
  'lost, without certificates': ['lost', false, false, '2026-11-20', 800],
  'lost, express': ['lost', true, true, '2026-11-20', 2000],
  'lost, express, without certificates': ['lost', true, false, '2026-11-20', 1800],
  'lost, on the first day of express issue': ['lost', true, true, '2024-12-02', 2000],
  'lost, before express issue': ['lost', false, true, '2024-12-01', 1000],
  'damaged by the holder': ['damaged', false, true, '2026-11-20', 1000],
  'given back before': ['returned', false, true, '2026-11-20', 1000],
  'a limit of a move was missed': ['move-limit-missed', false, true, '2026-11-20', 1000],
  'a chip fault, express': ['chip-fault', true, true, '2026-11-20', 0],
  'the office’s fault': ['office-fault', false, true, '2026-11-20', 0],
  'the column is full': ['face-full', false, true, '2026-11-20', 0],
  'renewal for expiry': ['expiring', false, true, '2026-11-20', 0],
  'another code': ['code-changed', true, true, '2026-11-20', 0],
  'another number': ['number-changed', true, true, '2026-11-20', 0],
  'a first card': ['first', false, true, '2026-11-20', 0],
  'another kind': ['kind-switched', false, true, '2026-11-20', 0],
  'a newborn, express': ['newborn', true, true, '2026-11-20', 0],
};

test('what a card costs, by ground and day, in whole yen', () => {
  for (const [what, [ground, isExpress, withCertificates, on, yen]] of Object.entries(FEES)) {
    const fee = cardFee({ ground, isExpress, withCertificates, on });
    assert.equal(fee.total_yen, yen, what);
    assert.equal(fee.card_yen + fee.certificates_yen, fee.total_yen, what);
  }
  const departed = (voidFor_days: number | undefined): number =>
    cardFee({
      ground: 'departed-abroad',
      isExpress: false,
      withCertificates: true,
      on: '2026-11-20',
      voidFor_days,
    }).total_yen;
  assert.deepEqual([departed(0), departed(90), departed(91), departed(undefined)], [0, 0, 1000, 1000]);
  assert.throws(() => cardFee({ ground: 'lost', isExpress: true, withCertificates: true, on: '2024-12-01' }));
});

type ExpressRow = readonly [ground: IssueGround, eventOn: string | null, askedOn: string, expected: string];

/** Each row of 5.6 on its last day and the day after it. */
const ON_TIME = (
  [
    'moved-in-from-abroad',
    'lost',
    'newly-registered',
    'new-mid-long-term-resident',
    'code-changed',
    'number-changed',
    'damaged',
    'chip-fault',
    'office-fault',
    'face-full',
    'released',
  ] as const
).flatMap((ground): ExpressRow[] => [
  [ground, '2026-11-01', '2026-11-01', '2026-11-08'],
  [ground, '2026-11-01', '2026-12-01', '2026-12-08'],
  [ground, '2026-11-01', '2026-12-02', 'express-too-late'],
  [ground, '2026-11-02', '2026-11-01', 'event-day-missing'],
  [ground, null, '2026-11-01', 'event-day-missing'],
]);

const EXPRESS: readonly ExpressRow[] = [
  ...ON_TIME,
  ['lost', '2024-12-01', '2024-12-01', 'express-not-yet'],
  ['lost', '2024-12-01', '2024-12-02', '2024-12-09'],
  ['newborn', null, '1980-02-17', 'express-not-yet'],
  ['first', '2026-11-01', '2026-11-01', 'express-not-for-ground'],
  ['expiring', '2026-11-01', '2026-11-01', 'express-not-for-ground'],
  ['departed-abroad', '2026-11-01', '2026-11-01', 'express-not-for-ground'],
  ['kind-switched', '2026-11-01', '2026-11-01', 'express-not-for-ground'],
  ['returned', '2026-11-01', '2026-11-01', 'express-not-for-ground'],
  ['move-limit-missed', '2026-11-01', '2026-11-01', 'express-not-for-ground'],
];

test('who may have a card within a week: each row of the table, and nobody else', () => {
  const judge = (ground: IssueGround, eventOn: string | null, askedOn: string, more: object = {}): string => {
    const judged = judgeExpress({ ground, eventOn, askedOn, birthDate: BORN, hasCardSince: false, ...more });
    return judged.ok ? judged.value.dueOn : judged.failure.code;
  };
  for (const [ground, eventOn, askedOn, expected] of EXPRESS)
    assert.equal(judge(ground, eventOn, askedOn), expected, `${ground} ${eventOn} ${askedOn}`);
  assert.equal(judge('lost', '2026-11-01', '2026-11-01', { hasCardSince: true }), 'express-used');
  // until the day before the first birthday, whatever was when; who is born on 29 February has it on the 28th
  const born = { birthDate: '2026-03-10' };
  assert.equal(judge('newborn', null, '2027-03-09', born), '2027-03-16');
  assert.equal(judge('newborn', null, '2027-03-10', born), 'express-too-late');
  assert.equal(judge('newborn', null, '2025-02-27', { birthDate: '2024-02-29' }), '2025-03-06');
  assert.equal(judge('newborn', null, '2025-02-28', { birthDate: '2024-02-29' }), 'express-too-late');
  const told = new Set([...EXPRESS.map(([ground]) => ground), 'newborn']);
  assert.deepEqual(
    ISSUE_GROUNDS.filter((ground) => GROUNDS[ground].isExpress && !told.has(ground)),
    [],
    'every row is tried',
  );
});
