/**
 * 継続利用 (番号法 art. 17; 施行令 art. 14): the mover hands the card in at the counter of the new municipality, which writes the
 * new address on its face. From then on the card is the new municipality's to look after.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { amendCard } from '../card/amend-card.ts';
import { type FaceAddition, type WriteFailure, writeOnFace } from '../face-additions/write-on-face.ts';
import { actAtCounter, type Desk, type DeskFailure } from '../life/counter-act.ts';
import type { CardLife } from '../life/life-context.ts';
import { type ContinueFailure, continued, judgeContinuing } from './residence-case.ts';
import { appendCases, lastTwoCases } from './residence-case-store.ts';

const DETAILS: Readonly<Record<ContinueFailure, string>> = {
  'continuing-use-not-due': 'no move-in of the holder to here waits for the card',
  'notice-day-invalid': 'no move-in notice was given on such a day',
  'continuing-use-over': 'the days for the notice or for the card are over',
};

export type ContinueUseFailure = ContinueFailure | WriteFailure | DeskFailure;

/** Continues the card; `declaredOn` is the day on which the counter took the move-in notice. */
export function continueUse(
  life: CardLife,
  desk: Desk,
  { cardId, declaredOn }: { readonly cardId: string; readonly declaredOn: IsoDate },
): Promise<Result<FaceAddition, ContinueUseFailure>> {
  type Continued = Promise<Result<FaceAddition, ContinueFailure | WriteFailure>>;
  return actAtCounter(life, desk, cardId, 'continuing-use', async (tx, { card, person }): Continued => {
    const now = life.cards.clock.now();
    const today = dateInTokyo(now);
    const [latest, before] = await lastTwoCases(tx, cardId);
    const refusal = judgeContinuing(latest, before, declaredOn, today);
    if (refusal) return fail(refusal, DETAILS[refusal]);
    if (!latest || latest.municipality !== desk.municipality)
      return fail('continuing-use-not-due', DETAILS['continuing-use-not-due']);
    const written = await writeOnFace(tx, { card, person, kind: 'address', changedOn: latest.movedOn }, now);
    if (!written.ok) return written;
    await appendCases(tx, [{ cardId, ...continued(latest, today) }]);
    await amendCard(tx, written.value.card, { reason: 'continuing-use' }, now);
    return ok(written.value.addition);
  });
}
