/**
 * What acts on a card have in common: the card is found, its application and itself are locked in that order, the act is
 * decided on what they are then, and the ledger is told, of a refusal too.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { type Application, getApplicationForUpdate } from '../application/application-store.ts';
import { recordCardEntry } from '../card-entry.ts';
import type { CardsContext } from '../cards-context.ts';
import { type Card, findCard, getCardForUpdate } from './card-store.ts';

/** A card and its application, locked. */
export interface LockedCard {
  readonly card: Card;
  readonly application: Application;
}

export async function actOnCard<T, Code extends string>(
  context: CardsContext,
  access: Access,
  cardId: string,
  act: string,
  decide: (tx: Tx, locked: LockedCard) => Promise<Result<T, Code>>,
): Promise<Result<T, Code | 'card-unknown'>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const known = await findCard(tx, cardId);
    if (!known) return fail('card-unknown', 'there is no such card');
    const application = await getApplicationForUpdate(tx, known.applicationId);
    const done = await decide(tx, { card: await getCardForUpdate(tx, cardId), application });
    await recordCardEntry(tx, context, access, {
      residentCode: known.residentCode,
      fields: ['card', act],
      result: done.ok ? 'ok' : done.failure.code,
    });
    return done;
  });
}
