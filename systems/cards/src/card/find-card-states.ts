/** How cards stand, by their ids: for systems that keep something of a card and must hear when it ends. */
import { inTransaction } from '@ishizue/db';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { CardsContext } from '../cards-context.ts';
import type { CardState } from './card-lifecycle.ts';

export interface CardStanding {
  readonly cardId: string;
  readonly residentCode: string;
  readonly state: CardState;
}

/** Of those that are known; at most 10,000 at once. */
export async function findCardStates(
  context: Pick<CardsContext, 'sql'>,
  cardIds: readonly string[],
): Promise<readonly CardStanding[]> {
  if (cardIds.length > 10_000) throw new Error('too many cards at once');
  return inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<CardStanding[]>`
      SELECT card_id AS "cardId", resident_code AS "residentCode", state FROM cards.card
      WHERE card_id = ANY(${cardIds}) ORDER BY card_id`,
  );
}
