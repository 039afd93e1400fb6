import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ageOn, dayOf, isoOf, YEAR_DAYS } from './calendar-day.ts';
import type { HouseholdKind } from './household-kinds.ts';
import { planHousehold } from './household-plan.ts';
import { SeededRandom } from './seeded-random.ts';

const KINDS: readonly HouseholdKind[] = [
  'single',
  'couple',
  'parents-children',
  'one-parent',
  'child-with-parents',
  'three-generations',
  'three-generations-eldest',
  'siblings',
  'lodger',
];

test('any household with a head of any age keeps what law and biology demand', () => {
  const today = dayOf('2026-04-01');
  fc.assert(
    fc.property(
      fc.constantFrom(...KINDS),
      fc.double({ min: 19, max: 100, noNaN: true }),
      fc.string(),
      (kind, age, seed) => {
        const people = planHousehold(new SeededRandom(seed), kind, today - Math.ceil(age * YEAR_DAYS), today);
        const of = (...relationships: string[]) =>
          people.filter((person) => relationships.includes(person.relationship));
        assert.equal(of('世帯主').length, 1);
        assert.equal(people[0]?.relationship, '世帯主');
        assert.ok(of('妻', '夫').length <= 1);
        assert.ok(people.length <= 8);
        const pairs = [
          [of('世帯主', '妻', '夫'), of('子')],
          [of('子', '子の妻', '子の夫'), of('子の子')],
          [of('父', '母'), of('世帯主')],
          [of('妻の父', '妻の母', '夫の父', '夫の母'), of('妻', '夫')],
        ] as const;
        for (const [parents, children] of pairs)
          for (const parent of parents)
            for (const child of children) assert.ok(ageOn(parent.birth, child.birth) >= 17);
        for (const person of people)
          assert.ok(person.birth <= today, 'nobody is born after the day of the register');
        for (const spouse of of('妻', '夫', '子の妻', '子の夫')) assert.ok(ageOn(spouse.birth, today) >= 17);
      },
    ),
    { numRuns: 3_000 },
  );
});

test('day numbers and dates lead to each other, leap days included, and ages change on the birthday', () => {
  for (const date of ['1912-07-30', '1970-01-01', '1984-02-29', '2000-12-31', '2026-04-01'])
    assert.equal(isoOf(dayOf(date)), date);
  for (const text of ['2026-02-29', '2026-13-01', '1985', '']) assert.throws(() => dayOf(text), text);
  assert.equal(ageOn(dayOf('2000-05-02'), dayOf('2026-05-01')), 25);
  assert.equal(ageOn(dayOf('2000-05-02'), dayOf('2026-05-02')), 26);
});
