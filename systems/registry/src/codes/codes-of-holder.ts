/** All codes that a person has had, for what is kept under the pseudonym of its time (住民基本台帳法 30-32: who looked). */
import { inTransaction } from '@ishizue/db';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { codesOfPerson, codesOfPersons } from './retired-codes.ts';

/** The codes of a person who has been proved and whose look is on the ledger, the given one first. */
export function codesOfHolder(context: RegistryContext, residentCode: string): Promise<readonly string[]> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    codesOfPerson(tx, NATIONAL_SITE, residentCode),
  );
}

/** The same of several persons, by their codes of now, in their order. */
export async function codesOfHolders(
  context: RegistryContext,
  residentCodes: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const former = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    codesOfPersons(tx, NATIONAL_SITE, residentCodes),
  );
  const formerOf = Map.groupBy(former, ([, code]) => code);
  return residentCodes.map((code) => [code, ...(formerOf.get(code) ?? []).map(([had]) => had)]);
}
