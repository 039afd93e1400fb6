/**
 * Status of residence (在留資格) and the end of the stay for invented foreign residents. Permanent and special permanent
 * residents have no end of stay; the others' lies within five years from the day of the register.
 */
import { isoOf, YEAR_DAYS } from './calendar-day.ts';
import { type SeededRandom, WeightedChoice } from './seeded-random.ts';

interface Status {
  readonly name: string;
  readonly weight: number;
  /** Longest stay in years that is granted at once; 0 for no end. */
  readonly years_max: number;
  /** In years; a student is neither a child nor old. */
  readonly ageFrom: number;
  readonly ageTo: number;
  /** Nationalities that have it; any where empty. */
  readonly nationalities: readonly string[];
}

const STATUSES: readonly Status[] = [
  { name: '永住者', weight: 260, years_max: 0, ageFrom: 0, ageTo: 130, nationalities: [] },
  { name: '特別永住者', weight: 620, years_max: 0, ageFrom: 0, ageTo: 130, nationalities: ['KOR'] },
  { name: '技術・人文知識・国際業務', weight: 120, years_max: 5, ageFrom: 22, ageTo: 60, nationalities: [] },
  { name: '留学', weight: 110, years_max: 4, ageFrom: 15, ageTo: 33, nationalities: [] },
  {
    name: '特定技能１号',
    weight: 160,
    years_max: 1,
    ageFrom: 18,
    ageTo: 45,
    nationalities: ['VNM', 'IDN', 'PHL', 'MMR', 'NPL'],
  },
  {
    name: '技能実習２号',
    weight: 230,
    years_max: 2,
    ageFrom: 18,
    ageTo: 40,
    nationalities: ['VNM', 'IDN', 'PHL', 'MMR'],
  },
  { name: '定住者', weight: 250, years_max: 5, ageFrom: 0, ageTo: 130, nationalities: ['BRA', 'PER', 'PHL'] },
  { name: '定住者', weight: 20, years_max: 5, ageFrom: 0, ageTo: 130, nationalities: [] },
  { name: '日本人の配偶者等', weight: 50, years_max: 5, ageFrom: 20, ageTo: 130, nationalities: [] },
  { name: '高度専門職２号', weight: 8, years_max: 0, ageFrom: 25, ageTo: 65, nationalities: [] },
];

/** What children, wives and husbands of somebody with a limited stay have. */
const DEPENDANT = '家族滞在';
/** Granted for one's own work only: nobody comes along as a dependant. */
const WITHOUT_FAMILY = new Set(['特定技能１号', '技能実習２号']);
const AGE_GROUPS = [0, 15, 18, 20, 22, 25, 33, 40, 45, 60, 65, 130] as const;

export interface ResidenceStatus {
  readonly name: string;
  /** ISO date; empty where the stay has no end. */
  readonly expiresOn: string;
}

const choices = new Map<string, WeightedChoice<Status>>();

function choiceFor(nationality: string, age: number, hasFamily: boolean): WeightedChoice<Status> {
  const group = AGE_GROUPS.findLast((from) => from <= age) ?? 0;
  const key = `${nationality} ${group} ${hasFamily}`;
  const known = choices.get(key);
  if (known) return known;
  const possible = STATUSES.filter(
    (status) =>
      status.ageFrom <= group &&
      group < status.ageTo &&
      !(hasFamily && WITHOUT_FAMILY.has(status.name)) &&
      (status.nationalities.length === 0 || status.nationalities.includes(nationality)),
  );
  const choice = new WeightedChoice(possible, (status) => status.weight);
  choices.set(key, choice);
  return choice;
}

/** The status of somebody who is resident in their own right. */
export function chooseResidenceStatus(
  random: SeededRandom,
  nationality: string,
  age: number,
  today: number,
  hasFamily: boolean,
): ResidenceStatus {
  const status = choiceFor(nationality, age, hasFamily).pick(random);
  if (status.years_max === 0) return { name: status.name, expiresOn: '' };
  return { name: status.name, expiresOn: endOfStay(random, status.years_max, today) };
}

/** The status of a family member: permanent where the first one's is, otherwise with the same end of stay. */
export function dependantStatus(of: ResidenceStatus): ResidenceStatus {
  return of.expiresOn === '' || of.name === '定住者' ? of : { name: DEPENDANT, expiresOn: of.expiresOn };
}

/** The status of somebody married to a Japanese. */
export function spouseOfJapaneseStatus(random: SeededRandom, today: number): ResidenceStatus {
  return { name: '日本人の配偶者等', expiresOn: endOfStay(random, 5, today) };
}

function endOfStay(random: SeededRandom, years_max: number, today: number): string {
  return isoOf(today + random.between(1, Math.round(years_max * YEAR_DAYS)));
}
