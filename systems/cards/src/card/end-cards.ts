/**
 * The end of everything that persons have of cards: valid cards become void, applications on their way end. Set-based; the
 * callers are notices of the registry and the daily task. Applications are locked before cards, as everybody does.
 */
import type { Tx } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import {
  lockOpenApplications,
  lockOpenApplicationsOf,
  storeApplicationChanges,
} from '../application/application-store.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import { type Card, lockValidCards, lockValidCardsById, storeCardChanges } from './card-store.ts';
import { decideCardChange, voidStep } from './change-card.ts';
import type { VoidReason } from './void-reason.ts';

/** Ends applications and cards of these persons; answers whose there were. */
export async function endAllOf(
  tx: Tx,
  reasons: ReadonlyMap<string, VoidReason>,
  now: number,
): Promise<readonly string[]> {
  const codes = [...reasons.keys()];
  const reasonOf = (residentCode: string): VoidReason => {
    const reason = reasons.get(residentCode);
    if (!reason) throw new Error('a row of somebody who was not asked for');
    return reason;
  };
  const applications = await lockOpenApplications(tx, codes);
  const cards = await lockValidCards(tx, codes);
  const refusals = applications.map((application) =>
    mustSucceed(
      decideApplicationChange(application, 'refuse', reasonOf(application.residentCode)),
      'an open application',
    ),
  );
  await storeApplicationChanges(tx, refusals, new Date(now));
  await voidLocked(
    tx,
    cards.map((card) => ({ card, reason: reasonOf(card.residentCode) })),
    now,
  );
  return [...new Set([...applications, ...cards].map(({ residentCode }) => residentCode))];
}

/**
 * Ends cards for what is found of them once they are locked, each with its own application where it was not handed over;
 * other applications of the person go on. Answers whose cards ended.
 */
export async function endCards(
  tx: Tx,
  cardIds: readonly string[],
  now: number,
  reasonsOf: (cards: readonly Card[]) => Promise<ReadonlyMap<string, VoidReason>>,
): Promise<readonly string[]> {
  const applications = await lockOpenApplicationsOf(tx, cardIds);
  const cards = await lockValidCardsById(tx, cardIds);
  const reasons = await reasonsOf(cards);
  const ends = cards.flatMap((card) => {
    const reason = reasons.get(card.cardId);
    return reason === undefined ? [] : [{ card, reason }];
  });
  const refusals = ends.flatMap(({ card, reason }) => {
    const application = applications.find(({ applicationId }) => applicationId === card.applicationId);
    return application
      ? [mustSucceed(decideApplicationChange(application, 'refuse', reason), 'an open application')]
      : [];
  });
  await storeApplicationChanges(tx, refusals, new Date(now));
  await voidLocked(tx, ends, now);
  return ends.map(({ card }) => card.residentCode);
}

/** Voids cards that are locked and not void. */
export async function voidLocked(
  tx: Tx,
  ends: readonly { readonly card: Card; readonly reason: VoidReason }[],
  now: number,
): Promise<void> {
  const voids = ends.map(({ card, reason }) =>
    mustSucceed(decideCardChange(card, voidStep(reason), now), 'a valid card'),
  );
  await storeCardChanges(tx, voids, new Date(now));
}
