/**
 * Cards follow their holders: a notice of the registry that somebody left or came opens a residence case for the card that
 * they have, or voids it at once where they moved again first. Several notices of one person come in their order.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { type Card, lockUsableCards } from '../card/card-store.ts';
import { voidLocked } from '../card/end-cards.ts';
import type { VoidReason } from '../card/void-reason.ts';
import { followNotice, type MoveNotice, type ResidenceCase } from './residence-case.ts';
import { appendCases, latestCases } from './residence-case-store.ts';

export interface HeardMove extends MoveNotice {
  readonly residentCode: string;
}

/** What moves brought about: whose cards wait for something now, and whose are void. */
export interface FollowedMoves {
  readonly followed: readonly string[];
  readonly voided: readonly string[];
}

/** Follows moves in their order; `now` in milliseconds since the epoch. */
export async function hearMoves(tx: Tx, heard: readonly HeardMove[], now: number): Promise<FollowedMoves> {
  const wave = firstOfEach(heard);
  if (wave.size === 0) return { followed: [], voided: [] };
  const done = await followWave(tx, wave, now);
  const firsts = new Set(wave.values());
  // rarely more than one wave: a person has one notice a batch, but for a load or a link that was down
  const later = await hearMoves(
    tx,
    heard.filter((move) => !firsts.has(move)),
    now,
  );
  return {
    followed: [...new Set([...done.followed, ...later.followed])],
    voided: [...done.voided, ...later.voided],
  };
}

function firstOfEach(heard: readonly HeardMove[]): ReadonlyMap<string, HeardMove> {
  const first = new Map<string, HeardMove>();
  for (const move of heard) if (!first.has(move.residentCode)) first.set(move.residentCode, move);
  return first;
}

async function followWave(tx: Tx, wave: ReadonlyMap<string, HeardMove>, now: number): Promise<FollowedMoves> {
  const cards = await lockUsableCards(tx, [...wave.keys()]);
  const latest = await latestCases(
    tx,
    cards.map(({ cardId }) => cardId),
  );
  const opened: (ResidenceCase & { readonly cardId: string })[] = [];
  const ends: { card: Card; reason: VoidReason }[] = [];
  for (const card of cards) {
    const move = wave.get(card.residentCode);
    const step = move && followNotice(latest.get(card.cardId), move, dateInTokyo(now));
    if (step && 'voids' in step) ends.push({ card, reason: step.voids });
    else if (step) opened.push({ cardId: card.cardId, ...step.opens });
  }
  await appendCases(tx, opened);
  await voidLocked(tx, ends, now);
  const codeOf = new Map(cards.map((card) => [card.cardId, card.residentCode]));
  return {
    followed: opened.map(({ cardId }) => codeOf.get(cardId) ?? ''),
    voided: ends.map(({ card }) => card.residentCode),
  };
}
