/**
 * Several persons of the national site at once, by their resident codes (番号法 art. 8, 個人番号通知書: whom a notice is
 * addressed to). One statement reads, one writes a ledger entry for each code asked for, found or not.
 */
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import type { IdentifiedPerson } from './find-person.ts';

/** The persons there are, by resident code; at most 10,000 codes a call. */
export async function findPersons(
  context: RegistryContext,
  access: Access,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, IdentifiedPerson>> {
  const codes = [...new Set(residentCodes)];
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const rows = await tx<IdentifiedPerson[]>`
      SELECT resident_code AS "residentCode", municipality_code AS municipality, status, name,
        former_surname AS "formerSurname", alias, birth_date AS "birthDate", sex, address,
        individual_number AS "individualNumber"
      FROM registry.national_person WHERE resident_code = ANY(${codes})`;
    const persons = new Map(rows.map((person) => [person.residentCode, person]));
    const at = context.clock.now();
    await recordEntries(
      tx,
      codes.map((code) => ({
        site: NATIONAL_SITE,
        at,
        ...access,
        subject: context.pseudonyms.of(NATIONAL_SITE, code),
        fields: ['name', 'birth-date', 'sex', 'address', 'individual-number'],
        result: persons.has(code) ? 'ok' : 'person-unknown',
      })),
    );
    return persons;
  });
}
