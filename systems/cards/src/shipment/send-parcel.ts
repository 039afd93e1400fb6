/**
 * Cards leave the factory: packed for one municipality, with a list of their serials, and sent. A card that became void between
 * is taken out. Each step may be asked for again. Flow: docs/flows/card-making.md steps 5 and 6.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { lockApplications, storeApplicationChanges } from '../application/application-store.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import { recordCardEntries } from '../card-entries.ts';
import type { CardsContext } from '../cards-context.ts';
import {
  findParcelByRequest,
  insertParcel,
  lockParcel,
  lockParcelCards,
  PARCEL_CARDS_MAX,
  type ParcelView,
  storeParcelCards,
  storeParcelState,
  viewParcel,
} from './parcel-store.ts';

export type PackFailure =
  /** No card is made for that municipality. */
  'nothing-to-send' | 'request-id-reused';

export interface PackOrder {
  /** The caller's own: the same is the same parcel. 1 to 64 characters. */
  readonly requestId: string;
  readonly municipality: string;
  /** Only these; absent for whatever is there, express and due first, 200 at the most. */
  readonly cardIds?: readonly string[];
}

interface Packed {
  readonly cardId: string;
  readonly residentCode: string;
}

export function packParcel(
  context: CardsContext,
  access: Access,
  order: PackOrder,
): Promise<Result<ParcelView, PackFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`parcel ${order.requestId}`}, 0))`;
    const earlier = await findParcelByRequest(tx, order.requestId);
    if (earlier)
      return earlier.municipality === order.municipality
        ? ok(await viewParcel(tx, earlier))
        : fail('request-id-reused', 'this request id was used for another parcel');
    const packed = await chooseCards(tx, order);
    if (packed.length === 0) return fail('nothing-to-send', 'no card waits for this municipality');
    const on = dateInTokyo(context.clock.now());
    const parcel = await insertParcel(tx, { ...order, on });
    await tx`
      INSERT INTO cards.parcel_card (parcel_id, card_id, state)
      SELECT ${parcel.parcelId}, card_id, 'packed' FROM unnest(${packed.map(({ cardId }) => cardId)}::text[]) AS n(card_id)`;
    const touched = packed.map(({ residentCode }) => ({ residentCode, result: 'packed' }));
    await recordCardEntries(tx, context, access, ['card', 'shipment'], touched);
    return ok(await viewParcel(tx, parcel));
  });
}

/** Two packers at once get different cards: what the other has locked is the other's. */
function chooseCards(tx: Tx, { municipality, cardIds }: PackOrder): Promise<readonly Packed[]> {
  return tx<Packed[]>`
    SELECT c.card_id AS "cardId", c.resident_code AS "residentCode"
    FROM cards.making_order o JOIN cards.application a USING (application_id)
      JOIN cards.card c ON c.application_id = a.application_id AND c.state = 'made'
    WHERE a.state = 'made' AND o.municipality = ${municipality}
      AND (${cardIds === undefined} OR c.card_id = ANY(${[...(cardIds ?? [])]}))
      AND NOT EXISTS (SELECT FROM cards.parcel_card p WHERE p.card_id = c.card_id
        AND p.state IN ('packed', 'sent', 'missing', 'arrived'))
    ORDER BY NOT o.is_express, o.due_on, o.application_id
    LIMIT ${PARCEL_CARDS_MAX} FOR UPDATE OF a SKIP LOCKED`;
}

export function sendParcel(
  context: CardsContext,
  access: Access,
  number: string,
): Promise<Result<ParcelView, 'parcel-unknown'>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const parcel = await lockParcel(tx, number);
    if (!parcel.ok) return parcel;
    if (parcel.value.state !== 'packed') return ok(await viewParcel(tx, parcel.value));
    const { parcelId } = parcel.value;
    const cards = await lockParcelCards(tx, parcelId);
    const leaving = cards.filter((card) => card.applicationState === 'made' && card.cardState === 'made');
    const applications = await lockApplications(
      tx,
      leaving.map(({ applicationId }) => applicationId),
    );
    const now = context.clock.now();
    const changes = applications.map((application) =>
      mustSucceed(decideApplicationChange(application, 'send'), 'the application of a made card'),
    );
    await storeApplicationChanges(tx, changes, new Date(now));
    const sent = cards.map(
      (card) => ({ ...card, state: leaving.includes(card) ? 'sent' : 'withdrawn' }) as const,
    );
    await storeParcelCards(tx, parcelId, sent);
    const on = dateInTokyo(now);
    await storeParcelState(tx, parcelId, 'sent', on);
    const touched = sent.map(({ residentCode, state }) => ({ residentCode, result: state }));
    await recordCardEntries(tx, context, access, ['card', 'shipment'], touched);
    return ok(await viewParcel(tx, { ...parcel.value, state: 'sent', stateOn: on }));
  });
}
