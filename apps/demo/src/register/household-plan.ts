/**
 * Who lives together: the structure of one invented household, without names. Structures and ages follow the country's
 * census closely enough that a register looks like a town; what law and biology demand holds without exception:
 * one 世帯主, parents at least 16 years older than their children, wives and husbands of age.
 */
import { YEAR_DAYS } from './calendar-day.ts';
import type { HouseholdKind } from './household-kinds.ts';
import type { SeededRandom } from './seeded-random.ts';

export type Sex = 'male' | 'female';

/** One person of a planned household. */
export interface PlannedPerson {
  /** 続柄 to the 世帯主. */
  readonly relationship: string;
  readonly sex: Sex;
  /** Day number of birth. */
  readonly birth: number;
  /** People of one household with the same family share a surname. */
  readonly family: 'own' | 'in-law' | 'unrelated';
  /** People with the same number share a family register (本籍, 筆頭者): a couple and their unmarried children. */
  readonly familyRegister: number;
}

const CHILDBEARING_YEARS_MIN = 18;
const CHILDBEARING_YEARS_MAX = 44;
const MARRIAGE_YEARS_MIN = 18;
const years = (count: number): number => Math.round(count * YEAR_DAYS);
const spouseOf = (sex: Sex): string => (sex === 'male' ? '妻' : '夫');
const parentOf = (sex: Sex): string => (sex === 'male' ? '父' : '母');
const other = (sex: Sex): Sex => (sex === 'male' ? 'female' : 'male');

/** A household before its relationships are written from the head's point of view. */
interface Planning {
  readonly random: SeededRandom;
  readonly today: number;
}

/**
 * Plans one household; the head comes first.
 * @param headBirth the head's day of birth; for kinds with children the head must be an adult
 */
export function planHousehold(
  random: SeededRandom,
  kind: HouseholdKind,
  headBirth: number,
  today: number,
): readonly PlannedPerson[] {
  const planning = { random, today };
  switch (kind) {
    case 'single':
      return [head(singleSex(planning, headBirth), headBirth)];
    case 'couple':
      return couple(planning, headBirth);
    case 'parents-children':
      return parentsAndChildren(planning, headBirth);
    case 'one-parent':
      return oneParent(planning, headBirth);
    case 'child-with-parents':
      return childWithParents(planning, headBirth);
    case 'three-generations':
      return threeGenerations(planning, headBirth);
    case 'three-generations-eldest':
      return threeGenerationsEldest(planning, headBirth);
    case 'siblings':
      return siblings(planning, headBirth);
    case 'lodger':
      return withLodger(planning, headBirth);
  }
}

function head(sex: Sex, birth: number): PlannedPerson {
  return { relationship: '世帯主', sex, birth, family: 'own', familyRegister: 0 };
}

/** Young people who live alone are more often men, old people far more often women. */
function singleSex({ random, today }: Planning, birth: number): Sex {
  const age = (today - birth) / YEAR_DAYS;
  const menShare = age < 65 ? 0.59 : Math.max(0.2, 0.45 - (age - 65) * 0.012);
  return random.chance(menShare) ? 'male' : 'female';
}

function couple({ random, today }: Planning, headBirth: number): readonly [PlannedPerson, PlannedPerson] {
  const sex: Sex = random.chance(0.94) ? 'male' : 'female';
  const gap = years(random.normal(sex === 'male' ? 2 : -2, 3.2));
  // born later by the gap, but of age
  const birth = Math.min(headBirth + gap, today - years(MARRIAGE_YEARS_MIN));
  return [
    head(sex, headBirth),
    { relationship: spouseOf(sex), sex: other(sex), birth, family: 'own', familyRegister: 0 },
  ];
}

/** Days of birth of one mother's children who still live at home, the eldest first; at least one. */
function childrenOf(
  { random, today }: Planning,
  motherBirth: number,
  fatherBirth: number,
): readonly number[] {
  const earliest = Math.max(motherBirth, fatherBirth) + years(CHILDBEARING_YEARS_MIN);
  const latest = Math.min(motherBirth + years(CHILDBEARING_YEARS_MAX), today);
  const latestFirst = Math.max(earliest, latest);
  let birth = Math.min(Math.max(motherBirth + years(random.normal(30, 4.3)), earliest), latestFirst);
  const wanted = random.chance(0.36) ? 1 : random.chance(0.76) ? 2 : 3;
  const births: number[] = [];
  for (let count = 0; count < wanted && birth <= latestFirst; count++) {
    births.push(birth);
    birth += random.between(years(1.3), years(4.5));
  }
  const atHome = births.filter((day) => random.chance(stayingChance((today - day) / YEAR_DAYS)));
  return atHome.length > 0 ? atHome : births.slice(-1);
}

function stayingChance(age: number): number {
  if (age < 18) return 1;
  if (age < 23) return 0.75;
  return age < 30 ? 0.5 : 0.3;
}

function children(
  planning: Planning,
  births: readonly number[],
  relationship: string,
  familyRegister: number,
) {
  return births.map((birth): PlannedPerson => {
    const sex = planning.random.chance(0.512) ? 'male' : 'female';
    return { relationship, sex, birth, family: 'own', familyRegister };
  });
}

function motherAndFather(
  first: PlannedPerson,
  second: PlannedPerson,
): readonly [mother: number, father: number] {
  return first.sex === 'female' ? [first.birth, second.birth] : [second.birth, first.birth];
}

function parentsAndChildren(planning: Planning, headBirth: number): readonly PlannedPerson[] {
  const [first, second] = couple(planning, headBirth);
  const [mother, father] = motherAndFather(first, second);
  // a couple too young, or a wife too much older, for a child born by today has none
  if (Math.max(mother, father) + years(CHILDBEARING_YEARS_MIN) > planning.today) return [first, second];
  return [first, second, ...children(planning, childrenOf(planning, mother, father), '子', 0)];
}

function oneParent(planning: Planning, headBirth: number): readonly PlannedPerson[] {
  const parent = head(planning.random.chance(0.86) ? 'female' : 'male', headBirth);
  if (headBirth + years(CHILDBEARING_YEARS_MIN) > planning.today) return [parent];
  return [parent, ...children(planning, childrenOf(planning, headBirth, headBirth), '子', 0)];
}

/** Parents of somebody, the mother 18 to 44 years older; both, or the mother alone more often than the father. */
function parentsOf(
  { random, today }: Planning,
  childBirth: number,
  relationship: (sex: Sex) => string,
  family: 'own' | 'in-law',
  familyRegister: number,
): readonly PlannedPerson[] {
  const ageAtBirth = Math.min(
    Math.max(random.normal(27.5, 3.6), CHILDBEARING_YEARS_MIN),
    CHILDBEARING_YEARS_MAX,
  );
  const mother = childBirth - years(ageAtBirth);
  const father = Math.min(
    mother - years(random.normal(2.5, 2.5)),
    childBirth - years(CHILDBEARING_YEARS_MIN),
  );
  const motherAge = (today - mother) / YEAR_DAYS;
  const both = random.chance(motherAge < 75 ? 0.6 : 0.25);
  const parents: PlannedPerson[] = [];
  if (both || random.chance(0.15))
    parents.push({ relationship: relationship('male'), sex: 'male', birth: father, family, familyRegister });
  if (both || parents.length === 0)
    parents.push({
      relationship: relationship('female'),
      sex: 'female',
      birth: mother,
      family,
      familyRegister,
    });
  return parents;
}

function childWithParents(planning: Planning, headBirth: number): readonly PlannedPerson[] {
  const child = head(planning.random.chance(0.62) ? 'male' : 'female', headBirth);
  return [child, ...parentsOf(planning, headBirth, parentOf, 'own', 0)];
}

function threeGenerations(planning: Planning, headBirth: number): readonly PlannedPerson[] {
  const middle = parentsAndChildren(planning, headBirth);
  const [first, second] = middle;
  if (!first || !second) throw new Error('a couple has two people');
  const own = planning.random.chance(0.8);
  const parents = own
    ? parentsOf(planning, first.birth, parentOf, 'own', 1)
    : parentsOf(planning, second.birth, (sex) => spouseOf(first.sex) + 'の' + parentOf(sex), 'in-law', 1);
  return [...middle, ...parents];
}

/** The eldest is the head; their child lives with wife or husband and children. */
function threeGenerationsEldest(planning: Planning, headBirth: number): readonly PlannedPerson[] {
  const { random, today } = planning;
  const eldest = random.chance(0.55)
    ? couple(planning, headBirth)
    : oneParent(planning, headBirth).slice(0, 1);
  const parentsBirth = Math.max(...eldest.map((person) => person.birth));
  const childBirth = parentsBirth + years(random.between(20, 32));
  if (childBirth + years(MARRIAGE_YEARS_MIN + 2) > today) return eldest;
  const [child, spouse] = couple(planning, childBirth);
  const family: readonly PlannedPerson[] = [
    ...eldest,
    { ...child, relationship: '子', familyRegister: 1 },
    { ...spouse, relationship: `子の${spouseOf(child.sex)}`, familyRegister: 1 },
  ];
  const [mother, father] = motherAndFather(child, spouse);
  if (Math.max(mother, father) + years(CHILDBEARING_YEARS_MIN) > today) return family;
  return [...family, ...children(planning, childrenOf(planning, mother, father), '子の子', 1)];
}

function siblings({ random }: Planning, headBirth: number): readonly PlannedPerson[] {
  const elder = head(random.chance(0.5) ? 'male' : 'female', headBirth);
  const sex: Sex = random.chance(0.5) ? 'male' : 'female';
  const birth = headBirth + random.between(years(1.2), years(4));
  return [
    elder,
    { relationship: sex === 'male' ? '弟' : '妹', sex, birth, family: 'own', familyRegister: 0 },
  ];
}

function withLodger(planning: Planning, headBirth: number): readonly PlannedPerson[] {
  const { random, today } = planning;
  const sex: Sex = random.chance(0.5) ? 'male' : 'female';
  const birth = Math.min(headBirth + years(random.normal(0, 8)), today - years(MARRIAGE_YEARS_MIN));
  return [
    head(singleSex(planning, headBirth), headBirth),
    { relationship: '同居人', sex, birth, family: 'unrelated', familyRegister: 1 },
  ];
}
