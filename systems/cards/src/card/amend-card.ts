/**
 * An amendment: what the card says or may do changes, and its state does not. It is a step of the card's history as any
 * other, so that nothing about a card changes without a row that says when and why.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { type Card, storeCardChanges } from './card-store.ts';
import { decideCardChange } from './change-card.ts';

export interface Amendment {
  readonly reason: string;
  readonly expiresOn?: IsoDate;
  readonly isFaceAuthentication?: boolean;
}

/** Amends a card that is locked and active; answers it as it is then. `now` in milliseconds since the epoch. */
export async function amendCard(
  tx: Tx,
  card: Card,
  { reason, ...changed }: Amendment,
  now: number,
): Promise<Card> {
  const step = mustSucceed(
    decideCardChange(card, { event: 'amend', reason, revocation: null }, now),
    'amending an active card',
  );
  await storeCardChanges(tx, [{ ...step, ...changed }], new Date(now));
  return { ...card, sequence: step.sequence, expiresOn: changed.expiresOn ?? card.expiresOn };
}
