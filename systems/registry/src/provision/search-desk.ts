/**
 * Agencies that know no key of a person: the row decides whether they may search, and how. A strict search may find a
 * number where the row has numbers; a weaker one is for the other rows only, and shows one person or nobody. Strict
 * searches that come together share a transaction, in which each has its ledger entry. Flow: docs/flows/strict-search.md.
 */

import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { GroupedAnswers } from '../grouped-answers.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import type { Lenience } from '../search/compare-addresses.ts';
import { type StrictAsking, type StrictSearchFailure, searchStrictlyIn } from '../search/search-strictly.ts';
import { searchWeaklyIn, type WeakSearchFailure, type WeakSearchItem } from '../search/search-weakly.ts';
import { findAgencies } from './agencies.ts';
import { type ProvisionFailure, permitAgency } from './provide.ts';
import { itemsOf, type ProvidedIdentity } from './provided-items.ts';
import { overloaded } from './provision-desk.ts';
import { basisOf, type ProvisionRow } from './provision-rules.ts';
import type { SearchRequest } from './search-request.ts';

type NotPermitted = Exclude<ProvisionFailure, 'person-unknown'>;
export type AgencySearchFailure =
  | NotPermitted
  | StrictSearchFailure
  | WeakSearchFailure
  | 'provision-overloaded';

/** A search and the agency whose key signed it. */
export interface AgencySearch {
  readonly agency: string;
  readonly request: SearchRequest;
}

/** The person as far as items were asked for, and what was overlooked in the address: to be checked a second time. */
export interface FoundIdentity {
  readonly person: ProvidedIdentity;
  readonly leniences: readonly Lenience[];
}

export type SearchAnswer = Result<FoundIdentity, AgencySearchFailure>;

export class SearchDesk {
  readonly #context: RegistryContext;
  readonly #strict: GroupedAnswers<AgencySearch, SearchAnswer>;

  constructor(context: RegistryContext) {
    this.#context = context;
    this.#strict = new GroupedAnswers(context, NATIONAL_SITE, (tx, searches) =>
      answerStrictly(tx, context, searches),
    );
  }

  async ask(search: AgencySearch): Promise<SearchAnswer> {
    if (search.request.search === 'strict') return (await this.#strict.ask(search)) ?? overloaded();
    return inTransaction(this.#context.sql, { site: NATIONAL_SITE }, (tx) =>
      answerWeakly(tx, this.#context, search),
    );
  }
}

async function answerStrictly(
  tx: Tx,
  context: RegistryContext,
  searches: readonly AgencySearch[],
): Promise<readonly SearchAnswer[]> {
  const permitted = await permitAll(tx, context, searches);
  const asked = searches.flatMap((search, index): StrictAsking[] => {
    const row = permitted[index];
    if (!row?.ok) return [];
    return [
      { access: accessOf(search, row.value), query: search.request.person, answered: search.request.items },
    ];
  });
  const found = await searchStrictlyIn(tx, context, asked);
  const allowed = searches.filter((_, index) => permitted[index]?.ok);
  const matches = allowed.flatMap(({ request: { items } }, nth) => {
    const result = found[nth];
    return result?.ok ? [{ person: result.value.person, items }] : [];
  });
  const given = itemsOf(context.numbers, matches).values();
  const results = found.values();
  return searches.map((_, index): SearchAnswer => {
    const row = permitted[index];
    if (!row) throw new Error('a search without a decision');
    if (!row.ok) return row;
    const { value: result } = results.next();
    if (!result) throw new Error('a search was not answered');
    if (!result.ok) return result;
    const { value: person } = given.next();
    return ok({ person: person ?? {}, leniences: result.value.leniences });
  });
}

async function answerWeakly(tx: Tx, context: RegistryContext, search: AgencySearch): Promise<SearchAnswer> {
  const [row] = await permitAll(tx, context, [search]);
  if (!row) throw new Error('a search without a decision');
  if (!row.ok) return row;
  const { request } = search;
  if (request.search === 'strict') throw new Error('a strict search among the weak ones');
  const access = accessOf(search, row.value);
  const found = await searchWeaklyIn(
    tx,
    context,
    access,
    {
      article: access.article,
      affair: access.affair,
      keys: request.search,
      // the row's items hold no number: permitAll has refused one
      items: request.items.flatMap((item): WeakSearchItem[] => (item === 'individual-number' ? [] : [item])),
      persons_max: 1,
    },
    request.person,
  );
  if (!found.ok) return found;
  const [person, ...others] = found.value;
  if (!person || others.length > 0) return fail('too-many-persons', 'more than one person has the items');
  return ok({ person, leniences: [] });
}

/** Whether each search is permitted; refusals are on the ledger. */
async function permitAll(
  tx: Tx,
  context: RegistryContext,
  searches: readonly AgencySearch[],
): Promise<readonly Result<ProvisionRow, NotPermitted>[]> {
  const at = context.clock.now();
  const agencies = await findAgencies(tx, [...new Set(searches.map(({ agency }) => agency))]);
  const permitted = searches.map(({ agency, request }) =>
    permitAgency(agencies.get(agency), at, {
      ...request,
      key: request.search === 'strict' ? 'strict-search' : 'weak-search',
    }),
  );
  const refusals = searches.flatMap((search, index): LedgerEntry[] => {
    const row = permitted[index];
    if (!row || row.ok) return [];
    const basis = basisOf(dateInTokyo(at), search.request.row);
    return [
      {
        site: NATIONAL_SITE,
        at,
        ...accessOf(search, basis),
        subject: null,
        fields: search.request.items,
        result: row.failure.code,
      },
    ];
  });
  await recordEntries(tx, refusals);
  return permitted;
}

const accessOf = (
  { agency, request }: AgencySearch,
  { article, affair }: Pick<ProvisionRow, 'article' | 'affair'>,
): Access => ({
  actorKind: 'site',
  actor: agency,
  terminal: '',
  article,
  affair,
  correlation: request.caseNumber,
});
