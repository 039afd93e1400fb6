/**
 * Makes the search keys of persons who were there before the keys, or before their rules changed; until that is done no
 * search is answered. In batches of one transaction each, in the order of the codes; interrupted, it begins anew, and what
 * is done already changes nothing. Persons stored meanwhile get their keys where they are stored.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { type KeyedPerson, SEARCH_KEY_VERSION, storeSearchKeys } from './store-search-keys.ts';

const BATCH = 2_000;
const SCOPE = { site: NATIONAL_SITE };

/** Makes the keys that are missing; answers how many persons were looked at, 0 where nothing was to do. */
export async function fillSearchKeys(context: RegistryContext): Promise<number> {
  if (await inTransaction(context.sql, SCOPE, isReady)) return 0;
  let persons = 0;
  let last = '';
  for (;;) {
    const after = last;
    const filled = await inTransaction(context.sql, SCOPE, (tx) => fillAfter(context, tx, after));
    persons += filled.length;
    const end = filled.at(-1);
    if (end === undefined) return persons;
    last = end;
  }
}

async function isReady(tx: Tx): Promise<boolean> {
  const [state] = await tx<{ version: number }[]>`SELECT version FROM registry.national_search_state`;
  return state?.version === SEARCH_KEY_VERSION;
}

/** The codes of one batch; none where the last batch was the end, and the state then says so. */
async function fillAfter(context: RegistryContext, tx: Tx, last: string): Promise<readonly string[]> {
  // locked, so that no notice changes a name between this read and its keys
  const persons = await tx<KeyedPerson[]>`
    SELECT resident_code AS "residentCode", birth_date AS "birthDate", name, former_surname AS "formerSurname", alias
    FROM registry.national_person WHERE resident_code > ${last}
    ORDER BY resident_code LIMIT ${BATCH} FOR SHARE`;
  const codes = persons.map(({ residentCode }) => residentCode);
  if (codes.length === 0) {
    await tx`UPDATE registry.national_search_state SET version = ${SEARCH_KEY_VERSION}`;
    return codes;
  }
  await storeSearchKeys(tx, { prefecture: null }, persons, codes);
  const entry = {
    site: NATIONAL_SITE,
    at: context.clock.now(),
    actorKind: 'system' as const,
    actor: 'search-keys',
    terminal: '',
    article: '住民基本台帳法 第30条の8',
    affair: 'search-key-upkeep',
    fields: ['name', 'birth-date'],
    result: 'ok',
    correlation: 'search-keys',
  };
  const subjectOf = (code: string): Buffer => context.pseudonyms.of(NATIONAL_SITE, code);
  await recordEntries(
    tx,
    codes.map((code) => ({ ...entry, subject: subjectOf(code) })),
  );
  return codes;
}
