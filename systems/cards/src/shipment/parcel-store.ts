/** Rows of parcels and of the cards in them. Whoever changes a card's row holds the lock of its parcel or of its application. */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { ApplicationState } from '../application/application-lifecycle.ts';
import type { CardState } from '../card/card-lifecycle.ts';
import { noticeNumberOf, parseNoticeNumber } from '../letters/notice-number.ts';

export type ParcelState = 'packed' | 'sent' | 'arrived' | 'returned';
export type ParcelCardState = 'packed' | 'sent' | 'arrived' | 'missing' | 'returned' | 'lost' | 'withdrawn';

export interface Parcel {
  readonly parcelId: number;
  readonly municipality: string;
  readonly state: ParcelState;
  readonly stateOn: IsoDate;
}

/** A card in a parcel, and how it and its application stand. */
export interface ParcelCard {
  readonly cardId: string;
  readonly state: ParcelCardState;
  readonly applicationId: string;
  readonly applicationState: ApplicationState;
  readonly cardState: CardState;
  readonly residentCode: string;
}

/** A parcel as its callers see it: serials, and nothing of persons. */
export interface ParcelView {
  /** `P`, eight digits and a check digit. */
  readonly number: string;
  readonly municipality: string;
  readonly state: ParcelState;
  readonly stateOn: IsoDate;
  readonly cards: readonly { readonly cardId: string; readonly state: ParcelCardState }[];
}

export const PARCEL_CARDS_MAX = 200;

export async function insertParcel(
  tx: Tx,
  parcel: { readonly requestId: string; readonly municipality: string; readonly on: IsoDate },
): Promise<Parcel> {
  const { requestId, municipality, on } = parcel;
  const [row] = await tx<Parcel[]>`
    INSERT INTO cards.parcel (request_id, municipality, state, state_on)
    VALUES (${requestId}, ${municipality}, 'packed', ${on})
    RETURNING parcel_id AS "parcelId", municipality, state, state_on AS "stateOn"`;
  if (!row) throw new Error('a parcel was not entered');
  return row;
}

export async function findParcelByRequest(tx: Tx, requestId: string): Promise<Parcel | undefined> {
  const [row] = await tx<Parcel[]>`
    SELECT parcel_id AS "parcelId", municipality, state, state_on AS "stateOn" FROM cards.parcel
    WHERE request_id = ${requestId}`;
  return row;
}

/** The parcel of a number from a bar code, locked. */
export async function lockParcel(tx: Tx, number: string): Promise<Result<Parcel, 'parcel-unknown'>> {
  const parcelId = parseNoticeNumber(number, 'P');
  const [row] = parcelId.ok
    ? await tx<Parcel[]>`
        SELECT parcel_id AS "parcelId", municipality, state, state_on AS "stateOn" FROM cards.parcel
        WHERE parcel_id = ${parcelId.value} FOR UPDATE`
    : [];
  return row ? ok(row) : fail('parcel-unknown', 'there is no such parcel');
}

/**
 * The cards of a parcel with their applications locked, in the order of these.
 * @param cardId only this one, if it is among them
 */
export async function lockParcelCards(
  tx: Tx,
  parcelId: number,
  cardId: string | null = null,
): Promise<readonly ParcelCard[]> {
  await tx`
    SELECT FROM cards.application WHERE application_id IN (
      SELECT c.application_id FROM cards.parcel_card p JOIN cards.card c USING (card_id)
      WHERE p.parcel_id = ${parcelId} AND (${cardId}::text IS NULL OR p.card_id = ${cardId}))
    ORDER BY application_id FOR UPDATE`;
  // read once more: what held the locks before may have changed them
  return tx<ParcelCard[]>`
    SELECT p.card_id AS "cardId", p.state, c.application_id AS "applicationId", a.state AS "applicationState",
      c.state AS "cardState", c.resident_code AS "residentCode"
    FROM cards.parcel_card p JOIN cards.card c USING (card_id) JOIN cards.application a USING (application_id)
    WHERE p.parcel_id = ${parcelId} AND (${cardId}::text IS NULL OR p.card_id = ${cardId}) ORDER BY p.card_id`;
}

export async function storeParcelCards(
  tx: Tx,
  parcelId: number,
  cards: readonly { readonly cardId: string; readonly state: ParcelCardState }[],
): Promise<void> {
  await tx`
    UPDATE cards.parcel_card p SET state = n.state
    FROM jsonb_to_recordset(${tx.json(cards.map(({ cardId, state }) => ({ cardId, state })))})
      AS n("cardId" text, state text)
    WHERE p.parcel_id = ${parcelId} AND p.card_id = n."cardId"`;
}

export async function storeParcelState(
  tx: Tx,
  parcelId: number,
  state: ParcelState,
  on: IsoDate,
): Promise<void> {
  await tx`UPDATE cards.parcel SET state = ${state}, state_on = ${on} WHERE parcel_id = ${parcelId}`;
}

/** Notes what was scanned and could not be taken; the same again is noted once. */
export async function storeTrouble(
  tx: Tx,
  trouble: {
    readonly parcelId: number;
    readonly scanned: string;
    readonly code: string;
    readonly at: number;
  },
): Promise<void> {
  await tx`
    INSERT INTO cards.parcel_trouble (parcel_id, scanned, code, first_at)
    VALUES (${trouble.parcelId}, ${trouble.scanned.slice(0, 64)}, ${trouble.code}, ${new Date(trouble.at)})
    ON CONFLICT DO NOTHING`;
}

export async function viewParcel(tx: Tx, parcel: Parcel): Promise<ParcelView> {
  const cards = await tx<{ cardId: string; state: ParcelCardState }[]>`
    SELECT card_id AS "cardId", state FROM cards.parcel_card WHERE parcel_id = ${parcel.parcelId} ORDER BY card_id`;
  const { parcelId, municipality, state, stateOn } = parcel;
  return {
    number: noticeNumberOf(parcelId, 'P'),
    municipality,
    state,
    stateOn,
    cards: cards.map((card) => ({ ...card })),
  };
}
