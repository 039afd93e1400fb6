/** Records by codes of which some may be used up by now: an answer that was on its way while the code changed. */
import type { Tx } from '@ishizue/db';
import { currentCodes } from '../codes/retired-codes.ts';
import { municipalSite } from '../registry-context.ts';
import type { Resident } from './resident.ts';
import { residentsByCodeForUpdate } from './resident-store.ts';

/** The records, locked, by the code that was asked for and by their own. */
export async function residentsByAnyCodeForUpdate(
  tx: Tx,
  municipality: string,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, Resident>> {
  const current = await currentCodes(tx, municipalSite(municipality), residentCodes);
  const codes = residentCodes.map((code) => current.get(code) ?? code);
  const residents = new Map(await residentsByCodeForUpdate(tx, municipality, codes));
  for (const [asked, code] of current) {
    const resident = residents.get(code);
    if (resident) residents.set(asked, resident);
  }
  return residents;
}
