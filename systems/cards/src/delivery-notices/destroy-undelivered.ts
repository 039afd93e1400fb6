/**
 * Cards that nobody fetched are destroyed once their time is over, with a record of each: the card is void, the application
 * undelivered, its certificates are revoked as never handed over. So is recorded the destruction of a card that became void
 * before anybody had it.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { lockApplications, storeApplicationChanges } from '../application/application-store.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import { actOnCard } from '../card/card-act.ts';
import { lockValidCards, storeCardChanges } from '../card/card-store.ts';
import { decideCardChange, voidStep } from '../card/change-card.ts';
import { recordCardEntries } from '../card-entries.ts';
import type { CardsContext } from '../cards-context.ts';

const BATCH_MAX = 500;

/** Destroys what is over at a municipality, 500 cards at the most; answers their serials. */
export function destroyUndelivered(
  context: CardsContext,
  access: Access,
  municipality: string,
): Promise<readonly string[]> {
  const now = context.clock.now();
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const due = await tx<{ applicationId: string }[]>`
      SELECT c.application_id AS "applicationId" FROM cards.delivery_notice n JOIN cards.card c USING (card_id)
        JOIN cards.application a USING (application_id)
      WHERE n.municipality = ${municipality} AND n.state <> 'left' AND n.keep_until < ${dateInTokyo(now)}
        AND c.state = 'made' AND a.state IN ('arrived', 'set-up', 'notified')
      ORDER BY n.keep_until, n.notice_id LIMIT ${BATCH_MAX}`;
    const applications = await lockApplications(
      tx,
      due.map(({ applicationId }) => applicationId),
    );
    // whoever came to the counter in this very moment has the card
    const ending = applications.flatMap((application) => {
      const change = decideApplicationChange(application, 'destroy', 'undelivered');
      return change.ok ? [{ application, change: change.value }] : [];
    });
    const ids = new Set(ending.map(({ application }) => application.applicationId));
    const codes = ending.map(({ application }) => application.residentCode);
    const cards = (await lockValidCards(tx, codes)).filter(({ applicationId }) => ids.has(applicationId));
    const voids = cards.map((card) =>
      mustSucceed(decideCardChange(card, voidStep('undelivered'), now), 'a card that is made'),
    );
    await storeApplicationChanges(
      tx,
      ending.map(({ change }) => change),
      new Date(now),
    );
    await storeCardChanges(tx, voids, new Date(now));
    const cardIds = cards.map(({ cardId }) => cardId);
    await storeDestruction(tx, cardIds, { reason: 'undelivered', on: dateInTokyo(now), by: access.actor });
    const touched = cards.map(({ residentCode }) => ({ residentCode, result: 'undelivered' }));
    await recordCardEntries(tx, context, access, ['card', 'destruction'], touched);
    return cardIds;
  });
}

/** A void card that nobody was handed was destroyed; asked again, the record stands. */
export function recordDestroyed(
  context: CardsContext,
  access: Access,
  cardId: string,
): Promise<Result<undefined, 'card-unknown' | 'card-not-void' | 'card-was-handed-over'>> {
  return actOnCard<undefined, 'card-not-void' | 'card-was-handed-over'>(
    context,
    access,
    cardId,
    'destruction',
    async (tx, { card }) => {
      if (card.state !== 'void') return fail('card-not-void', `the card is ${card.state}`);
      const [held] = await tx`
        SELECT FROM cards.hand_over WHERE card_id = ${cardId} AND state = 'completed'`;
      if (held) return fail('card-was-handed-over', 'its holder had it: it is returned, not destroyed here');
      const on = dateInTokyo(context.clock.now());
      await storeDestruction(tx, [cardId], { reason: 'void', on, by: access.actor });
      return ok(undefined);
    },
  );
}

async function storeDestruction(
  tx: Tx,
  cardIds: readonly string[],
  { reason, on, by }: { readonly reason: 'undelivered' | 'void'; readonly on: string; readonly by: string },
): Promise<void> {
  await tx`
    INSERT INTO cards.card_destruction (card_id, reason, destroyed_on, destroyed_by)
    SELECT card_id, ${reason}, ${on}, ${by} FROM unnest(${[...cardIds]}::text[]) AS n(card_id) ON CONFLICT DO NOTHING`;
}
