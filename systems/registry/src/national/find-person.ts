/** The national site's identity data of a person, for the systems of the same site; each look is a ledger entry. */
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import type { ResidenceStatus, Sex } from '../identity/event-reason.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';

/** Identity confirmation data (機構保存本人確認情報) as the national site holds them now. */
export interface NationalPerson {
  readonly residentCode: string;
  readonly municipality: string;
  readonly status: ResidenceStatus;
  readonly name: string;
  readonly formerSurname: string | null;
  readonly alias: string | null;
  /** `YYYY-MM-DD`, `00` for a part that nobody knows. */
  readonly birthDate: string;
  readonly sex: Sex;
  readonly address: string;
  readonly individualNumber: string | null;
}

/** The person of a resident code, or undefined; both outcomes are on the ledger. */
export async function findPerson(
  context: RegistryContext,
  access: Access,
  residentCode: string,
): Promise<NationalPerson | undefined> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const [person] = await tx<NationalPerson[]>`
      SELECT resident_code AS "residentCode", municipality_code AS municipality, status, name,
        former_surname AS "formerSurname", alias, birth_date AS "birthDate", sex, address,
        individual_number AS "individualNumber"
      FROM registry.national_person WHERE resident_code = ${residentCode}`;
    await recordEntries(tx, [
      {
        site: NATIONAL_SITE,
        at: context.clock.now(),
        ...access,
        subject: context.pseudonyms.of(NATIONAL_SITE, residentCode),
        fields: ['name', 'birth-date', 'sex', 'address', 'individual-number'],
        result: person ? 'ok' : 'person-unknown',
      },
    ]);
    return person;
  });
}
