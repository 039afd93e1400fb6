/**
 * Searches with fewer keys, for affairs that the statute's table allows them to (住基法 別表第一). They never answer an individual
 * number: there is no item of that name, and a number's column is not read. Whoever is shown is on the ledger, one by one.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { addressParts, nameKey } from '@ishizue/text';
import type { Access } from '../access.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { hiddenAmong } from '../support/hidden-from-search.ts';
import type { IdentifiedPerson } from '../tiers/find-person.ts';
import { areaNamesOf } from './area-names.ts';
import { agreementOf, seekAddress } from './compare-addresses.ts';
import { nameKeysOf } from './name-keys.ts';
import type { SearchKey } from './search-rule.ts';
import { keysOf, type PersonQuery, type QueryFailure, readBirthDate, readText } from './sought-person.ts';
import { SEARCH_KEY_VERSION } from './store-search-keys.ts';

/** What a weak search may answer of a person. */
export type WeakSearchItem = 'resident-code' | 'name' | 'birth-date' | 'sex' | 'address';

/** That a row of the statute's table allows a search with fewer keys; made from that row, never by the asker. */
export interface WeakSearchPermission {
  /** The article and the row, as the ledger cites them. */
  readonly article: string;
  readonly affair: string;
  /** The keys that a query must carry; it may carry more, and all that it carries must agree. */
  readonly keys: 'name-and-birth-date' | 'birth-date-and-address';
  readonly items: readonly WeakSearchItem[];
  /** Where more persons match, nobody is shown. */
  readonly persons_max: number;
}

/** A person as far as the permission allows. */
export type WeaklyFoundPerson = Partial<
  Pick<
    IdentifiedPerson,
    'residentCode' | 'name' | 'formerSurname' | 'alias' | 'birthDate' | 'sex' | 'address'
  >
>;

export type WeakSearchFailure = QueryFailure | 'no-match' | 'too-many-persons' | 'search-not-ready';

type ComparedPerson = Omit<IdentifiedPerson, 'individualNumber' | 'municipality' | 'status'>;

const PERSONS_MAX = 50;
/** Persons of one birth date whose addresses are compared: twice as many as the country has. */
const COMPARED_MAX = 10_000;
const NEEDED: Readonly<Record<WeakSearchPermission['keys'], readonly SearchKey[]>> = {
  'name-and-birth-date': ['name', 'birth-date'],
  'birth-date-and-address': ['birth-date', 'address'],
};

/** The persons who have all the items that the query carries, as far as the permission shows them. */
export function searchWeakly(
  context: RegistryContext,
  access: Access,
  permission: WeakSearchPermission,
  query: PersonQuery,
): Promise<Result<readonly WeaklyFoundPerson[], WeakSearchFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    searchWeaklyIn(tx, context, access, permission, query),
  );
}

/** The same in the caller's transaction at the national site. */
export async function searchWeaklyIn(
  tx: Tx,
  context: RegistryContext,
  access: Access,
  permission: WeakSearchPermission,
  query: PersonQuery,
): Promise<Result<readonly WeaklyFoundPerson[], WeakSearchFailure>> {
  const read = readWeakly(context, permission, query);
  const matching = read.ok ? await findAll(tx, permission, read.value) : read;
  const codes = matching.ok ? matching.value.map(({ residentCode }) => residentCode) : [];
  const hidden = await hiddenAmong(tx, codes, dateInTokyo(context.clock.now()));
  const found = hidden.length > 0 ? nobody() : matching;
  await recordEntries(tx, entriesOf(context, access, permission, query, found, hidden));
  return found.ok ? ok(found.value.map((person) => shownOf(person, permission.items))) : found;
}

interface WeaklySought {
  readonly birthDate: string;
  /** Null where the query carries no name. */
  readonly nameKey: string | null;
  readonly isOne: (person: ComparedPerson) => boolean;
}

function readWeakly(
  context: RegistryContext,
  permission: WeakSearchPermission,
  query: PersonQuery,
): Result<WeaklySought, QueryFailure> {
  const carried = keysOf(query);
  if (!NEEDED[permission.keys].every((key) => carried.includes(key)))
    return fail('search-keys-insufficient', `the permission needs ${permission.keys}`);
  const birthDate = readBirthDate(query.birthDate ?? '', ['day', 'month', 'year']);
  if (!birthDate.ok) return birthDate;
  const name = readText(query.name ?? '', 200);
  if (!name.ok) return name;
  const address = readText(query.address ?? '', 400);
  if (!address.ok) return address;
  const key = carried.includes('name') ? nameKey(name.value) : null;
  const place = carried.includes('address')
    ? seekAddress(address.value, areaNamesOf(context.municipalities))
    : undefined;
  const isOne = (person: ComparedPerson): boolean =>
    person.birthDate === birthDate.value &&
    (key === null || nameKeysOf(person).includes(key)) &&
    (query.sex === null || query.sex === undefined || query.sex === person.sex) &&
    (place === undefined || agreementOf(place, addressParts(person.address)) !== undefined);
  return ok({ birthDate: birthDate.value, nameKey: key, isOne });
}

async function findAll(
  tx: Tx,
  permission: WeakSearchPermission,
  { birthDate, nameKey: key, isOne }: WeaklySought,
): Promise<Result<readonly ComparedPerson[], WeakSearchFailure>> {
  const [state] = await tx<{ version: number }[]>`SELECT version FROM registry.national_search_state`;
  if (state?.version !== SEARCH_KEY_VERSION)
    return fail('search-not-ready', 'the search keys of the register are being made');
  const rows = await tx<ComparedPerson[]>`
    SELECT p.resident_code AS "residentCode", p.name, p.former_surname AS "formerSurname", p.alias,
      p.birth_date AS "birthDate", p.sex, p.address
    FROM registry.national_person p WHERE p.resident_code IN (
      SELECT k.resident_code FROM registry.national_search_key k
      WHERE k.birth_date = ${birthDate} ${key === null ? tx`` : tx`AND k.name_key = ${key}`}
      LIMIT ${COMPARED_MAX + 1})`;
  const persons = rows.filter(isOne);
  const shown_max = Math.min(permission.persons_max, PERSONS_MAX);
  if (rows.length > COMPARED_MAX || persons.length > shown_max)
    return fail('too-many-persons', `more than ${shown_max} persons have the items`);
  return persons.length > 0 ? ok(persons) : nobody();
}

const nobody = () => fail('no-match', 'nobody has all the items');

/** One entry for each person shown, or hidden; one that names nobody where nobody is. */
function entriesOf(
  context: RegistryContext,
  access: Access,
  permission: WeakSearchPermission,
  query: PersonQuery,
  found: Result<readonly ComparedPerson[], WeakSearchFailure>,
  hidden: readonly string[],
): readonly LedgerEntry[] {
  const keys = keysOf(query).map((key) => `searched-by-${key}`);
  const entry = {
    site: NATIONAL_SITE,
    at: context.clock.now(),
    ...access,
    article: permission.article,
    affair: permission.affair,
  };
  const subjectOf = (code: string) => context.pseudonyms.of(NATIONAL_SITE, code);
  if (hidden.length > 0)
    return hidden.map((code) => ({
      ...entry,
      subject: subjectOf(code),
      fields: keys,
      result: 'support-measure-in-force',
    }));
  if (!found.ok) return [{ ...entry, subject: null, fields: keys, result: found.failure.code }];
  return found.value.map(({ residentCode }) => ({
    ...entry,
    subject: subjectOf(residentCode),
    fields: [...keys, ...permission.items],
    result: 'ok',
  }));
}

function shownOf(person: ComparedPerson, items: readonly WeakSearchItem[]): WeaklyFoundPerson {
  const { residentCode, name, formerSurname, alias, birthDate, sex, address } = person;
  return {
    ...(items.includes('resident-code') && { residentCode }),
    ...(items.includes('name') && { name, formerSurname, alias }),
    ...(items.includes('birth-date') && { birthDate }),
    ...(items.includes('sex') && { sex }),
    ...(items.includes('address') && { address }),
  };
}
