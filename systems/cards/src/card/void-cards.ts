/**
 * Cards that became void since somebody looked, for a system that keeps something of cards: a card stays on the list until it is
 * struck, so that whoever dies between hears of it again. The list is as long as what is new, not as the cards.
 */
import { inTransaction } from '@ishizue/db';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { CardsContext } from '../cards-context.ts';
import type { CardStanding } from './find-card-states.ts';

/** Some cards of the list, at most `limit`. */
export async function findVoidCards(
  context: Pick<CardsContext, 'sql'>,
  limit: number,
): Promise<readonly CardStanding[]> {
  return inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<CardStanding[]>`
      SELECT card_id AS "cardId", c.resident_code AS "residentCode", c.state
      FROM (SELECT card_id FROM cards.void_card_untold ORDER BY card_id LIMIT ${limit}) u JOIN cards.card c USING (card_id)`,
  );
}

/** Strikes cards that were told. */
export async function strikeVoidCards(
  context: Pick<CardsContext, 'sql'>,
  cardIds: readonly string[],
): Promise<void> {
  await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    tx`DELETE FROM cards.void_card_untold WHERE card_id = ANY (${[...cardIds]}::text[])`.execute(),
  );
}
