/**
 * Where one building has all the roles (a demonstration, a test card): a card that is made goes its whole way at once, by the same
 * steps as everywhere: a parcel of one, sent, scanned, set up, then the hand-over with the card in the reader.
 */

import { dateInTokyo } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, findPerson, NATIONAL_SITE } from '@ishizue/registry';
import { carriesSignature } from '../card/card-expiry.ts';
import { type Card, findCard } from '../card/card-store.ts';
import { type CardView, viewOf } from '../card/card-view.ts';
import type { CardsContext } from '../cards-context.ts';
import { findOrder } from '../making/order-store.ts';
import { photoDigest } from '../photo/card-photo.ts';
import { closeParcel, type ScanFailure, scanArrival } from '../shipment/receive-parcel.ts';
import { type PackFailure, packParcel, sendParcel } from '../shipment/send-parcel.ts';
import { setUpCard } from '../shipment/set-up-card.ts';
import type { NotReady } from './check-ready.ts';
import { type CompleteFailure, completeHandOver } from './complete-hand-over.ts';
import type { HandOverFacts } from './hand-over-facts.ts';
import { type OpenFailure, openHandOver } from './open-hand-over.ts';

export type DeliverFailure = NotReady | PackFailure | ScanFailure;
export type HandOverInHouseFailure = DeliverFailure | OpenFailure | CompleteFailure;

/** The card in the counter's reader, after the person has set the PINs. */
export interface CardInReader {
  /** The authentication certificate, DER. */
  readonly readCertificate: () => Promise<Uint8Array>;
  /** With the authentication key. */
  readonly sign: (challenge: Buffer) => Promise<Uint8Array>;
  /** The photo of its chip (DF27), which what is printed on the card opens; undefined where it has none. */
  readonly readPhoto: () => Promise<Uint8Array | undefined>;
}

/** From the factory to the counter, set up; asked again, the card as it stands. */
export async function deliverInHouse(
  context: CardsContext,
  access: Access,
  cardId: string,
): Promise<Result<CardView, DeliverFailure>> {
  const found = await findWithPlace(context, cardId);
  if (!found) return fail('card-unknown', 'there is no such card');
  const { card, municipality } = found;
  if (card.state === 'active') return ok(viewOf(card));
  const requestId = `one-house-${cardId}`;
  const packed = await packParcel(context, access, { requestId, municipality, cardIds: [cardId] });
  if (packed.ok) {
    const parcel = packed.value.number;
    const sent = await sendParcel(context, access, parcel);
    if (!sent.ok) return sent;
    const scanned = await scanArrival(context, access, { parcel, municipality, cardId });
    if (!scanned.ok && scanned.failure.code !== 'card-scanned-before' && card.state === 'made')
      return scanned;
    const closed = await closeParcel(context, access, { parcel, municipality });
    if (!closed.ok) return closed;
  } else if (packed.failure.code !== 'nothing-to-send') return packed;
  return setUpCard(context, access, { cardId, municipality });
}

export interface HandOverInHouse {
  readonly cardId: string;
  readonly inReader: CardInReader;
  readonly oldCard?: HandOverFacts['oldCard'];
}

/** To the holder, or to a representative who is there for a child; with a passport each. */
export async function handOverInHouse(
  context: CardsContext,
  access: Access,
  { cardId, inReader, oldCard = 'none' }: HandOverInHouse,
): Promise<Result<CardView, HandOverInHouseFailure>> {
  const delivered = await deliverInHouse(context, access, cardId);
  if (!delivered.ok || delivered.value.state === 'active') return delivered;
  const found = await findWithPlace(context, cardId);
  if (!found) throw new Error('a card is gone');
  const { card, municipality } = found;
  const person = await findPerson(context.registry, access, card.residentCode);
  const today = dateInTokyo(context.clock.now());
  const isAdult = carriesSignature(person?.birthDate ?? '', today);
  const facts: HandOverFacts = {
    receiver: isAdult ? 'holder' : 'legal-representative',
    documents: ['passport'],
    receiverDocuments: isAdult ? [] : ['passport'],
    ground: isAdult ? null : 'parent-by-family-register',
    oldCard,
    checkedBy: access.actor,
  };
  // a hand-over that ended otherwise is not taken up again: each try is one of its own
  const requestId = `one-house-${cardId}-${context.clock.now()}`;
  const { applicationId } = card;
  const opened = await openHandOver(context, access, {
    requestId,
    applicationId,
    cardId,
    municipality,
    facts,
  });
  if (!opened.ok) return opened;
  const { handOverId, challenge } = opened.value;
  const photo = await inReader.readPhoto();
  return completeHandOver(context, access, {
    handOverId,
    municipality,
    certificate: await inReader.readCertificate(),
    signature: await inReader.sign(challenge),
    resembles: true,
    faceSha256: photo ? photoDigest(photo) : null,
    comparedWith: photo ? 'camera' : null,
  });
}

async function findWithPlace(
  context: CardsContext,
  cardId: string,
): Promise<{ readonly card: Card; readonly municipality: string } | undefined> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const card = await findCard(tx, cardId);
    const order = card && (await findOrder(tx, card.applicationId));
    return card && { card, municipality: order?.municipality ?? '' };
  });
}
