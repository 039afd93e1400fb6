/**
 * The daily task that ends what nobody came for: cards past their last day (番号法 art. 17, 施行令 art. 14), cards of movers that
 * were not continued in time, cards of who has departed from Japan. By the injected clock; asked again it finds nothing.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordAlike } from '@ishizue/ledger';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { endAllOf } from '../card/end-cards.ts';
import type { VoidReason } from '../card/void-reason.ts';
import type { CardsContext } from '../cards-context.ts';
import { overdueCases } from './residence-case-store.ts';

const BATCH_MAX = 1_000;

/** Voids what is over today, at most 1,000 cards of movers and 1,000 expired ones a call; answers how many persons' there were. */
export async function lapseCards(
  context: CardsContext,
  access: Omit<Access, 'article' | 'affair'>,
): Promise<number> {
  const now = context.clock.now();
  const today = dateInTokyo(now);
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const reasons = new Map<string, VoidReason>();
    for (const { residentCode } of await expiredCards(tx, today)) reasons.set(residentCode, 'expired');
    for (const { residentCode, reason } of await overdueCases(tx, today, BATCH_MAX))
      reasons.set(residentCode, reason);
    if (reasons.size === 0) return 0;
    const ended = await endAllOf(tx, reasons, now);
    await recordAlike(
      tx,
      {
        site: NATIONAL_SITE,
        at: now,
        ...access,
        article: '番号法施行令 第14条',
        affair: 'card-void',
        fields: ['card', 'void'],
      },
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
function expiredCards(tx: Tx, today: IsoDate): Promise<readonly { readonly residentCode: string }[]> {
  return tx<{ residentCode: string }[]>`
    SELECT resident_code AS "residentCode" FROM cards.card
    WHERE state IN ('made', 'active', 'suspended') AND expires_on < ${today} ORDER BY expires_on LIMIT ${BATCH_MAX}`;
}
