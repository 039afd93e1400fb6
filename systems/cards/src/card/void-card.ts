/**
 * Ending and interrupting a card's use. The card's new state is committed first and then its certificates are revoked; what a
 * crash leaves between is done by `revokeDueCertificates`, or by asking again.
 */
import type { Tx } from '@ishizue/db';
import { mustSucceed, ok, type Result } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import { storeApplicationChanges } from '../application/application-store.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import type { CardsContext } from '../cards-context.ts';
import { actOnCard, type LockedCard } from './card-act.ts';
import { storeCardChanges } from './card-store.ts';
import { type CardView, viewOf } from './card-view.ts';
import { type CardStep, decideCardChange, voidStep } from './change-card.ts';
import { revokeDueOfCard } from './revoke-due-certificates.ts';
import type { VoidReason } from './void-reason.ts';

export type CardChangeFailure = 'card-unknown' | 'card-state-refused';

/** Makes a card void for good; a card that is void stays as it is. An application whose card was not handed over ends. */
export function voidCard(
  context: CardsContext,
  access: Access,
  cardId: string,
  reason: VoidReason,
): Promise<Result<CardView, CardChangeFailure>> {
  return change(context, access, cardId, voidStep(reason));
}

/** Stops a card at once, on the holder's call (一時停止); its certificates are held, which is final. */
export function suspendCard(
  context: CardsContext,
  access: Access,
  cardId: string,
): Promise<Result<CardView, CardChangeFailure>> {
  const step: CardStep = { event: 'suspend', reason: 'holder-call', revocation: 'certificateHold' };
  return change(context, access, cardId, step);
}

/** Lets a found card be used again, at the counter and in person; it needs new certificates. */
export function resumeCard(
  context: CardsContext,
  access: Access,
  cardId: string,
): Promise<Result<CardView, CardChangeFailure>> {
  return change(context, access, cardId, { event: 'resume', reason: 'found', revocation: null });
}

const ENDS: Readonly<Record<string, string>> = { void: 'void', suspend: 'suspended', resume: 'active' };

async function change(
  context: CardsContext,
  access: Access,
  cardId: string,
  step: CardStep,
): Promise<Result<CardView, CardChangeFailure>> {
  const changed = await actOnCard(context, access, cardId, step.event, (tx, locked) =>
    store(tx, context, locked, step),
  );
  if (changed.ok) await revokeDueOfCard(context, access, cardId);
  return changed;
}

async function store(
  tx: Tx,
  context: CardsContext,
  { card, application }: LockedCard,
  step: CardStep,
): Promise<Result<CardView, 'card-state-refused'>> {
  if (card.state === ENDS[step.event]) return ok(viewOf(card));
  const now = context.clock.now();
  const decided = decideCardChange(card, step, now);
  if (!decided.ok) return decided;
  const isUndelivered = card.state === 'begun' || card.state === 'made';
  if (isUndelivered) {
    const refusal = decideApplicationChange(application, 'refuse', step.reason);
    await storeApplicationChanges(
      tx,
      [mustSucceed(refusal, 'the application of such a card')],
      new Date(now),
    );
  }
  await storeCardChanges(tx, [decided.value], new Date(now));
  return ok(viewOf({ ...card, state: decided.value.state }));
}
