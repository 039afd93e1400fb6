/** The ledger entries of an act that does the same to many cards: one for each person, joint where there are many. */
import type { Tx } from '@ishizue/db';
import { recordAlike } from '@ishizue/ledger';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { CardsContext } from './cards-context.ts';

export async function recordCardEntries(
  tx: Tx,
  context: CardsContext,
  { correlation, ...common }: Access,
  fields: readonly string[],
  touched: readonly { readonly residentCode: string; readonly result: string }[],
): Promise<void> {
  await recordAlike(
    tx,
    { site: NATIONAL_SITE, at: context.clock.now(), ...common, fields },
    touched.map(({ residentCode, result }) => ({
      subject: context.pseudonyms.of(NATIONAL_SITE, residentCode),
      result,
      correlation,
    })),
  );
}
