/**
 * Handing the card over at the counter (番号法 art. 17 (1)): from then on it is active. The person's data are compared once more:
 * a card that says something else than the register is not handed over. The holder sets the PINs on the card itself;
 * they never come here.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { type Access, findPerson, type IdentifiedPerson, NATIONAL_SITE } from '@ishizue/registry';
import { storeApplicationChanges } from '../application/application-store.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import type { CardsContext } from '../cards-context.ts';
import { identityDigest } from '../identity-digest.ts';
import { actOnCard, type LockedCard } from './card-act.ts';
import { findCard, storeCardChanges } from './card-store.ts';
import { type CardView, viewOf } from './card-view.ts';
import { decideCardChange } from './change-card.ts';

export type HandOverFailure =
  | 'card-unknown'
  | 'card-state-refused'
  | 'card-expired'
  | 'person-not-resident'
  | 'data-changed';

/** Hands the card over; asked again, it answers that the card is active. */
export async function handOver(
  context: CardsContext,
  access: Access,
  { cardId }: { readonly cardId: string },
): Promise<Result<CardView, HandOverFailure>> {
  const known = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) => findCard(tx, cardId));
  if (!known) return fail('card-unknown', 'there is no such card');
  const person = await findPerson(context.registry, access, known.residentCode);
  return actOnCard(context, access, cardId, 'hand-over', (tx, locked) => hand(tx, context, locked, person));
}

async function hand(
  tx: Tx,
  context: CardsContext,
  { card, application }: LockedCard,
  person: IdentifiedPerson | undefined,
): Promise<Result<CardView, HandOverFailure>> {
  if (card.state === 'active') return ok(viewOf(card));
  const now = context.clock.now();
  const step = { event: 'hand-over', reason: null, revocation: null } as const;
  const change = decideCardChange(card, step, now);
  if (!change.ok) return change;
  if (dateInTokyo(now) > card.expiresOn) return fail('card-expired', 'the card is past its last day');
  if (person?.status !== 'resident') return fail('person-not-resident', 'the person is no resident any more');
  if (!identityDigest(application.applicationId, person).equals(application.identityDigest))
    return fail('data-changed', 'the identity data changed after the card was made');
  const handed = mustSucceed(
    decideApplicationChange(application, 'hand-over'),
    'the application of a made card',
  );
  await storeApplicationChanges(tx, [handed], new Date(now));
  await storeCardChanges(tx, [change.value], new Date(now));
  return ok(viewOf({ ...card, state: change.value.state }));
}
