/**
 * Whether a card may still go to its person, asked at every step from its set-up to the act itself: the card is made and in
 * date, it is at this municipality, its person is a resident, and what it says is what the register says today.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { IdentifiedPerson } from '@ishizue/registry';
import type { LockedCard } from '../card/card-act.ts';
import { identityDigest } from '../identity-digest.ts';
import { findOrder, type OrderStanding } from '../making/order-store.ts';

export type NotReady =
  | 'card-unknown'
  | 'card-state-refused'
  | 'card-expired'
  | 'card-at-another-municipality'
  /** It has not arrived or was not set up. */
  | 'card-not-at-counter'
  | 'person-not-resident'
  | 'data-changed';

export interface ReadinessCase {
  readonly person: IdentifiedPerson | undefined;
  readonly municipality: string;
  readonly today: IsoDate;
}

export async function checkReady(
  tx: Tx,
  { card, application }: LockedCard,
  { person, municipality, today }: ReadinessCase,
): Promise<Result<OrderStanding, NotReady>> {
  if (card.state !== 'made')
    return fail('card-state-refused', `a card that is ${card.state} is not handed over`);
  if (today > card.expiresOn) return fail('card-expired', 'the card is past its last day');
  const order = await findOrder(tx, application.applicationId);
  if (!order || order.municipality !== municipality)
    return fail('card-at-another-municipality', 'the card was not sent to this municipality');
  if (person?.status !== 'resident') return fail('person-not-resident', 'the person is no resident any more');
  if (!identityDigest(application.applicationId, person).equals(application.identityDigest))
    return fail('data-changed', 'the identity data changed after the card was made');
  return ok(order);
}
