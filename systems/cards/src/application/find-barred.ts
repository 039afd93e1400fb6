/**
 * Who may not have a card made now: whoever has a valid card, or an application on its way (個人番号カード省令 art. 24). Applications
 * of one person take turns, so that of two at once the later finds the earlier.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { lockValidCards, storeCardChanges } from '../card/card-store.ts';
import { decideCardChange, voidStep } from '../card/change-card.ts';
import { lockOpenApplications } from './application-store.ts';

export type BarredCode = 'card-already-valid' | 'application-already-open';

export const BARRED: Readonly<Record<BarredCode, string>> = {
  'card-already-valid': 'the person has a valid card',
  'application-already-open': 'an application of this person is on its way',
};

/** Until the end of the transaction nobody else decides about cards of these persons. */
export async function takeTurns(tx: Tx, residentCodes: readonly string[]): Promise<void> {
  await tx`
    SELECT pg_advisory_xact_lock(turn) FROM (
      SELECT DISTINCT hashtextextended('card of ' || code, 0) AS turn FROM unnest(${[...residentCodes]}::text[]) AS code
      ORDER BY 1
    ) turns`;
}

/** Those of the persons who are barred. A card past its last day counts no more, and is void from now on. */
export async function findBarred(
  tx: Tx,
  residentCodes: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, BarredCode>> {
  const today = dateInTokyo(now);
  const open = await lockOpenApplications(tx, residentCodes);
  const barred = new Map<string, BarredCode>(
    open.map(({ residentCode }) => [residentCode, 'application-already-open']),
  );
  const cards = (await lockValidCards(tx, residentCodes)).filter((card) => !barred.has(card.residentCode));
  for (const { residentCode, expiresOn } of cards)
    if (expiresOn >= today) barred.set(residentCode, 'card-already-valid');
  const changes = cards
    .filter(({ expiresOn }) => expiresOn < today)
    .map((card) => mustSucceed(decideCardChange(card, voidStep('expired'), now), 'a card that is not void'));
  await storeCardChanges(tx, changes, new Date(now));
  return barred;
}
