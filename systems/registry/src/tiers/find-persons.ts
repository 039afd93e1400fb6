/**
 * Several persons of the national site at once, by their resident codes: one statement reads, one writes a ledger entry for
 * each look, found or not.
 */
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { currentCodes } from '../codes/retired-codes.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import type { IdentifiedPerson } from './find-person.ts';

/** Who looks at whom. */
export interface PersonLook {
  readonly access: Access;
  readonly residentCode: string;
}

/** The persons there are, by the resident code that was asked for, also a used-up one; at most 10,000 looks a call. */
export async function findPersons(
  context: RegistryContext,
  looks: readonly PersonLook[],
): Promise<ReadonlyMap<string, IdentifiedPerson>> {
  if (looks.length === 0) return new Map();
  const asked = [...new Set(looks.map(({ residentCode }) => residentCode))];
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const current = await currentCodes(tx, NATIONAL_SITE, asked);
    const codes = asked.map((code) => current.get(code) ?? code);
    const rows = await tx<IdentifiedPerson[]>`
      SELECT resident_code AS "residentCode", municipality_code AS municipality, status, name,
        former_surname AS "formerSurname", alias, birth_date AS "birthDate", sex, address,
        individual_number AS "individualNumber"
      FROM registry.national_person WHERE resident_code = ANY(${codes})`;
    const byCode = new Map(rows.map((person) => [person.residentCode, person]));
    const persons = new Map(
      asked.flatMap((code) => {
        const person = byCode.get(current.get(code) ?? code);
        return person ? [[code, person] as const] : [];
      }),
    );
    const at = context.clock.now();
    await recordEntries(
      tx,
      looks.map(({ access, residentCode }) => ({
        site: NATIONAL_SITE,
        at,
        ...access,
        subject: context.pseudonyms.of(NATIONAL_SITE, current.get(residentCode) ?? residentCode),
        fields: ['name', 'birth-date', 'sex', 'address', 'individual-number'],
        result: persons.has(residentCode) ? 'ok' : 'person-unknown',
      })),
    );
    return persons;
  });
}
