/**
 * Who the people of a planned household are: names with their readings, former surnames (旧氏), and for foreign residents
 * the name as on the residence card, alias (通称), nationality and status. Family and given name are separated by U+3000.
 */
import { ageOn, isoOf } from './calendar-day.ts';
import { type ForeignNamePart, NATIONALITIES, type Nationality } from './foreign-names.ts';
import { type GivenName, givenNamesOf, RARE_GIVEN_NAMES } from './given-names.ts';
import type { PlannedPerson } from './household-plan.ts';
import {
  chooseResidenceStatus,
  dependantStatus,
  type ResidenceStatus,
  spouseOfJapaneseStatus,
} from './residence-status.ts';
import { type SeededRandom, WeightedChoice } from './seeded-random.ts';
import { SURNAME_VARIANTS } from './surname-variants.ts';
import { SURNAMES } from './surnames.ts';

export interface Identity {
  readonly name: string;
  readonly nameKana: string;
  readonly formerSurname: string;
  readonly formerSurnameKana: string;
  readonly alias: string;
  readonly aliasKana: string;
  readonly nationality: string;
  /** Undefined for Japanese. */
  readonly status: ResidenceStatus | undefined;
}

interface FamilyName {
  readonly text: string;
  readonly kana: string;
}

const SPACE = '　';
const RARE_GIVEN_NAME = 0.004;
const FORMER_SURNAME = { 妻: 0.04, 夫: 0.006 } as const;
const FOREIGN_SPOUSE = 0.011;
const ALIAS = 0.06;
const ALIAS_OF_SPECIAL_PERMANENT_RESIDENT = 0.65;
const IN_KANJI = 0.35;
/** Where wives keep the name they were born with. */
const SEPARATE_FAMILY_NAMES = new Set(['CHN', 'VNM', 'KOR', 'TWN']);
const SPECIAL_PERMANENT_RESIDENT = '特別永住者';

const surnames = new WeightedChoice(
  SURNAMES.flatMap(({ text, kana, weight }) => {
    const variants = SURNAME_VARIANTS.filter((variant) => variant.of === text);
    const rest = 1 - variants.reduce((sum, variant) => sum + variant.share, 0);
    return [
      { text, kana, weight: weight * rest },
      ...variants.map((variant) => ({ text: variant.text, kana, weight: weight * variant.share })),
    ];
  }),
  (surname) => surname.weight,
);
const nationalities = new WeightedChoice(NATIONALITIES, (nationality) => nationality.weight);

function chooseSurname(random: SeededRandom): FamilyName {
  return surnames.pick(random);
}

/** A name of the person's generation, or of one a few years off; not one that the household already has. */
function chooseGivenName(
  random: SeededRandom,
  { sex, birth }: Pick<PlannedPerson, 'sex' | 'birth'>,
  taken: ReadonlySet<string>,
): GivenName {
  if (random.chance(RARE_GIVEN_NAME)) return random.pick(RARE_GIVEN_NAMES[sex]);
  const year = Number(isoOf(birth).slice(0, 4)) + random.between(-4, 4);
  const names = givenNamesOf(sex, year);
  for (;;) {
    const name = random.pickEarly(names);
    if (!taken.has(name.text)) return name;
  }
}

const japanese = { alias: '', aliasKana: '', nationality: 'JPN', status: undefined } as const;

/** Names the people of a Japanese household; a wife or husband may be foreign. */
export function identifyJapanese(
  random: SeededRandom,
  people: readonly PlannedPerson[],
  today: number,
): readonly Identity[] {
  const families = {
    own: chooseSurname(random),
    'in-law': chooseSurname(random),
    unrelated: chooseSurname(random),
  };
  const taken = new Set<string>();
  return people.map((person) => {
    const isSpouse = person.relationship === '妻' || person.relationship === '夫';
    if (isSpouse && random.chance(FOREIGN_SPOUSE)) return foreignSpouse(random, person, today);
    const family = families[person.family];
    const given = chooseGivenName(random, person, taken);
    taken.add(given.text);
    const hasFormer =
      isSpouse && random.chance(person.relationship === '妻' ? FORMER_SURNAME.妻 : FORMER_SURNAME.夫);
    const former = hasFormer ? families['in-law'] : undefined;
    return {
      ...japanese,
      name: family.text + SPACE + given.text,
      nameKana: family.kana + SPACE + given.kana,
      formerSurname: former?.text ?? '',
      formerSurnameKana: former?.kana ?? '',
    };
  });
}

function foreignSpouse(random: SeededRandom, person: PlannedPerson, today: number): Identity {
  const nationality = nationalities.pick(random);
  const style = { nationality, inKanji: random.chance(IN_KANJI), alias: undefined };
  return identifyOne(
    random,
    person,
    style,
    random.pick(nationality.families),
    spouseOfJapaneseStatus(random, today),
  );
}

/** How a foreign family is named. */
interface ForeignStyle {
  readonly nationality: Nationality;
  readonly inKanji: boolean;
  /** The surname of their aliases; undefined where they have none. */
  readonly alias: FamilyName | undefined;
}

/** Names the people of a foreign household. They share a nationality, and an alias's surname where they have one. */
export function identifyForeign(
  random: SeededRandom,
  people: readonly PlannedPerson[],
  today: number,
): { readonly identities: readonly Identity[]; readonly country: string } {
  const nationality = nationalities.pick(random);
  const family = random.pick(nationality.families);
  const headAge = ageOn(people[0]?.birth ?? today, today);
  const hasFamily = people.some((person, index) => index > 0 && person.family !== 'unrelated');
  const status = chooseResidenceStatus(random, nationality.code, headAge, today, hasFamily);
  const isSpecial = status.name === SPECIAL_PERMANENT_RESIDENT;
  const hasAlias = random.chance(isSpecial ? ALIAS_OF_SPECIAL_PERMANENT_RESIDENT : ALIAS);
  const style: ForeignStyle = {
    nationality,
    inKanji: random.chance(isSpecial ? 0.9 : IN_KANJI),
    alias: hasAlias ? chooseSurname(random) : undefined,
  };
  const identities = people.map((person, index) => {
    const isUnrelated = person.family === 'unrelated';
    const isSpouse = person.relationship === '妻' || person.relationship === '夫';
    const keepsOwn = isUnrelated || (isSpouse && SEPARATE_FAMILY_NAMES.has(nationality.code));
    const own = isUnrelated
      ? chooseResidenceStatus(random, nationality.code, ageOn(person.birth, today), today, false)
      : index === 0
        ? status
        : dependantStatus(status);
    return identifyOne(random, person, style, keepsOwn ? random.pick(nationality.families) : family, own);
  });
  return { identities, country: nationality.country };
}

function identifyOne(
  random: SeededRandom,
  person: PlannedPerson,
  { nationality, inKanji, alias }: ForeignStyle,
  family: ForeignNamePart,
  status: ResidenceStatus,
): Identity {
  const given = random.pick(nationality.given[person.sex]);
  const kanji =
    inKanji && family.kanji !== undefined && given.kanji !== undefined
      ? [family.kanji, given.kanji]
      : undefined;
  const aliasGiven = alias ? chooseGivenName(random, person, new Set()) : undefined;
  return {
    name: (kanji ?? [family.latin, given.latin]).join(SPACE),
    nameKana: family.kana + SPACE + given.kana,
    formerSurname: '',
    formerSurnameKana: '',
    alias: alias && aliasGiven ? alias.text + SPACE + aliasGiven.text : '',
    aliasKana: alias && aliasGiven ? alias.kana + SPACE + aliasGiven.kana : '',
    nationality: nationality.code,
    status,
  };
}

/** The name of a father or mother outside the household, who is first in the family register. */
export function nameOfAncestor(random: SeededRandom, surname: string, birth: number): string {
  return surname + SPACE + chooseGivenName(random, { sex: 'male', birth }, new Set()).text;
}
