/** Entries whose resident code has changed go on under the new one, with all of their history. */
import type { Tx } from '@ishizue/db';
import { municipalSite } from '@ishizue/registry';
import { asTable, type ChangedCode, retireCodes } from './retired-codes.ts';

/** The entries are locked; what else the notices say of them is the caller's to store, under the new codes. */
export async function renameEntries(
  tx: Tx,
  municipality: string,
  changed: readonly ChangedCode[],
): Promise<void> {
  if (changed.length === 0) return;
  const { count } = await tx`
    UPDATE overseas.municipal_entry e SET resident_code = c.current FROM ${asTable(tx, changed)}
    WHERE e.municipality_code = ${municipality} AND e.resident_code = c.former`;
  if (count !== changed.length) throw new Error('a locked entry was not there when its code changed');
  await tx`
    UPDATE overseas.municipal_change h SET resident_code = c.current FROM ${asTable(tx, changed)}
    WHERE h.municipality_code = ${municipality} AND h.resident_code = c.former`;
  await retireCodes(tx, municipalSite(municipality), changed);
}
