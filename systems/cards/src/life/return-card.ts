/**
 * A card that comes to an end at the counter: given back at any time and without a reason (番号法施行令 art. 15 (4)), damaged,
 * faulty, issued twice or in error. The card is void, its certificates are revoked.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { storeCardChanges } from '../card/card-store.ts';
import { type CardView, viewOf } from '../card/card-view.ts';
import { decideCardChange, voidStep } from '../card/change-card.ts';
import { revokeDueOfCard } from '../card/revoke-due-certificates.ts';
import { actAtCounter, type Desk, type DeskFailure } from './counter-act.ts';
import type { CardLife } from './life-context.ts';

/** The void reasons that a counter gives. */
export const COUNTER_END_REASONS = [
  'returned',
  'damaged',
  'defective',
  'duplicate-issue',
  'issued-in-error',
] as const;

export type EndFailure = DeskFailure | 'card-state-refused';

/** Voids a card that is in its holder's hand; a void card is refused, whatever it is void for. */
export async function endAtCounter(
  life: CardLife,
  desk: Desk,
  end: { readonly cardId: string; readonly reason: (typeof COUNTER_END_REASONS)[number] },
): Promise<Result<CardView, EndFailure>> {
  type Ended = Promise<Result<CardView, EndFailure>>;
  const ended = await actAtCounter(life, desk, end.cardId, end.reason, async (tx, { card }): Ended => {
    if (card.state !== 'active' && card.state !== 'suspended')
      return fail('card-state-refused', `a card that is ${card.state} is in nobody’s hand`);
    const now = life.cards.clock.now();
    const step = decideCardChange(card, voidStep(end.reason), now);
    if (!step.ok) return step;
    await storeCardChanges(tx, [step.value], new Date(now));
    return ok({ ...viewOf(card), state: step.value.state });
  });
  if (ended.ok) await revokeDueOfCard(life.cards, desk.access, end.cardId);
  return ended;
}
