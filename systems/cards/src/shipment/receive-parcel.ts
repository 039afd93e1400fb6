/**
 * A parcel arrives at the municipality: each serial is scanned, then the parcel is closed, and what was not scanned is missing.
 * Every scan has an answer and a path: taken; scanned before; of another parcel or none (it goes back to the factory); void (it
 * is destroyed). A missing card that turns up is taken after all, until it was declared lost.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { getApplicationForUpdate, storeApplicationChanges } from '../application/application-store.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import { findCard } from '../card/card-store.ts';
import { recordCardEntries } from '../card-entries.ts';
import { recordCardEntry } from '../card-entry.ts';
import type { CardsContext } from '../cards-context.ts';
import {
  lockParcel,
  lockParcelCards,
  type Parcel,
  type ParcelCard,
  type ParcelView,
  storeParcelCards,
  storeParcelState,
  storeTrouble,
  viewParcel,
} from './parcel-store.ts';

export type ScanFailure =
  | 'parcel-unknown'
  /** It was not sent yet, or came back. */
  | 'parcel-not-underway'
  | 'parcel-of-another-municipality'
  | 'card-unknown'
  /** It is in another parcel, or in none. */
  | 'card-not-in-parcel'
  | 'card-scanned-before'
  | 'card-already-void';

export interface ArrivalScan {
  readonly parcel: string;
  /** Where it was scanned. */
  readonly municipality: string;
  /** The serial from the card's bar code. */
  readonly cardId: string;
}

/** Takes one card out of the parcel. */
export function scanArrival(
  context: CardsContext,
  access: Access,
  { parcel: number, municipality, cardId }: ArrivalScan,
): Promise<Result<undefined, ScanFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const parcel = await lockUnderway(tx, number, municipality);
    if (!parcel.ok) return parcel;
    const { parcelId } = parcel.value;
    const known = await findCard(tx, cardId);
    const [card] = await lockParcelCards(tx, parcelId, cardId);
    const decided = decideScan(known !== undefined, card);
    if (decided.ok) await take(tx, context, parcelId, decided.value);
    else if (decided.failure.code !== 'card-scanned-before') {
      const at = context.clock.now();
      await storeTrouble(tx, { parcelId, scanned: cardId, code: decided.failure.code, at });
    }
    if (known)
      await recordCardEntry(tx, context, access, {
        residentCode: known.residentCode,
        fields: ['card', 'arrival'],
        result: decided.ok ? 'ok' : decided.failure.code,
      });
    return decided.ok ? ok(undefined) : decided;
  });
}

async function lockUnderway(
  tx: Tx,
  number: string,
  municipality: string,
): Promise<Result<Parcel, ScanFailure>> {
  const parcel = await lockParcel(tx, number);
  if (!parcel.ok) return parcel;
  const { state } = parcel.value;
  if (parcel.value.municipality !== municipality)
    return fail('parcel-of-another-municipality', 'the parcel is addressed to another municipality');
  return state === 'sent' || state === 'arrived'
    ? parcel
    : fail('parcel-not-underway', `the parcel is ${state}`);
}

function decideScan(isKnown: boolean, card: ParcelCard | undefined): Result<ParcelCard, ScanFailure> {
  if (!isKnown) return fail('card-unknown', 'there is no such card');
  if (!card || card.state === 'withdrawn' || card.state === 'returned')
    return fail(
      'card-not-in-parcel',
      'the card is not on the list of this parcel: send it back to the factory',
    );
  if (card.state === 'arrived') return fail('card-scanned-before', 'the card was scanned before');
  if (card.cardState === 'void' || card.applicationState !== 'shipped')
    return fail('card-already-void', 'the card became void on its way: destroy it');
  return ok(card);
}

async function take(tx: Tx, context: CardsContext, parcelId: number, card: ParcelCard): Promise<void> {
  const application = await getApplicationForUpdate(tx, card.applicationId);
  const arrived = mustSucceed(decideApplicationChange(application, 'arrive'), 'a card that was sent');
  await storeApplicationChanges(tx, [arrived], new Date(context.clock.now()));
  await storeParcelCards(tx, parcelId, [{ cardId: card.cardId, state: 'arrived' }]);
}

export interface ClosedParcel extends ParcelView {
  /** Serials that were not scanned. */
  readonly missing: readonly string[];
}

/** Everything that came is scanned. Asked again, the answer is how it stands now. */
export function closeParcel(
  context: CardsContext,
  access: Access,
  { parcel: number, municipality }: Omit<ArrivalScan, 'cardId'>,
): Promise<Result<ClosedParcel, ScanFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const parcel = await lockUnderway(tx, number, municipality);
    if (!parcel.ok) return parcel;
    const { parcelId } = parcel.value;
    const absent = (await lockParcelCards(tx, parcelId)).filter(({ state }) => state === 'sent');
    const on = dateInTokyo(context.clock.now());
    if (parcel.value.state === 'sent') await storeParcelState(tx, parcelId, 'arrived', on);
    await storeParcelCards(
      tx,
      parcelId,
      absent.map(({ cardId }) => ({ cardId, state: 'missing' })),
    );
    const touched = absent.map(({ residentCode }) => ({ residentCode, result: 'missing' }));
    await recordCardEntries(tx, context, access, ['card', 'arrival'], touched);
    const view = await viewParcel(tx, { ...parcel.value, state: 'arrived', stateOn: on });
    const missing = view.cards.filter(({ state }) => state === 'missing').map(({ cardId }) => cardId);
    return ok({ ...view, missing });
  });
}
