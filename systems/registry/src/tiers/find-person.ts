/** Identity data of a person as a prefectural or the national site holds them now; each look is a ledger entry. */
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { currentCodes } from '../codes/retired-codes.ts';
import type { ResidenceStatus, Sex } from '../identity/event-reason.ts';
import type { SealedNumber } from '../numbers/number-cipher.ts';
import type { RegistryContext } from '../registry-context.ts';
import { nationalTier, type Tier } from './tier.ts';

/** Identity confirmation data (本人確認情報) as a site holds them now. */
export interface IdentifiedPerson {
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
  readonly individualNumber: SealedNumber | null;
}

/** The person of a resident code, also of one that is used up, at the national site; both outcomes are on the ledger. */
export function findPerson(
  context: RegistryContext,
  access: Access,
  residentCode: string,
): Promise<IdentifiedPerson | undefined> {
  return findPersonAt(context, nationalTier(context), access, residentCode);
}

/** The person of a resident code at a tier. */
export async function findPersonAt(
  context: RegistryContext,
  tier: Tier,
  access: Access,
  residentCode: string,
): Promise<IdentifiedPerson | undefined> {
  return inTransaction(context.sql, { site: tier.site }, async (tx) => {
    const code = (await currentCodes(tx, tier.site, [residentCode])).get(residentCode) ?? residentCode;
    const ofPrefecture = tier.prefecture === null ? tx`` : tx`prefecture_code = ${tier.prefecture} AND`;
    const [person] = await tx<IdentifiedPerson[]>`
      SELECT resident_code AS "residentCode", municipality_code AS municipality, status, name,
        former_surname AS "formerSurname", alias, birth_date AS "birthDate", sex, address,
        individual_number AS "individualNumber"
      FROM ${tx(tier.personTable)} WHERE ${ofPrefecture} resident_code = ${code}`;
    await recordEntries(tx, [
      {
        site: tier.site,
        at: context.clock.now(),
        ...access,
        subject: context.pseudonyms.of(tier.site, code),
        fields: ['name', 'birth-date', 'sex', 'address', 'individual-number'],
        result: person ? 'ok' : 'person-unknown',
      },
    ]);
    return person;
  });
}
