/** The last step of making a card: it is made, or set aside because it is defective. */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import {
  type Application,
  getApplicationForUpdate,
  storeApplicationChanges,
} from '../application/application-store.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import { type Card, getCardForUpdate, storeCardChanges } from '../card/card-store.ts';
import { decideCardChange, voidStep } from '../card/change-card.ts';
import { revokeDueOfCard } from '../card/revoke-due-certificates.ts';
import { recordCardEntry } from '../card-entry.ts';
import type { CardsContext } from '../cards-context.ts';
import { storeCardPhoto } from '../photo/card-photo.ts';
import { storeMade } from './order-store.ts';
import type { Personalised } from './personalise-card.ts';

export type FinishFailure = 'card-void-meanwhile';

/**
 * The card and its application are made; a second maker finds them so.
 */
export function finishMaking(
  context: CardsContext,
  access: Access,
  begun: Card,
  { leftOut, photoSha256 }: Personalised,
): Promise<Result<Card, FinishFailure>> {
  return underLock(context, begun, async (tx, card, application) => {
    if (card.state === 'void') return fail('card-void-meanwhile', 'the card became void while it was made');
    if (card.state !== 'begun') return ok(card);
    const now = context.clock.now();
    const step = { event: 'finish-making', reason: null, revocation: null } as const;
    const change = mustSucceed(decideCardChange(card, step, now), 'a card that has begun');
    const made = mustSucceed(decideApplicationChange(application, 'finish-making'), 'its application');
    await storeCardChanges(tx, [change], new Date(now));
    await storeApplicationChanges(tx, [made], new Date(now));
    if (photoSha256) await storeCardPhoto(tx, card.cardId, photoSha256);
    await storeMade(tx, application.applicationId, leftOut, new Date(now));
    await recordCardEntry(tx, context, access, {
      residentCode: card.residentCode,
      fields: ['card', 'made'],
      result: leftOut ?? 'ok',
    });
    return ok({ ...card, state: change.state, sequence: change.sequence });
  });
}

/** A defective card is void, and its application waits for another one. */
export async function setCardAside(context: CardsContext, access: Access, begun: Card): Promise<void> {
  await underLock(context, begun, async (tx, card, application) => {
    if (card.state !== 'begun') return;
    const now = context.clock.now();
    const change = mustSucceed(decideCardChange(card, voidStep('defective'), now), 'a card that has begun');
    const waiting = mustSucceed(
      decideApplicationChange(application, 'set-aside', 'defective'),
      'its application',
    );
    await storeCardChanges(tx, [change], new Date(now));
    await storeApplicationChanges(tx, [waiting], new Date(now));
    await recordCardEntry(tx, context, access, {
      residentCode: card.residentCode,
      fields: ['card', 'void'],
      result: 'card-defective',
    });
  });
  await revokeDueOfCard(context, access, begun.cardId);
}

/** Locks the application first and the card second, as everybody does. */
function underLock<T>(
  context: CardsContext,
  { cardId, applicationId }: Card,
  work: (tx: Tx, card: Card, application: Application) => Promise<T>,
): Promise<T> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const application = await getApplicationForUpdate(tx, applicationId);
    return work(tx, await getCardForUpdate(tx, cardId), application);
  });
}
