/**
 * Asks the strict search for people of a population, everybody once or a part, each in one kind of spelling, and counts: whoever is answered
 * must be the one who was meant. Streams the population; what is kept are counts and a bounded sample of queries.
 */
import { type Access, type PersonQuery, type RegistryContext, searchManyStrictly } from '@ishizue/registry';
import { type InventedPerson, inventPopulation, type Population } from './invented-population.ts';
import { SPELLINGS, type Spelling } from './spell-queries.ts';

export interface Tally {
  asked: number;
  found: number;
  ambiguous: number;
  wrong: number;
}

export interface Verdict {
  /** By kind of spelling; those who are not in the register under `NOT_REGISTERED`, namesakes apart. */
  readonly tallies: ReadonlyMap<string, Tally>;
  readonly asked: number;
  readonly wrong: number;
  /** Queries for people without a namesake that should be found, for measuring. */
  readonly sample: readonly PersonQuery[];
  /** Results by code. */
  readonly outcomes: ReadonlyMap<string, number>;
}

export const NOT_REGISTERED = 'not in the register, a namesake is';
const NAMESAKES = 'as held, with a namesake';
const QUERIES_AT_ONCE = 500;
/** Of a population that is larger than what is asked for, so many are asked for one after the other: a namesake comes next. */
const BLOCK = 5_000;

const ACCESS: Access = {
  actorKind: 'site',
  actor: 'agency-test',
  terminal: 'file',
  article: '住民基本台帳法 第30条の9',
  affair: 'proof-of-strict-search',
  correlation: 'wrong-person',
};

interface Asked {
  readonly person: InventedPerson;
  readonly kind: string;
  readonly query: PersonQuery;
}

/** How many persons are asked for, spread over the population in blocks, and how many of the queries are kept. */
export interface Asking {
  readonly asked_max: number;
  readonly sample_max: number;
}

export async function lookForWrongPersons(
  context: RegistryContext,
  population: Population,
  { asked_max, sample_max }: Asking,
): Promise<Verdict> {
  const tallies = new Map<string, Tally>();
  const outcomes = new Map<string, number>();
  const sample: PersonQuery[] = [];
  const oneIn = Math.ceil(population.residents / asked_max);
  const every = Math.max(1, Math.floor(population.residents / oneIn / Math.max(1, sample_max)));
  let [asked, passed] = [0, 0];
  let batch: Asked[] = [];
  const ask = async (): Promise<void> => {
    const results = await searchManyStrictly(
      context,
      ACCESS,
      batch.map(({ query }) => query),
    );
    for (const [index, { person, kind }] of batch.entries()) {
      const result = results[index];
      if (!result) throw new Error('a query was not answered');
      const tally = tallies.get(kind) ?? { asked: 0, found: 0, ambiguous: 0, wrong: 0 };
      tallies.set(kind, tally);
      tally.asked++;
      const outcome = result.ok ? 'ok' : result.failure.code;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (outcome === 'ambiguous') tally.ambiguous++;
      if (!result.ok) continue;
      if (person.isRegistered && result.value.person.residentCode === person.residentCode) tally.found++;
      else tally.wrong++;
    }
    batch = [];
  };
  for await (const person of inventPopulation(population)) {
    if (Math.floor(passed++ / BLOCK) % oneIn !== 0) continue;
    const one = askFor(person, asked);
    if (asked % every === 0 && sample.length < sample_max && person.isRegistered) sample.push(one.query);
    asked++;
    batch.push(one);
    if (batch.length >= QUERIES_AT_ONCE) await ask();
  }
  if (batch.length > 0) await ask();
  const wrong = [...tallies.values()].reduce((sum, tally) => sum + tally.wrong, 0);
  return { tallies, asked, wrong, sample, outcomes };
}

/** The query for a person: the kinds take turns, but for those whom the kinds' recall is not about. */
function askFor(person: InventedPerson, turn: number): Asked {
  for (let tried = 0; tried < SPELLINGS.length; tried++) {
    const spelling: Spelling | undefined = SPELLINGS[(turn + tried) % SPELLINGS.length];
    const query = spelling?.spell(person);
    if (!spelling || !query) continue;
    if (!person.isRegistered) return { person, kind: NOT_REGISTERED, query };
    if (!person.hasNamesake) return { person, kind: spelling.kind, query };
    const kind =
      spelling.kind === 'as held'
        ? NAMESAKES
        : `with a namesake, ${spelling.isBridged ? 'spelled otherwise' : 'with an error'}`;
    return { person, kind, query };
  }
  throw new Error('no spelling is as held');
}

/** Recall by kind, a line each. */
export function tellRecall({ tallies }: Verdict): string {
  const lines = [...tallies].map(([kind, { asked, found, ambiguous, wrong }]) => {
    const recall = ((100 * found) / asked).toFixed(2);
    return `${recall.padStart(6)} %  ${String(asked).padStart(8)} asked  ${String(ambiguous).padStart(6)} ambiguous  ${wrong} wrong  ${kind}`;
  });
  return lines.toSorted((a, b) => (a < b ? 1 : -1)).join('\n');
}
