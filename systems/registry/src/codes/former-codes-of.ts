/**
 * All codes that residents of a municipality have had there, for what other systems keep under a code of its time (a stop
 * of issue must not lapse because a code changed). Asked at the door and not told over a link: there is no moment in
 * between. Whose code has never changed is not in the answer; of the others the look is on the ledger.
 */
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import { codesOfPersons } from './retired-codes.ts';

/** The codes before, of residents by their codes of now. */
export function formerCodesOf(
  context: RegistryContext,
  municipality: string,
  access: Access,
  residentCodes: readonly string[],
): Promise<readonly string[]> {
  const site = municipalSite(municipality);
  return inTransaction(context.sql, { site }, async (tx) => {
    const former = await codesOfPersons(tx, site, residentCodes);
    await recordEntries(
      tx,
      [...new Set(former.values())].map((residentCode) => ({
        site,
        at: context.clock.now(),
        ...access,
        subject: context.pseudonyms.of(site, residentCode),
        fields: ['resident-code'],
        result: 'ok',
      })),
    );
    return [...former.keys()];
  });
}
