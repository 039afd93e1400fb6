/** Fees and express issue (domain rules 5.5, 5.6) as tables: every ground, both sides of every date. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CardState } from '../card/card-lifecycle.ts';
import type { VoidReason } from '../card/void-reason.ts';
import { groundOfApplication } from './application-ground.ts';
import { judgeExpress } from './express-rule.ts';
import { cardFee, GROUNDS, ISSUE_GROUNDS, type IssueGround } from './issue-grounds.ts';
import type { StoredTerms } from './issue-terms-store.ts';
import type { LastCard } from './prove-ground.ts';

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

const CODE = '24727059608';
/** A card in hand that ends on 17 February 2027: the window opens on 18 November 2026. */
const card = (
  state: CardState,
  reason: VoidReason | null = null,
  more: Partial<LastCard> = {},
): LastCard => ({
  cardId: 'OLD',
  residentCode: CODE,
  state,
  reason,
  changedAt: new Date('2026-11-10T03:00:00Z'),
  expiresOn: '2027-02-17',
  fullOn: null,
  issuedOn: '2017-01-10',
  ...more,
});
const active = card('active');
const full = card('active', null, { fullOn: '2026-11-01' });
const terms = (ground: IssueGround, more: Partial<StoredTerms> = {}): StoredTerms => ({
  termsId: 't',
  residentCode: CODE,
  ground,
  previousCard: 'OLD',
  isExpress: false,
  isOnline: false,
  eventOn: null,
  dueOn: null,
  card_yen: 0,
  certificates_yen: 0,
  isTaken: false,
  ...more,
});
const paid = terms('lost', { card_yen: 800, certificates_yen: 200 });
const EARLY = '2026-11-17';
const WINDOW = '2026-11-18';

/** What there is, on which day, what was agreed; the ground that is taken with the last day that is renewed, or the refusal. */
const APPLICATIONS: readonly (readonly [
  what: string,
  last: LastCard | undefined,
  on: string,
  agreed: StoredTerms | undefined,
  expected: string,
])[] = [
  ['no card before', undefined, EARLY, undefined, 'first'],
  ['a valid card', active, EARLY, undefined, 'card-already-valid'],
  ['in the window', active, WINDOW, undefined, 'expiring 2027-02-17'],
  ['on the last day', active, '2027-02-17', undefined, 'expiring 2027-02-17'],
  ['past the last day', card('void', 'expired'), '2027-02-18', undefined, 'expiring'],
  ['suspended, in the window', card('suspended'), WINDOW, undefined, 'expiring 2027-02-17'],
  ['a full column', full, EARLY, undefined, 'face-full'],
  [
    'of a former code, in the window',
    card('active', null, { residentCode: 'FORMER' }),
    WINDOW,
    undefined,
    'card-already-valid',
  ],
  [
    'ended with a code',
    card('void', 'code-changed', { residentCode: 'FORMER' }),
    EARLY,
    undefined,
    'code-changed',
  ],
  ['void by an office', card('void', 'issued-in-error'), EARLY, undefined, 'office-fault'],
  ['abroad for a week', card('void', 'departed-abroad'), EARLY, undefined, 'departed-abroad'],
  [
    'abroad for long',
    card('void', 'departed-abroad', { changedAt: new Date('2026-08-01T03:00:00Z') }),
    EARLY,
    undefined,
    'terms-needed',
  ],
  ['lost, nothing agreed', card('void', 'lost'), EARLY, undefined, 'terms-needed'],
  ['given back, nothing agreed', card('void', 'returned'), EARLY, undefined, 'terms-needed'],
  ['removed from the register', card('void', 'removed'), EARLY, undefined, 'terms-needed'],
  ['lost, and agreed', card('void', 'lost'), EARLY, paid, 'lost'],
  [
    'lost, without certificates',
    card('void', 'lost'),
    EARLY,
    terms('lost', { card_yen: 800 }),
    'terms-differ',
  ],
  ['agreed as lost, found again', active, EARLY, paid, 'ground-not-proved'],
  ['agreed, another card since', card('void', 'lost', { cardId: 'LATER' }), EARLY, paid, 'terms-differ'],
  [
    'agreed for somebody else',
    card('void', 'lost'),
    EARLY,
    { ...paid, residentCode: 'OTHER' },
    'terms-differ',
  ],
  ['agreed for online', card('void', 'lost'), EARLY, { ...paid, isOnline: true }, 'terms-differ'],
  [
    'express, past its day',
    card('void', 'lost'),
    '2026-11-25',
    { ...paid, isExpress: true, dueOn: '2026-11-24' },
    'terms-over',
  ],
  ['taken already', card('void', 'lost'), EARLY, { ...paid, isTaken: true }, 'terms-used'],
  ['a dead chip in a card at the counter', active, EARLY, terms('chip-fault'), 'chip-fault'],
  ['the same in the window', active, WINDOW, terms('chip-fault'), 'chip-fault 2027-02-17'],
  ['another kind of card', active, EARLY, terms('kind-switched'), 'kind-switched'],
  [
    'moved in from abroad, with a valid card',
    active,
    EARLY,
    terms('moved-in-from-abroad', { previousCard: null }),
    'card-already-valid',
  ],
  [
    'moved in from abroad, and a card since',
    card('void', 'lost'),
    EARLY,
    terms('moved-in-from-abroad', { previousCard: null, eventOn: '2016-12-01' }),
    'terms-differ',
  ],
  [
    'newborn, with an express day',
    undefined,
    EARLY,
    terms('newborn', { previousCard: null, isExpress: true, dueOn: '2026-11-24' }),
    'newborn by 2026-11-24',
  ],
];

test('what an application takes from terms or records, and what it is refused for', () => {
  for (const [what, last, today, agreed, expected] of APPLICATIONS) {
    const found = groundOfApplication({ residentCode: CODE, last, terms: agreed, isOnline: false, today });
    const told = found.ok
      ? [
          found.value.ground,
          ...(found.value.renewsCardOf ? [found.value.renewsCardOf] : []),
          ...(found.value.expressDueOn ? [`by ${found.value.expressDueOn}`] : []),
        ].join(' ')
      : found.failure.code;
    assert.equal(told, expected, what);
  }
});
