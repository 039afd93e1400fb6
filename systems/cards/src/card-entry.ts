/** The ledger entry of an act of cards at the national site: whose card, what was touched, and how it ended. */
import type { Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { CardsContext } from './cards-context.ts';

export async function recordCardEntry(
  tx: Tx,
  context: CardsContext,
  access: Access,
  entry: { readonly residentCode: string; readonly fields: readonly string[]; readonly result: string },
): Promise<void> {
  await recordEntry(tx, {
    site: NATIONAL_SITE,
    at: context.clock.now(),
    ...access,
    subject: context.pseudonyms.of(NATIONAL_SITE, entry.residentCode),
    fields: entry.fields,
    result: entry.result,
  });
}
