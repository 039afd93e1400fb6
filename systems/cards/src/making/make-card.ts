/**
 * Making the card of an application, in steps of which each may be done again: reserve the card's id; keys and requests at
 * the workshop; certificates; write; read back by another reader; done. Whoever is killed at any point leaves a card that
 * has begun, and the next call goes on with that one: never two cards. The person's data are looked at again and
 * compared; nothing leaves the factory that was not read back and printed. Flow: docs/flows/card-making.md step 3.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import { type ApplicationIdFailure, parseApplicationId } from '../application/application-id.ts';
import type { Card } from '../card/card-store.ts';
import { type CardView, viewOf } from '../card/card-view.ts';
import { revokeDueOfCard } from '../card/revoke-due-certificates.ts';
import type { CardsContext } from '../cards-context.ts';
import { type PrintFailure, printCard } from '../printing/print-card.ts';
import { type BeginFailure, beginMaking } from './begin-making.ts';
import type { CardWorkshop } from './card-workshop.ts';
import { type FinishFailure, finishMaking, setCardAside } from './finish-making.ts';
import { type Personalised, type PersonaliseFailure, personaliseCard } from './personalise-card.ts';

export type MakeFailure =
  | ApplicationIdFailure
  | BeginFailure
  | PrintFailure
  | PersonaliseFailure
  | FinishFailure;

/** The factory of whoever names none. */
const OWN_FACTORY = 'own';

/**
 * Makes the card, or goes on where an earlier call stopped; a card that is made already is answered as it is.
 * @param factory who makes it: an order that another factory has is not made here
 */
export async function makeCard(
  context: CardsContext,
  access: Access,
  applicationId: string,
  workshop: CardWorkshop,
  factory: string = OWN_FACTORY,
): Promise<Result<CardView, MakeFailure>> {
  const id = parseApplicationId(applicationId);
  if (!id.ok) return id;
  const begun = await beginMaking(context, access, id.value, factory);
  if (!begun.ok) return begun;
  const { card, person } = begun.value;
  if (card.state !== 'begun') return ok(viewOf(card));
  const { printing } = context;
  const printed = printing && person && (await printCard(context, access, { printing, card, person }));
  if (printed && !printed.ok) return printed;
  const personalised = await personaliseCard(context, access, begun.value, workshop);
  if (!personalised.ok) {
    if (personalised.failure.code === 'card-defective') await setCardAside(context, access, card);
    return personalised;
  }
  return finish(context, access, card, personalised.value);
}

async function finish(
  context: CardsContext,
  access: Access,
  card: Card,
  personalised: Personalised,
): Promise<Result<CardView, FinishFailure>> {
  const finished = await finishMaking(context, access, card, personalised);
  if (finished.ok) return ok(viewOf(finished.value));
  // the card became void while it was made: the certificates of this making must not outlive it
  await revokeDueOfCard(context, access, card.cardId);
  return fail(finished.failure.code, finished.failure.detail);
}
