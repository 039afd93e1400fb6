/** Whom a tier holds under a changed code goes on under the new one, with what was recorded of the changes. */
import type { Tx } from '@ishizue/db';
import type { Tier } from '../tiers/tier.ts';
import { asTable, type ChangedCode, retireCodes } from './retired-codes.ts';

/** The persons are locked; their data after the change are the caller's to store, under the new codes. */
export async function renamePersons(tx: Tx, tier: Tier, changed: readonly ChangedCode[]): Promise<void> {
  if (changed.length === 0) return;
  const ofTier = tier.prefecture === null ? tx`` : tx`t.prefecture_code = ${tier.prefecture} AND`;
  const { count } = await tx`
    UPDATE ${tx(tier.personTable)} t SET resident_code = c.current FROM ${asTable(tx, changed)}
    WHERE ${ofTier} t.resident_code = c.former`;
  if (count !== changed.length) throw new Error('a locked person was not there when the code changed');
  await tx`
    UPDATE ${tx(tier.changeTable)} t SET resident_code = c.current FROM ${asTable(tx, changed)}
    WHERE ${ofTier} t.resident_code = c.former`;
  await retireCodes(tx, tier.site, changed);
}
