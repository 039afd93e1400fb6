/**
 * Strict search (検索条件の厳格化, since 18 December 2023): the only search that answers an individual number. It needs name,
 * birth date and address, with sex or without; it answers exactly one person or nobody, and the ledger holds which keys
 * were used with what result in the same transaction. Flow: docs/flows/strict-search.md.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { areaNamesOf } from './area-names.ts';
import { type Finding, findMatch, type StrictMatch } from './find-match.ts';
import { NAMESAKES_MAX, proposePersons } from './propose-persons.ts';
import { STRICT_SEARCH_RULES } from './search-rule.ts';
import {
  keysOf,
  type PersonQuery,
  type QueryFailure,
  type SoughtPerson,
  seekStrictly,
} from './sought-person.ts';

/**
 * `no-match`: nobody has these items. `ambiguous`: more than one may be meant, and nothing of anybody is answered.
 * `search-not-ready`: the search keys are not complete yet.
 */
export type StrictSearchFailure = QueryFailure | 'no-match' | 'ambiguous' | 'search-not-ready';
export type StrictSearchResult = Result<StrictMatch, StrictSearchFailure>;

/** Queries in one transaction; more are a mistake of the caller, who works through a file in pieces. */
export const STRICT_QUERIES_MAX = 1_000;

const ANSWERED = ['name', 'birth-date', 'sex', 'address', 'resident-code', 'individual-number'];
const DETAILS = {
  'no-match': 'nobody has all the items',
  ambiguous: 'more than one person may be meant; nobody is picked',
  'search-not-ready': 'the search keys of the register are being made',
} as const;

/** The one person who has the items of the query. */
export async function searchStrictly(
  context: RegistryContext,
  access: Access,
  query: PersonQuery,
): Promise<StrictSearchResult> {
  const [result] = await searchManyStrictly(context, access, [query]);
  if (!result) throw new Error('a query was not answered');
  return result;
}

/** Several queries in one transaction, each answered and recorded as if it were alone; results in their order. */
export function searchManyStrictly(
  context: RegistryContext,
  access: Access,
  queries: readonly PersonQuery[],
): Promise<readonly StrictSearchResult[]> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    searchStrictlyIn(
      tx,
      context,
      queries.map((query) => ({ access, query, answered: ANSWERED })),
    ),
  );
}

/** A query, who asks, and what is answered of the person, as the ledger names it. */
export interface StrictAsking {
  readonly access: Access;
  readonly query: PersonQuery;
  readonly answered: readonly string[];
}

/** Queries of any askers in the caller's transaction at the national site; results in their order. */
export async function searchStrictlyIn(
  tx: Tx,
  context: RegistryContext,
  asked: readonly StrictAsking[],
): Promise<readonly StrictSearchResult[]> {
  if (asked.length > STRICT_QUERIES_MAX) throw new Error(`${asked.length} queries in one transaction`);
  const at = context.clock.now();
  const rule = STRICT_SEARCH_RULES.get(dateInTokyo(at));
  const areas = areaNamesOf(context.municipalities);
  // insufficient queries end here: nothing of them reaches the tables of persons
  const read = asked.map(({ query }) => seekStrictly(query, rule, areas));
  const proposed = await proposePersons(
    tx,
    read.flatMap((one) => (one.ok ? [one.value] : [])),
  );
  let next = 0;
  const results = read.map((one): StrictSearchResult => {
    if (!one.ok) return one;
    return proposed ? judge(one.value, proposed[next++] ?? []) : refuse('search-not-ready');
  });
  const entries = asked.map((one, index): LedgerEntry => {
    const result = results[index];
    if (!result) throw new Error('a query was not answered');
    return { site: NATIONAL_SITE, at, ...one.access, ...accountOf(context, one, result) };
  });
  await recordEntries(tx, entries);
  return results;
}

function judge(sought: SoughtPerson, proposed: Parameters<typeof findMatch>[1]): StrictSearchResult {
  const finding: Finding = proposed.length > NAMESAKES_MAX ? 'ambiguous' : findMatch(sought, proposed);
  return typeof finding === 'string' ? refuse(finding) : ok(finding);
}

const refuse = (code: keyof typeof DETAILS): StrictSearchResult => fail(code, DETAILS[code]);

/** What the ledger keeps of a query: the keys, the result, and on a match the person and what was answered. */
function accountOf(
  context: RegistryContext,
  { query, answered }: StrictAsking,
  result: StrictSearchResult,
): Pick<LedgerEntry, 'subject' | 'fields' | 'result'> {
  const keys = keysOf(query).map((key) => `searched-by-${key}`);
  // a refusal names nobody, not even those whose rows were compared: they were not looked at by anyone
  if (!result.ok) return { subject: null, fields: keys, result: result.failure.code };
  const { person, leniences } = result.value;
  return {
    subject: context.pseudonyms.of(NATIONAL_SITE, person.residentCode),
    fields: [...keys, ...leniences, ...answered],
    result: 'ok',
  };
}
