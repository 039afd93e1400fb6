/**
 * The persons whom the index proposes for names and birth dates: one statement for any number of queries. It says nothing
 * where the keys are not all there: with one of two namesakes missing, the other would look like the only one.
 */
import type { Tx } from '@ishizue/db';
import type { IdentifiedPerson } from '../tiers/find-person.ts';
import { SEARCH_KEY_VERSION } from './store-search-keys.ts';

/** More with one name and birth date are not looked at one by one: nobody is found among them. */
export const NAMESAKES_MAX = 100;

export interface NameAndBirth {
  readonly nameKey: string;
  readonly birthDate: string;
}

/** Proposed persons by the place of the query, at most `NAMESAKES_MAX` + 1 for each; undefined where keys are missing. */
export async function proposePersons(
  tx: Tx,
  queries: readonly NameAndBirth[],
): Promise<readonly (readonly IdentifiedPerson[])[] | undefined> {
  if (queries.length === 0) return [];
  const rows = await tx<(Partial<IdentifiedPerson> & { place: number; version: number })[]>`
    SELECT q.place::int - 1 AS place, s.version, p.*
    FROM unnest(${queries.map((query) => query.birthDate)}::text[], ${queries.map((query) => query.nameKey)}::text[])
      WITH ORDINALITY AS q(birth_date, name_key, place)
    CROSS JOIN registry.national_search_state s
    LEFT JOIN LATERAL (
      SELECT p.resident_code AS "residentCode", p.municipality_code AS municipality, p.status, p.name,
        p.former_surname AS "formerSurname", p.alias, p.birth_date AS "birthDate", p.sex, p.address,
        p.individual_number AS "individualNumber"
      FROM registry.national_search_key k JOIN registry.national_person p ON p.resident_code = k.resident_code
      WHERE k.birth_date = q.birth_date AND k.name_key = q.name_key
      LIMIT ${NAMESAKES_MAX + 1}) p ON true`;
  if (rows.length === 0 || rows.some(({ version }) => version !== SEARCH_KEY_VERSION)) return undefined;
  const proposed = queries.map((): IdentifiedPerson[] => []);
  for (const { place, version: _, ...person } of rows) if (isPerson(person)) proposed[place]?.push(person);
  return proposed;
}

/** Whether the row is a person: all its columns are null where nobody was proposed. */
const isPerson = (row: Partial<IdentifiedPerson>): row is IdentifiedPerson =>
  typeof row.residentCode === 'string';
