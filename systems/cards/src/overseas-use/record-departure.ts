/**
 * The overseas move and the card (番号法 art. 17; 施行令 art. 14; domain rules 5.5): void from the day of departure, unless its
 * holder, a Japanese, has it continued for use abroad by the day before; from then on the municipality of domicile looks
 * after it. Told at the counter of residence together with the move-out notice; told again, the later word counts.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { isIsoDate } from '@ishizue/text';
import { amendCard } from '../card/amend-card.ts';
import { mayKeepAbroad } from '../continuing-use/move-rules.ts';
import { departing, staying } from '../continuing-use/residence-case.ts';
import { appendCases, lastTwoCases } from '../continuing-use/residence-case-store.ts';
import { actAtCounter, type Desk, type DeskFailure } from '../life/counter-act.ts';
import type { CardLife } from '../life/life-context.ts';

export interface Departure {
  readonly cardId: string;
  /** null of who does not leave after all. */
  readonly departsOn: IsoDate | null;
  /** Absent of a holder who does not keep the card. */
  readonly keptThrough?: { readonly domicile: string } | undefined;
}

export type DepartureFailure =
  | DeskFailure
  | 'card-state-refused'
  | 'departure-day-invalid'
  | 'person-not-resident'
  | 'continuing-use-due'
  /** Nothing to take back. */
  | 'departure-unknown'
  /** Only who has a family register in Japan keeps a card abroad. */
  | 'foreigner-not-abroad'
  /** From 27 May 2024, and by the day before the departure. */
  | 'use-abroad-too-late'
  | 'domicile-unknown';

/** What the record of residence says of the holder, which the card does not: a Japanese or not. */
export interface DepartingHolder {
  readonly isJapanese: boolean;
}

/** Enters a departure; answers the last day of the card's use in Japan, null where it is kept. */
export function recordDeparture(
  life: CardLife,
  desk: Desk,
  { cardId, departsOn, keptThrough, isJapanese }: Departure & DepartingHolder,
): Promise<Result<{ readonly cardId: string; readonly lastDay: IsoDate | null }, DepartureFailure>> {
  type Recorded = Promise<Result<{ cardId: string; lastDay: IsoDate | null }, DepartureFailure>>;
  return actAtCounter(life, desk, cardId, 'departure', async (tx, { card, person }): Recorded => {
    const now = life.cards.clock.now();
    const today = dateInTokyo(now);
    if (departsOn !== null && !isIsoDate(departsOn)) return fail('departure-day-invalid', 'not a date');
    if (person.status !== 'resident') return fail('person-not-resident', `the person is ${person.status}`);
    if (card.state !== 'active' && card.state !== 'suspended')
      return fail('card-state-refused', `the card is ${card.state}`);
    const [latest] = await lastTwoCases(tx, cardId);
    if (latest?.state === 'arrived')
      return fail('continuing-use-due', 'the card has to be continued after a move first');
    if (departsOn === null) {
      if (latest?.state !== 'abroad' && latest?.state !== 'kept-abroad')
        return fail('departure-unknown', 'no departure was entered');
      await appendCases(tx, [{ cardId, ...staying(desk.municipality, today) }]);
      return ok({ cardId, lastDay: null });
    }
    if (keptThrough) {
      const refusal = refuseKeeping(life, { departsOn, ...keptThrough, isJapanese }, today);
      if (refusal) return refusal;
      if (card.state !== 'active') return fail('card-state-refused', 'a suspended card is not kept abroad');
    }
    const opened = departing(
      keptThrough?.domicile ?? desk.municipality,
      departsOn,
      keptThrough !== undefined,
      today,
    );
    await appendCases(tx, [{ cardId, ...opened }]);
    if (keptThrough) await amendCard(tx, card, { reason: 'use-abroad' }, now);
    return ok({ cardId, lastDay: opened.lastDay });
  });
}

function refuseKeeping(
  life: CardLife,
  of: { readonly departsOn: IsoDate; readonly domicile: string; readonly isJapanese: boolean },
  today: IsoDate,
) {
  if (!of.isJapanese)
    return fail('foreigner-not-abroad', 'a foreign resident’s card is void with the departure');
  if (!mayKeepAbroad(today, of.departsOn))
    return fail('use-abroad-too-late', 'use abroad is asked for by the day before the departure');
  return life.cards.registry.municipalities.findMunicipality(of.domicile)
    ? undefined
    : fail('domicile-unknown', 'there is no such municipality of domicile');
}
