/**
 * A card is lost between the factory and its holder's hands: it is void for good, its certificates are held, and its
 * application is back in the queue under its old due date, so that another one is made first of all.
 */
import { mustSucceed, ok, type Result } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import { storeApplicationChanges } from '../application/application-store.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import { actOnCard } from '../card/card-act.ts';
import { storeCardChanges } from '../card/card-store.ts';
import { type CardView, viewOf } from '../card/card-view.ts';
import { decideCardChange, voidStep } from '../card/change-card.ts';
import { revokeDueOfCard } from '../card/revoke-due-certificates.ts';
import type { CardsContext } from '../cards-context.ts';
import { putBackOrders } from '../making/order-store.ts';

export type LoseFailure = 'card-unknown' | 'card-state-refused' | 'application-state-refused';

/** Asked again, the answer is the void card. One that its holder has is not lost here. */
export async function loseCard(
  context: CardsContext,
  access: Access,
  cardId: string,
): Promise<Result<CardView, LoseFailure>> {
  const lost = await actOnCard<CardView, LoseFailure>(
    context,
    access,
    cardId,
    'lost-underway',
    async (tx, { card, application }) => {
      if (card.state === 'void') return ok(viewOf(card));
      const waiting = decideApplicationChange(application, 'lose', 'lost');
      if (!waiting.ok) return waiting;
      const now = context.clock.now();
      const change = mustSucceed(decideCardChange(card, voidStep('lost'), now), 'a card that is made');
      await storeCardChanges(tx, [change], new Date(now));
      await storeApplicationChanges(tx, [waiting.value], new Date(now));
      await putBackOrders(tx, [application.applicationId]);
      await tx`
        UPDATE cards.parcel_card SET state = 'lost'
        WHERE card_id = ${cardId} AND state IN ('packed', 'sent', 'missing', 'arrived')`;
      return ok(viewOf({ ...card, state: change.state }));
    },
  );
  if (lost.ok) await revokeDueOfCard(context, access, cardId);
  return lost;
}
