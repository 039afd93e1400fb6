/**
 * Persons whom weaker searches never show, at the national site: those under a support measure. Who asks cannot tell them
 * from nobody; where one of several who match is hidden, none is shown, for the rest would look like all there are.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { codesOfPersons } from '../codes/retired-codes.ts';
import { NATIONAL_SITE } from '../registry-context.ts';

/** Those of some persons who are hidden on a day. */
export async function hiddenAmong(
  tx: Tx,
  residentCodes: readonly string[],
  today: IsoDate,
): Promise<readonly string[]> {
  if (residentCodes.length === 0) return [];
  // a flag stays under the code of its day
  const codes = await codesOfPersons(tx, NATIONAL_SITE, residentCodes);
  const rows = await tx<{ code: string }[]>`
    SELECT DISTINCT resident_code AS code FROM registry.national_support_flag
    WHERE resident_code = ANY(${[...residentCodes, ...codes.keys()]}) AND ${today} BETWEEN valid_from AND valid_until`;
  return [...new Set(rows.map(({ code }) => codes.get(code) ?? code))];
}
