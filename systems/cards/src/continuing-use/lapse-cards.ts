/**
 * The daily task that ends what nobody came for: cards past their last day (番号法 art. 17, 施行令 art. 14), cards of movers that
 * were not continued in time, cards of who has departed from Japan. By the injected clock; asked again it finds nothing.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordAlike } from '@ishizue/ledger';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { Card } from '../card/card-store.ts';
import { endCards } from '../card/end-cards.ts';
import type { VoidReason } from '../card/void-reason.ts';
import type { CardsContext } from '../cards-context.ts';
import { overdueCases } from './residence-case-store.ts';

const BATCH_MAX = 1_000;

/** Voids what is over today, at most 1,000 cards of movers and 1,000 expired ones a call; answers how many cards. */
export async function lapseCards(
  context: CardsContext,
  access: Omit<Access, 'article' | 'affair'>,
): Promise<number> {
  const now = context.clock.now();
  const today = dateInTokyo(now);
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const seen = [
      ...(await expiredCards(tx, today)),
      ...(await overdueCases(tx, today, { limit: BATCH_MAX })),
    ];
    if (seen.length === 0) return 0;
    const ended = await endCards(tx, [...new Set(seen.map(({ cardId }) => cardId))], now, (cards) =>
      whyOver(tx, cards, today),
    );
    const common = { ...access, article: '番号法施行令 第14条', affair: 'card-void' };
    await recordAlike(
      tx,
      { site: NATIONAL_SITE, at: now, ...common, fields: ['card', 'void'] },
      ended.map((residentCode) => ({
        subject: context.pseudonyms.of(NATIONAL_SITE, residentCode),
        result: 'ok',
        correlation: access.correlation,
      })),
    );
    return ended.length;
  });
}

/** A card that is still being made is its maker's; what nobody fetched lapses as any other. */
function expiredCards(tx: Tx, today: IsoDate): Promise<readonly { readonly cardId: string }[]> {
  return tx<{ cardId: string }[]>`
    SELECT card_id AS "cardId" FROM cards.card
    WHERE state IN ('made', 'active', 'suspended') AND expires_on < ${today} ORDER BY expires_on LIMIT ${BATCH_MAX}`;
}

/** Why cards that are locked are over; a counter may have continued one since it was seen. */
async function whyOver(
  tx: Tx,
  cards: readonly Card[],
  today: IsoDate,
): Promise<ReadonlyMap<string, VoidReason>> {
  const ids = cards.map(({ cardId }) => cardId);
  const overdue = await overdueCases(tx, today, { limit: 2 * BATCH_MAX, among: ids });
  return new Map([
    ...overdue.map(({ cardId, reason }) => [cardId, reason] as const),
    ...cards.filter(({ expiresOn }) => expiresOn < today).map(({ cardId }) => [cardId, 'expired'] as const),
  ]);
}
