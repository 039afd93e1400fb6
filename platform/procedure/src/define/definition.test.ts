/** Planted faults in definitions, values of forms, days of deadlines. No database. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, isBusinessDay } from '@ishizue/clock';
import * as fc from 'fast-check';
import { z } from 'zod';
import { NOTHING_RUNS, type Running, runningAfter } from '../desk/running-deadline.ts';
import { inputsOf } from '../pages/field-inputs.ts';
import { valuesOf } from '../pages/field-values.ts';
import { valueOfPosted } from '../pages/posted-form.ts';
import { grant } from '../testing/grant.ts';
import { permit } from '../testing/permit.ts';
import { checkDefinition } from './check-definition.ts';
import { type Definition, defineProcedure, type Move } from './definition.ts';
import { describeProcedure } from './describe-procedure.ts';
import { attachment, choice, choices, code, date, flag, group, list, money, text } from './field.ts';
import { parseForm, schemaOf } from './form-value.ts';
import { procedureVersions } from './versions.ts';

const label = { ja: '項目', en: 'Field' };

/** Each fault planted into the sound definition, and what the check must say of it and nothing else. */
const PLANTED: readonly (readonly [string, (sound: Definition) => Partial<Definition>, RegExp])[] = [
  ['an id with capitals', () => ({ id: 'Permit' }), /^id: /],
  ['nothing cited', () => ({ basis: '' }), /^basis: /],
  ['no source', () => ({ source: '' }), /^source: /],
  ['a first day that is none', () => ({ validFrom: 'today' }), /^validFrom: /],
  ['a title in one language', () => ({ title: { ja: '許可', en: ' ' } }), /^title: no words in English/],
  [
    'a state without Japanese',
    (d) => ({ states: { ...d.states, taken: { title: { ja: '', en: 'x' }, deadline: 'review' } } }),
    /^state taken: no words in Japanese/,
  ],
  [
    'an unreachable state',
    (d) => ({ states: { ...d.states, lost: { title: label, closed: true } } }),
    /^state lost: nothing leads there/,
  ],
  [
    'a dead end',
    (d) => ({
      states: { ...d.states, stuck: { title: label } },
      moves: { ...d.moves, stick: step(d, { to: 'stuck' }) },
    }),
    /^state stuck: leads to no closed state/,
  ],
  [
    'a move out of a closed state',
    (d) => ({ moves: { ...d.moves, again: step(d, { from: ['granted'] }) } }),
    /^move again: leads out of granted/,
  ],
  [
    'a move to nowhere',
    (d) => ({ moves: { ...d.moves, lose: step(d, { to: 'nowhere' }) } }),
    /^move lose: nowhere is no state/,
  ],
  [
    'a move that nobody makes',
    (d) => ({ moves: { ...d.moves, idle: step(d, { by: [] }) } }),
    /^move idle: nobody may make it/,
  ],
  [
    'a role that is not declared',
    (d) => ({ moves: { ...d.moves, odd: step(d, { by: ['role:king'] }) } }),
    /^move odd: role:king is no role/,
  ],
  [
    'a notice for nobody',
    (d) => ({ moves: { ...d.moves, tell: step(d, { notices: [{ to: 'role:king', text: label }] }) } }),
    /^move tell: a notice to role:king/,
  ],
  [
    'a notice in one language',
    (d) => ({
      moves: { ...d.moves, tell: step(d, { notices: [{ to: 'applicant', text: { ja: 'あ', en: '' } }] }) },
    }),
    /^notice of tell: no words in English/,
  ],
  [
    'a notice about nothing',
    (d) => ({
      moves: { ...d.moves, tell: step(d, { notices: [{ to: 'applicant', text: { ja: '{x}', en: 'x' } }] }) },
    }),
    /^move tell: a notice speaks of \{x\}/,
  ],
  [
    'a deadline for nobody',
    (d) => clock(d, { owner: 'role:king' }),
    /^deadline review: its owner role:king is nobody/,
  ],
  [
    'business days that count the first',
    (d) => clock(d, { countsFirstDay: true }),
    /^deadline review: business days do not count the first day/,
  ],
  [
    'a move that opens nothing and says whose it is',
    (d) => ({ moves: { ...d.moves, own: step(d, { subject: () => 'x' }) } }),
    /^move own: opens no case/,
  ],
  ['a deadline of no days', (d) => clock(d, { days: 0 }), /^deadline review: 0 days/],
  [
    'a deadline that nothing runs',
    (d) => ({ deadlines: { ...d.deadlines, idle: { ...d.deadlines['review'], days: 1 } as never } }),
    /^deadline idle: runs in no state/,
  ],
  [
    'a clock’s move that is not the clock’s',
    (d) => clock(d, { passed: { move: 'take' } }),
    /^deadline review: take is no move of the clock/,
  ],
  [
    'a deadline in a closed state',
    (d) => ({ states: { ...d.states, granted: { title: label, closed: true, deadline: 'review' } } }),
    /^state granted: is closed, and a deadline runs/,
  ],
  ['cases that are kept for no time', (d) => ({ kept: { ...d.kept, years: 0 } }), /^kept: 0 years/],
  ['a time that nothing gives', (d) => ({ kept: { ...d.kept, source: '' } }), /^kept: nothing is cited/],
  [
    'a time after an open state',
    (d) => ({ kept: { ...d.kept, after: { filed: 1 } } }),
    /^kept: filed is no closed state/,
  ],
  [
    'a refusal that is the engine’s',
    () => ({ refusals: { 'case-unknown': label } }),
    /^refusals: case-unknown is a code of the engine/,
  ],
  [
    'four eyes on no move',
    (d) => ({ moves: { ...d.moves, two: step(d, { differsFrom: 'propose' }) } }),
    /^move two: differs from propose/,
  ],
  [
    'an amended field that is not there',
    (d) => ({ moves: { ...d.moves, mend: step(d, { amends: ['gone'] }) } }),
    /^move mend: the form has no field gone/,
  ],
  ['nothing that opens', ({ moves: { apply: _, ...moves } }) => ({ moves }), /^moves: none opens a case/],
  [
    'nothing to choose',
    () => ({ form: { kind: choice(label, { options: {} }), note: text(label, { max: 1 }) } }),
    /^form kind: nothing to choose/,
  ],
  [
    'a field in one language',
    () => ({ form: { note: text({ ja: '内容', en: '' }, { max: 9 }) } }),
    /^form note: no words in English/,
  ],
  ['an inbox column that is not there', () => ({ inbox: ['gone'] }), /^inbox: the form has no field gone/],
];

const step = ({ moves }: Definition, more: Partial<Move>): Move => ({
  ...(moves['take'] as Move),
  to: 'same',
  ...more,
});
const clock = ({ deadlines }: Definition, more: object): Partial<Definition> => ({
  deadlines: { review: { ...deadlines['review'], ...more } as never },
});

test('each planted fault is found, by its own sentence, and a sound definition has none', () => {
  assert.deepEqual(checkDefinition(permit), []);
  assert.deepEqual(checkDefinition(grant), []);
  const sound: Definition = permit;
  for (const [what, plant, expected] of PLANTED) {
    const faults = checkDefinition({ ...sound, ...plant(sound) });
    assert.ok(
      faults.some((fault) => expected.test(fault)),
      `${what}: ${faults.join(' | ')}`,
    );
  }
});

test('a definition with faults does not open, and tells all of them', () => {
  const bad = { ...permit, basis: '', title: { ja: '', en: '' } };
  assert.throws(
    () => procedureVersions(bad),
    /basis: .*\n.*title: no words in Japanese\n.*title: no words in English/s,
  );
  assert.throws(
    () => procedureVersions(permit, { ...permit, id: 'other', validFrom: '2021-01-01' }),
    /no version of/,
  );
  assert.throws(() => procedureVersions(permit, { ...permit, validFrom: '2019-01-01' }));
  const two = procedureVersions(permit, { ...permit, validFrom: '2024-04-01' });
  assert.equal(two.find('2019-12-31'), undefined);
  assert.equal(two.find('2024-03-31')?.validFrom, '2020-01-01');
  assert.equal(two.find('2024-04-01')?.validFrom, '2024-04-01');
  assert.throws(() => two.kept('2022-01-01'), /no version of 2022-01-01/);
});

test('the compiler holds moves to what is declared', () => {
  const closing = { title: label, from: ['a'], to: 'b', by: ['clock'] } as const;
  defineProcedure()(
    {
      id: 'x',
      title: label,
      basis: 'x',
      validFrom: '2020-01-01',
      source: 'x',
      roles: { clerk: label },
      subject: { title: label, of: ({ applicant }) => applicant },
      form: { amount: money(label, {}), note: text(label, { max: 9, optional: true }) },
      states: { a: { title: label }, b: { title: label, closed: true } },
      kept: { years: 1, source: 'x' },
      refusals: { late: label },
    },
    (move) => ({
      // @ts-expect-error -- no such state
      one: move({ title: label, from: 'new', to: 'c', by: ['applicant'] }),
      // @ts-expect-error -- no such role
      two: move({ title: label, from: ['a'], to: 'b', by: ['role:king'] }),
      // @ts-expect-error -- no such refusal
      three: move({ title: label, from: ['a'], to: 'b', by: ['clock'], guard: () => 'early' }),
      // @ts-expect-error -- an amount is a number
      four: move({ ...closing, guard: ({ form }) => (form.amount === '' ? 'late' : undefined) }),
      // @ts-expect-error -- a note may be absent
      five: move({ ...closing, guard: ({ form }) => (form.note.length > 1 ? 'late' : undefined) }),
      six: move({
        title: label,
        from: ['a'],
        to: 'b',
        by: ['clock'],
        form: { day: date(label) },
        guard: ({ own, form }) =>
          own.day > '2020' && form.amount > 1 && form.note?.length !== 3 ? 'late' : undefined,
      }),
    }),
  );
});

const fields = {
  name: text(label, { max: 3 }),
  memo: text(label, { max: 10, lines: true, optional: true }),
  day: date(label),
  kind: choice(label, { options: { a: label, b: label } }),
  tags: choices(label, { options: { a: label, b: label, c: label }, min: 1, max: 2 }),
  agreed: flag(label),
  amount: money(label, { min: 1, max: 100 }),
  number: code(label, { pattern: /\d{3}/, check: (value) => value !== '000' }),
  file: attachment(label, { types: ['pdf'], bytes_max: 10, optional: true }),
  items: list(label, { fields: { item: text(label, { max: 5 }) }, min: 1, max: 2 }),
  place: group(label, { fields: { town: text(label, { max: 5 }) }, optional: true }),
};
const good = {
  name: '髙橋𠮷',
  day: '2024-02-29',
  kind: 'a',
  tags: ['a', 'b'],
  agreed: true,
  amount: 5,
  number: '123',
  items: [{ item: 'x' }],
};

test('a form takes what its fields allow, and tells each place that is wrong by its rule', () => {
  assert.deepEqual(parseForm(fields, good), { ok: true, value: good });
  const wrong: readonly (readonly [object, string])[] = [
    [{ name: 'four' }, 'name too-long'],
    [{ name: '' }, 'name too-short'],
    [{ name: 'a\nb' }, 'name malformed'],
    [{ name: 'a\u0000' }, 'name malformed'],
    [{ name: '\ud800' }, 'name malformed'],
    [{ name: undefined }, 'name missing'],
    [{ name: 7 }, 'name malformed'],
    [{ memo: 'x'.repeat(11) }, 'memo too-long'],
    [{ day: '2023-02-29' }, 'day malformed'],
    [{ kind: 'c' }, 'kind not-a-choice'],
    [{ kind: undefined }, 'kind missing'],
    [{ kind: 'toString' }, 'kind not-a-choice'],
    [{ tags: ['a', 'd'] }, 'tags.1 not-a-choice'],
    [{ tags: ['b', 'b'] }, 'tags repeated'],
    [{ tags: ['b', 'b', 'b'] }, 'tags repeated'],
    [{ tags: ['a', 'b', 'c'] }, 'tags too-many'],
    [{ tags: [] }, 'tags too-few'],
    [{ tags: 'a' }, 'tags malformed'],
    [{ tags: undefined }, 'tags missing'],
    [{ agreed: 'on' }, 'agreed malformed'],
    [{ amount: 101 }, 'amount too-large'],
    [{ amount: 0 }, 'amount too-small'],
    [{ amount: 1.5 }, 'amount malformed'],
    [{ number: '1234' }, 'number malformed'],
    [{ number: '000' }, 'number malformed'],
    [{ number: '12\n3' }, 'number malformed'],
    [{ file: 'x' }, 'file malformed'],
    [{ items: [] }, 'items too-few'],
    [{ items: [{ item: 'a' }, { item: 'b' }, { item: 'c' }] }, 'items too-many'],
    [{ items: [{ item: 'abcdef' }] }, 'items.0.item too-long'],
    [{ place: {} }, 'place.town missing'],
    [{ other: 1 }, ' not-a-field'],
  ];
  for (const [change, expected] of wrong) {
    const parsed = parseForm(fields, { ...good, ...change });
    assert.ok(!parsed.ok, expected);
    assert.deepEqual(
      parsed.faults.map(({ path, rule }) => `${path} ${rule}`),
      [expected],
    );
  }
  assert.ok(parseForm(fields, { ...good, memo: 'a\nb' }).ok);
});

test('choices are kept in the order of their options, posted as boxes, shown in words, told in the schema', () => {
  const { tags } = fields;
  const parsed = parseForm({ tags }, { tags: ['b', 'a'] });
  assert.deepEqual(parsed, { ok: true, value: { tags: ['a', 'b'] } });
  const boxes = [['b', 'a'], 'b', undefined].map((posted) =>
    valueOfPosted({ tags }, { 'form.tags': posted }, 'form'),
  );
  assert.deepEqual(boxes, [{ tags: ['b', 'a'] }, { tags: ['b'] }, { tags: [] }]);
  const value = { tags: ['b'] };
  const faults = [{ path: 'tags.1', rule: 'not-a-choice' }] as const;
  const inputs = inputsOf({ language: 'en', fields: { tags }, place: 'form', value, faults }).toString();
  assert.equal(inputs.match(/type="checkbox" name="form\.tags"/g)?.length, 3);
  assert.match(inputs, /value="b" checked/);
  assert.doesNotMatch(inputs, /value="[ac]" checked/);
  assert.match(inputs, /class="error"/);
  assert.equal(
    valuesOf({ tags }, { tags: ['a', 'b'] }, 'ja', String)
      .toString()
      .match(/<li>項目<\/li>/g)?.length,
    2,
  );
  const shown = z.toJSONSchema(schemaOf({ tags }), { unrepresentable: 'any' }).properties?.['tags'];
  assert.deepEqual(shown, {
    type: 'array',
    items: { type: 'string', enum: ['a', 'b', 'c'] },
    minItems: 1,
    maxItems: 2,
    uniqueItems: true,
  });
});

test('a deadline that counts its first day ends a day earlier, and stands still like others', () => {
  const clocks = { days: 30, count: 'calendar', countsFirstDay: true, owner: 'role:clerk' } as const;
  const counting: Definition = {
    ...permit,
    deadlines: { review: { title: label, ...clocks, passed: { alarm: label } } },
  };
  for (const [begun, dueOn] of [
    ['2026-01-31', '2026-03-01'],
    ['2028-01-31', '2028-02-29'],
    ['2026-04-01', '2026-04-30'],
    ['2026-12-31', '2027-01-29'],
  ] as const)
    assert.equal(runningAfter(counting, NOTHING_RUNS, 'filed', begun).dueOn, dueOn, begun);
  const stopped = runningAfter(
    counting,
    runningAfter(counting, NOTHING_RUNS, 'filed', '2026-04-01'),
    'returned',
    '2026-04-10',
  );
  assert.deepEqual(stopped.clocks, { left: { review: 20 } });
  assert.equal(runningAfter(counting, stopped, 'taken', '2026-05-01').dueOn, '2026-05-21');
});

test('a deadline that stands still keeps its days, and one that restarts begins anew', () => {
  const start = runningAfter(grant, NOTHING_RUNS, 'review', '2026-06-01');
  assert.deepEqual(start, { deadline: 'decision', dueOn: '2026-07-13', clocks: null });
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 8 }), (waits) => {
      let running: Running = start;
      let today = '2026-06-01';
      let worked = 0;
      let isReview = true;
      for (const wait of waits) {
        for (let day = 0; day < wait; day++) {
          today = addDays(today, 1);
          if (isReview && isBusinessDay(today)) worked++;
        }
        running = runningAfter(grant, running, isReview ? 'correction' : 'review', today);
        isReview = !isReview;
        if (isReview && worked < 30) {
          let [left, due] = [30 - worked, today];
          while (left > 0) {
            due = addDays(due, 1);
            if (isBusinessDay(due)) left--;
          }
          assert.equal(running.dueOn, due);
        }
        if (!isReview)
          assert.ok((running.dueOn ?? '') >= addDays(today, 14) && isBusinessDay(running.dueOn ?? ''));
      }
      assert.deepEqual(runningAfter(grant, running, 'withdrawn', today), NOTHING_RUNS);
    }),
  );
});

test('the documentation has every state, move, field and code', () => {
  const page = describeProcedure(grant);
  for (const names of [grant.states, grant.moves, grant.form, grant.refusals, grant.deadlines, grant.record])
    for (const name of Object.keys(names)) assert.ok(page.includes(`\`${name}\``), name);
  assert.match(page, /stateDiagram-v2/);
});
