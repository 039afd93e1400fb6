/**
 * Search at the municipality's own counter: the whole name and the whole birth date, and exactly one current resident who
 * has both. More than one match is no match: nobody picks from a list (domain rule since the mislinkings of 2023).
 */
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { nameKey } from '@ishizue/text';
import type { Access } from '../access.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import type { Resident } from './resident.ts';
import { findResident, residentsBornOn } from './resident-store.ts';

export type SearchFailure = 'no-single-match';

export interface ResidentSearch {
  /** Family and given name; spelling variants of characters are the same by `nameKey`. */
  readonly name: string;
  /** `YYYY-MM-DD`, `00` for unknown parts. */
  readonly birthDate: string;
}

export async function searchResident(
  context: RegistryContext,
  municipality: string,
  access: Access,
  search: ResidentSearch,
): Promise<Result<Resident, SearchFailure>> {
  const site = municipalSite(municipality);
  const wanted = nameKey(search.name);
  return inTransaction(context.sql, { site }, async (tx) => {
    const born = await residentsBornOn(tx, municipality, search.birthDate);
    const matches = born.filter((one) => nameKey(one.name) === wanted);
    const [only] = matches;
    const found =
      only && matches.length === 1 ? await findResident(tx, municipality, only.residentCode) : undefined;
    await recordEntries(tx, [
      {
        site,
        at: context.clock.now(),
        ...access,
        subject: found ? context.pseudonyms.of(site, found.residentCode) : null,
        fields: ['resident-record', 'searched-by-name', 'searched-by-birth-date'],
        result: found ? 'ok' : 'no-single-match',
      },
    ]);
    return found
      ? ok(found)
      : fail('no-single-match', `${matches.length} current residents match; one is needed`);
  });
}
