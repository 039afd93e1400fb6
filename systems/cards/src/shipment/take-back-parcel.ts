/**
 * A parcel came back to the factory: what is scanned out of it is made and waits for the next parcel; what is not is missing, and
 * is found or declared lost. A surplus card that a municipality sent back comes the same way, under its own parcel's number.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { lockApplications, storeApplicationChanges } from '../application/application-store.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import { recordCardEntries } from '../card-entries.ts';
import type { CardsContext } from '../cards-context.ts';
import {
  lockParcel,
  lockParcelCards,
  PARCEL_CARDS_MAX,
  type ParcelView,
  storeParcelCards,
  storeParcelState,
  viewParcel,
} from './parcel-store.ts';

export type TakeBackFailure =
  | 'parcel-unknown'
  | 'parcel-not-underway'
  | 'card-not-in-parcel'
  | 'too-many-cards';

export interface ReturnedParcel {
  readonly parcel: string;
  /** The serials that were scanned at the factory. */
  readonly cardIds: readonly string[];
  /** Whether the parcel as a whole came back; false for single cards of it. */
  readonly isWhole: boolean;
}

/** Asked again with the same cards, it changes nothing. A serial that is not of the parcel takes nothing. */
export function takeBackParcel(
  context: CardsContext,
  access: Access,
  { parcel: number, cardIds, isWhole }: ReturnedParcel,
): Promise<Result<ParcelView, TakeBackFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    if (cardIds.length > PARCEL_CARDS_MAX) return fail('too-many-cards', `at most ${PARCEL_CARDS_MAX}`);
    const parcel = await lockParcel(tx, number);
    if (!parcel.ok) return parcel;
    if (parcel.value.state === 'packed') return fail('parcel-not-underway', 'the parcel was not sent yet');
    const { parcelId } = parcel.value;
    const cards = await lockParcelCards(tx, parcelId);
    const scanned = new Set(cardIds);
    if ([...scanned].some((cardId) => !cards.some((card) => card.cardId === cardId)))
      return fail('card-not-in-parcel', 'a serial is not on the list of this parcel');
    const underway = cards.filter(({ state }) => state === 'sent' || state === 'missing');
    const back = underway.filter(({ cardId }) => scanned.has(cardId));
    const applications = await lockApplications(
      tx,
      back.filter(({ applicationState }) => applicationState === 'shipped').map((card) => card.applicationId),
    );
    const now = context.clock.now();
    const changes = applications.map((application) =>
      mustSucceed(decideApplicationChange(application, 'come-back'), 'a card that was sent'),
    );
    await storeApplicationChanges(tx, changes, new Date(now));
    const left = isWhole ? underway.filter(({ cardId }) => !scanned.has(cardId)) : [];
    const told = [
      ...back.map((card) => ({ ...card, state: 'returned' as const })),
      ...left.map((card) => ({ ...card, state: 'missing' as const })),
    ];
    await storeParcelCards(tx, parcelId, told);
    const on = dateInTokyo(now);
    if (isWhole) await storeParcelState(tx, parcelId, 'returned', on);
    const touched = told.map(({ residentCode, state }) => ({ residentCode, result: state }));
    await recordCardEntries(tx, context, access, ['card', 'shipment'], touched);
    return ok(
      await viewParcel(tx, isWhole ? { ...parcel.value, state: 'returned', stateOn: on } : parcel.value),
    );
  });
}
