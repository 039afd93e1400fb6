/**
 * Whose data is asked for: exactly one person, or nobody. Without a resident code the national site searches strictly; with one
 * the person of the code has to have the name, birth date and address that are written in the request, compared as strictly.
 * A prefecture has no search keys and asks for the code (allowed for this act's affairs, 住民基本台帳法 30-37 (2)).
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { currentCodes } from '../codes/retired-codes.ts';
import { areaNamesOf } from '../search/area-names.ts';
import { findMatch } from '../search/find-match.ts';
import { STRICT_SEARCH_RULES } from '../search/search-rule.ts';
import { type StrictSearchResult, searchManyStrictly } from '../search/search-strictly.ts';
import { keysOf, type PersonQuery, seekStrictly } from '../search/sought-person.ts';
import type { IdentifiedPerson } from '../tiers/find-person.ts';
import { ofPrefecture } from '../tiers/person-store.ts';
import type { DisclosureContext } from './disclosure-context.ts';

/** As it is written in a request. */
export interface WrittenRequester extends PersonQuery {
  readonly residentCode?: string | undefined;
}

export type RequesterFailure =
  | 'resident-code-needed'
  | 'items-do-not-agree'
  | 'person-ambiguous'
  | 'items-unreadable'
  | 'search-not-ready';

/** The one person, or undefined where the site holds nobody with these items. */
export type FoundRequester = Result<IdentifiedPerson | undefined, RequesterFailure>;

/** The persons of some requests, in their order; each look is on the ledger. */
export async function findRequesters(
  context: DisclosureContext,
  access: Access,
  written: readonly WrittenRequester[],
): Promise<readonly FoundRequester[]> {
  const [coded, plain] = [written.filter(hasCode), written.filter((one) => !hasCode(one))];
  const byCode = (await findByCode(context, access, coded)).values();
  const searched =
    context.tier.prefecture === null
      ? (await searchManyStrictly(context.registry, access, plain)).map(ofSearch)
      : plain.map(() => fail('resident-code-needed', 'a prefecture finds a person by resident code only'));
  const bySearch = searched.values();
  return written.map((one): FoundRequester => {
    const { value } = hasCode(one) ? byCode.next() : bySearch.next();
    if (!value) throw new Error('a requester was not looked for');
    return value;
  });
}

interface CodedRequester extends WrittenRequester {
  readonly residentCode: string;
}
const hasCode = (one: WrittenRequester): one is CodedRequester => one.residentCode !== undefined;

function ofSearch(found: StrictSearchResult): FoundRequester {
  if (found.ok) return ok(found.value.person);
  switch (found.failure.code) {
    case 'no-match':
      return ok(undefined);
    case 'ambiguous':
      return fail('person-ambiguous', found.failure.detail);
    case 'search-not-ready':
      return fail('search-not-ready', found.failure.detail);
    case 'search-keys-insufficient':
    case 'search-keys-invalid':
      return fail('items-unreadable', found.failure.detail);
  }
}

async function findByCode(
  { registry, tier }: DisclosureContext,
  access: Access,
  written: readonly CodedRequester[],
): Promise<readonly FoundRequester[]> {
  if (written.length === 0) return [];
  const at = registry.clock.now();
  const rule = STRICT_SEARCH_RULES.get(dateInTokyo(at));
  const areas = areaNamesOf(registry.municipalities);
  return inTransaction(registry.sql, { site: tier.site }, async (tx) => {
    const asked = written.map(({ residentCode }) => residentCode);
    const current = await currentCodes(tx, tier.site, asked);
    const codes = asked.map((code) => current.get(code) ?? code);
    const rows = await tx<IdentifiedPerson[]>`
      SELECT resident_code AS "residentCode", municipality_code AS municipality, status, name,
        former_surname AS "formerSurname", alias, birth_date AS "birthDate", sex, address,
        individual_number AS "individualNumber"
      FROM ${tx(tier.personTable)} WHERE ${ofPrefecture(tx, tier)} resident_code = ANY(${codes})`;
    const personOf = new Map(rows.map((person) => [person.residentCode, person]));
    const found = written.map((query, index): FoundRequester => {
      const sought = seekStrictly(query, rule, areas);
      if (!sought.ok) return fail('items-unreadable', sought.failure.detail);
      const person = personOf.get(codes[index] ?? '');
      if (!person) return ok(undefined);
      const match = findMatch(sought.value, [person]);
      return typeof match === 'string'
        ? fail('items-do-not-agree', 'the person of the code has other items')
        : ok(match.person);
    });
    await recordEntries(
      tx,
      found.map((one, index) => ({
        site: tier.site,
        at,
        ...access,
        // whoever's code it is, if the items are another's nothing of them was shown
        subject: one.ok && one.value ? registry.pseudonyms.of(tier.site, one.value.residentCode) : null,
        fields: [
          'searched-by-resident-code',
          ...keysOf(written[index] ?? {}).map((key) => `searched-by-${key}`),
        ],
        result: one.ok ? (one.value ? 'ok' : 'no-match') : one.failure.code,
      })),
    );
    return found;
  });
}
