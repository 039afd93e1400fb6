/** The rule of a household act, and what it refuses; nothing here touches a database. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { residentWith, TODAY } from '../testing/samples.ts';
import { decideHouseholdAct } from './decide-household-act.ts';
import type { HouseholdChange } from './household-act.ts';
import { inOrderOfSuccession } from './households-without-head.ts';
import { isRelationship, showsParent } from './relationship.ts';

const person = (code: string, householdNumber: string, relationship: string, more = {}) =>
  residentWith({ residentCode: code, residentNumber: code, householdNumber, relationship, ...more });
const [A, B, C, D] = ['10000000001', '10000000002', '10000000003', '10000000004'];
const everyone = [
  person(A, '1', '世帯主'),
  person(B, '1', '妻'),
  person(C, '1', '子'),
  person(D, '2', '世帯主'),
];
const family = everyone.slice(0, 3);

const act = (
  kind: HouseholdChange['kind'],
  ...households: readonly (readonly [string | null, Readonly<Record<string, string>>])[]
): HouseholdChange => ({
  kind,
  eventDate: TODAY,
  households: households.map(([householdNumber, members]) => ({
    householdNumber,
    members: Object.entries(members).map(([residentCode, relationship]) => ({ residentCode, relationship })),
  })),
});

const codeOf = (persons: readonly ReturnType<typeof residentWith>[], change: HouseholdChange): string => {
  const decided = decideHouseholdAct(persons, change, TODAY);
  return decided.ok ? 'ok' : decided.failure.code;
};

test('each kind of act is taken where everybody is named and each household has its head', () => {
  assert.equal(
    codeOf(family, act('split', ['1', { [A]: '世帯主', [B]: '妻' }], [null, { [C]: '世帯主' }])),
    'ok',
  );
  assert.equal(
    codeOf(family, act('split', ['1', { [C]: '世帯主' }], [null, { [A]: '世帯主', [B]: '妻' }])),
    'ok',
  );
  assert.equal(codeOf(family, act('head-change', ['1', { [A]: '夫', [B]: '世帯主', [C]: '子' }])), 'ok');
  assert.equal(
    codeOf(family, act('relationship-change', ['1', { [A]: '世帯主', [B]: '妻', [C]: '妻の子' }])),
    'ok',
  );
  assert.equal(
    codeOf(everyone, act('merge', ['1', { [A]: '世帯主', [B]: '妻', [C]: '子', [D]: '母' }])),
    'ok',
  );
  assert.equal(
    codeOf(
      everyone,
      act('transfer', ['1', { [A]: '世帯主', [B]: '妻' }], ['2', { [D]: '世帯主', [C]: '孫' }]),
    ),
    'ok',
  );
});

test('what leaves somebody out, heads wrong or is called something else is refused', () => {
  const refused: readonly (readonly [string, HouseholdChange, typeof everyone?])[] = [
    ['member-not-named', act('split', ['1', { [A]: '世帯主' }], [null, { [C]: '世帯主' }])],
    ['member-not-named', act('merge', ['1', { [A]: '世帯主', [B]: '妻', [D]: '母' }]), everyone],
    ['household-without-head', act('split', ['1', { [A]: '世帯主', [B]: '妻' }], [null, { [C]: '子' }])],
    ['household-without-head', act('split', ['1', { [A]: '世帯主', [B]: '妻', [C]: '子' }], [null, {}])],
    ['household-with-several-heads', act('head-change', ['1', { [A]: '世帯主', [B]: '世帯主', [C]: '子' }])],
    [
      'member-named-twice',
      act('split', ['1', { [A]: '世帯主', [B]: '妻', [C]: '子' }], [null, { [C]: '世帯主' }]),
    ],
    ['relationship-unknown', act('head-change', ['1', { [A]: '友人', [B]: '世帯主', [C]: '子' }])],
    ['act-does-not-fit', act('head-change', ['1', { [A]: '世帯主', [B]: '妻', [C]: '子' }])],
    ['act-does-not-fit', act('relationship-change', ['1', { [A]: '世帯主', [B]: '妻', [C]: '子' }])],
    ['act-does-not-fit', act('head-change', [null, { [A]: '夫', [B]: '世帯主', [C]: '子' }])],
    ['act-does-not-fit', act('merge', ['1', { [A]: '世帯主', [B]: '妻', [C]: '子' }])],
    ['act-does-not-fit', act('split', ['1', { [A]: '世帯主', [B]: '妻' }], ['1', { [C]: '世帯主' }])],
    [
      'act-does-not-fit',
      act('transfer', ['1', { [A]: '世帯主', [B]: '妻', [C]: '子' }], ['2', { [D]: '世帯主' }]),
      everyone,
    ],
    ['household-not-found', act('transfer', ['1', { [A]: '世帯主', [B]: '妻' }], ['9', { [C]: '世帯主' }])],
    ['resident-not-found', act('merge', ['1', { [A]: '世帯主', [B]: '妻', [C]: '子', [D]: '母' }])],
    [
      'event-in-the-future',
      { ...act('head-change', ['1', { [A]: '夫', [B]: '世帯主', [C]: '子' }]), eventDate: '2026-11-21' },
    ],
    [
      'event-before-entry',
      { ...act('head-change', ['1', { [A]: '夫', [B]: '世帯主', [C]: '子' }]), eventDate: '2020-03-31' },
    ],
    [
      'event-date-invalid',
      { ...act('head-change', ['1', { [A]: '夫', [B]: '世帯主', [C]: '子' }]), eventDate: '2026-02-30' },
    ],
  ];
  for (const [code, change, persons] of refused)
    assert.equal(codeOf(persons ?? family, change), code, JSON.stringify(change));
  const gone = [...family, person(D, '2', '世帯主', { status: 'moved-out', endedOn: '2026-01-01' })];
  const merged = act('merge', ['1', { [A]: '世帯主', [B]: '妻', [C]: '子', [D]: '母' }]);
  assert.equal(codeOf(gone, merged), 'resident-not-current');
  const elsewhere = [...family, person(D, '2', '世帯主', { lot: '1番地' })];
  assert.equal(codeOf(elsewhere, merged), 'addresses-differ');
});

test('a household that has lost its head gets another by a change of head', () => {
  const headless = [person(B, '1', '妻'), person(C, '1', '子')];
  assert.equal(codeOf(headless, act('head-change', ['1', { [B]: '世帯主', [C]: '子' }])), 'ok');
  assert.equal(
    codeOf(headless, act('relationship-change', ['1', { [B]: '世帯主', [C]: '子' }])),
    'act-does-not-fit',
  );
});

test('relationships are words of the register or chains of them', () => {
  for (const sound of [
    '世帯主',
    '妻',
    '夫（未届）',
    '子',
    '子の妻',
    '妻の子の子',
    '縁故者',
    '同居人',
    '祖母',
    '弟',
  ])
    assert.ok(isRelationship(sound), sound);
  for (const wrong of [
    '',
    '友人',
    '長男',
    '子の',
    'の子',
    '同居人の子',
    '世帯主の妻',
    '妻(未届)',
    ' 子',
    '子\u0000',
    '子の子の子の子の子',
  ])
    assert.ok(!isRelationship(wrong), JSON.stringify(wrong));
});

test('the next head is suggested by nearness, then by age', () => {
  const of = (relationship: string, birthDate: string) => ({
    residentCode: '',
    name: relationship,
    relationship,
    birthDate,
  });
  const order = inOrderOfSuccession([
    of('同居人', '1940-01-01'),
    of('父', '1941-01-01'),
    of('子', '2001-01-01'),
    of('子', '1999-00-00'),
    of('妻', '1975-01-01'),
  ]);
  assert.deepEqual(
    order.map(({ relationship, birthDate }) => `${relationship} ${birthDate}`),
    ['妻 1975-01-01', '子 1999-00-00', '子 2001-01-01', '父 1941-01-01', '同居人 1940-01-01'],
  );
});

test('the relationships of two members show a parent, or they do not', () => {
  const shown = [
    ['世帯主', '子'],
    ['妻', '子'],
    ['妻', '妻の子'],
    ['夫（未届）', '夫（未届）の子'],
    ['母', '世帯主'],
  ] as const;
  const notShown = [
    ['世帯主', '妻の子'],
    ['世帯主', '孫'],
    ['世帯主', '世帯主'],
    ['妻（未届）', '子'],
    ['子', '子の子'],
    ['子', '孫'],
    ['子', '子'],
    ['母', '妹'],
    ['同居人', '子'],
    ['同居人', '同居人の子'],
  ] as const;
  for (const [parent, child] of shown) assert.equal(showsParent(parent, child), true, `${parent} ${child}`);
  for (const [parent, child] of notShown)
    assert.equal(showsParent(parent, child), false, `${parent} ${child}`);
});
