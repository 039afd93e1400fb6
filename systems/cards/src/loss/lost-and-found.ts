/**
 * What becomes of a suspended card, at the counter (domain rules 5.5): found, its holder comes in person, shows who they are,
 * and may use it again, but not its certificates; not found, it is given up (紛失・廃止届), with the number of the report to the
 * police where it was lost outside the home.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { type IdentityDocument, isIdentityProved } from '@ishizue/jpki';
import { fail, ok, type Result } from '@ishizue/outcome';
import { storeCardChanges } from '../card/card-store.ts';
import { type CardView, viewOf } from '../card/card-view.ts';
import { decideCardChange, voidStep } from '../card/change-card.ts';
import { revokeDueOfCard } from '../card/revoke-due-certificates.ts';
import { actAtCounter, type Desk, type DeskFailure } from '../life/counter-act.ts';
import type { CardLife } from '../life/life-context.ts';

export type FoundFailure =
  | DeskFailure
  | 'identity-not-proved'
  | 'holder-not-present'
  | 'card-state-refused'
  | 'card-expired';

/** What the counter saw of who brings the card. */
export interface FoundCard {
  readonly cardId: string;
  readonly isHolderPresent: boolean;
  readonly documents: readonly IdentityDocument[];
}

export interface ResumedCard extends CardView {
  readonly needsCertificates: true;
}

/** Lets a found card be used again; its certificates stay held and are renewed (docs/flows/renewal.md). */
export function resumeFound(
  life: CardLife,
  desk: Desk,
  found: FoundCard,
): Promise<Result<ResumedCard, FoundFailure>> {
  type Resumed = Promise<Result<ResumedCard, FoundFailure>>;
  return actAtCounter(life, desk, found.cardId, 'resume', async (tx, { card }): Resumed => {
    const now = life.cards.clock.now();
    if (!found.isHolderPresent) return fail('holder-not-present', 'the holder comes in person');
    if (!isIdentityProved(found.documents, dateInTokyo(now)))
      return fail('identity-not-proved', 'one document of the first class, or two');
    if (dateInTokyo(now) > card.expiresOn) return fail('card-expired', 'the card is past its last day');
    const step = decideCardChange(card, { event: 'resume', reason: 'found', revocation: null }, now);
    if (!step.ok) return step;
    await storeCardChanges(tx, [step.value], new Date(now));
    return ok({ ...viewOf(card), state: step.value.state, needsCertificates: true });
  });
}

/** Where and to whom a loss was reported. */
export interface LossNotice {
  readonly cardId: string;
  readonly isLostAtHome: boolean;
  /** 遺失届 or 盗難届: needed where the card was lost outside the home. */
  readonly police?: { readonly station: string; readonly number: string } | undefined;
}

export type LossNoticeFailure = DeskFailure | 'police-number-missing' | 'card-state-refused';

/** Gives the card up for lost: it is void for good. */
export async function giveUpLost(
  life: CardLife,
  desk: Desk,
  notice: LossNotice,
): Promise<Result<CardView, LossNoticeFailure>> {
  const { cardId, isLostAtHome, police } = notice;
  type Given = Promise<Result<CardView, LossNoticeFailure>>;
  const given = await actAtCounter(life, desk, cardId, 'loss-notice', async (tx, { card }): Given => {
    const now = life.cards.clock.now();
    if (!isLostAtHome && police === undefined)
      return fail('police-number-missing', 'lost outside the home: the number of the report to the police');
    if (card.state !== 'active' && card.state !== 'suspended')
      return fail('card-state-refused', `a card that is ${card.state} is not lost by its holder`);
    const step = decideCardChange(card, voidStep('lost'), now);
    if (!step.ok) return step;
    await storeCardChanges(tx, [step.value], new Date(now));
    await enter(tx, notice, now);
    return ok({ ...viewOf(card), state: step.value.state });
  });
  if (given.ok) await revokeDueOfCard(life.cards, desk.access, cardId);
  return given;
}

async function enter(tx: Tx, { cardId, isLostAtHome, police }: LossNotice, now: number): Promise<void> {
  await tx`
    INSERT INTO cards.loss_notice (card_id, lost_at_home, police_station, police_number, noticed_on)
    VALUES (${cardId}, ${isLostAtHome}, ${police?.station ?? null}, ${police?.number ?? null}, ${dateInTokyo(now)})`;
}
