/**
 * A card's next step, decided by the lifecycle. Where the step ends the use of the certificates, their revocation is due
 * from the commit on. A card that is being made may still get one: its revocation comes due once no maker
 * can be at work on it any more, besides the one that the maker does on finding the card void.
 */
import { ok, type Result } from '@ishizue/outcome';
import type { RevocationReason } from '@ishizue/x509';
import { type CardEvent, nextCardState } from './card-lifecycle.ts';
import type { Card, CardChange } from './card-store.ts';
import { revocationOf, type VoidReason } from './void-reason.ts';

/** After this much time nothing of a making that was on its way is on its way any more. */
export const MAKING_MS_MAX = 600_000;

export interface CardStep {
  readonly event: CardEvent;
  readonly reason: string | null;
  readonly revocation: RevocationReason | null;
}

export function decideCardChange(
  card: Card,
  step: CardStep,
  now: number,
): Result<CardChange, 'card-state-refused'> {
  const next = nextCardState(card.state, step.event);
  if (!next.ok) return next;
  const dueAt = card.state === 'begun' ? now + MAKING_MS_MAX : now;
  return ok({
    cardId: card.cardId,
    state: next.value,
    sequence: card.sequence + 1,
    reason: step.reason,
    revocationDue: step.revocation,
    revocationDueAt: step.revocation === null ? null : dueAt,
  });
}

/** The step to `void`. */
export const voidStep = (reason: VoidReason): CardStep => ({
  event: 'void',
  reason,
  revocation: revocationOf(reason),
});
