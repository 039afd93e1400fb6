/** Rows of hand-overs. Whoever changes one holds the locks of the card's application and of the card. */
import type { Tx } from '@ishizue/db';
import type { HandOverFacts, OldCard, Receiver } from './hand-over-facts.ts';

export interface HandOver {
  readonly handOverId: string;
  readonly cardId: string;
  readonly applicationId: string;
  readonly factsSha256: Buffer;
  readonly receiver: Receiver;
  readonly oldCard: OldCard;
  readonly challenge: Buffer;
  readonly expiresAt: Date;
  readonly state: 'open' | 'replaced' | 'refused' | 'completed';
}

const columns = (tx: Tx) => tx`
  hand_over_id AS "handOverId", card_id AS "cardId", application_id AS "applicationId", facts_sha256 AS "factsSha256",
  receiver, old_card AS "oldCard", challenge, expires_at AS "expiresAt", state`;

export async function findHandOver(tx: Tx, handOverId: string): Promise<HandOver | undefined> {
  const [row] = await tx<HandOver[]>`
    SELECT ${columns(tx)} FROM cards.hand_over WHERE hand_over_id = ${handOverId}`;
  return row;
}

/** Whoever asks under the same id at once takes turns. */
export async function findHandOverByRequest(tx: Tx, requestId: string): Promise<HandOver | undefined> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`hand-over ${requestId}`}, 0))`;
  const [row] = await tx<HandOver[]>`
    SELECT ${columns(tx)} FROM cards.hand_over WHERE request_id = ${requestId}`;
  return row;
}

/** Enters one; what another counter has open for the same card is over. */
export async function insertHandOver(
  tx: Tx,
  opened: HandOver & { readonly requestId: string },
  facts: HandOverFacts,
  at: Date,
): Promise<void> {
  await tx`
    UPDATE cards.hand_over SET state = 'replaced', done_at = ${at} WHERE card_id = ${opened.cardId} AND state = 'open'`;
  await tx`
    INSERT INTO cards.hand_over (hand_over_id, request_id, card_id, application_id, facts_sha256, receiver, documents,
      receiver_documents, ground, old_card, checked_by, challenge, opened_at, expires_at, state)
    VALUES (${opened.handOverId}, ${opened.requestId}, ${opened.cardId}, ${opened.applicationId}, ${opened.factsSha256},
      ${facts.receiver}, ${[...facts.documents]}, ${[...facts.receiverDocuments]}, ${facts.ground}, ${facts.oldCard},
      ${facts.checkedBy}, ${opened.challenge}, ${at}, ${opened.expiresAt}, 'open')`;
}

export interface FaceCompared {
  /** SHA-256 of the photo as it was read from the chip; null where the card has none. */
  readonly faceSha256: Buffer | null;
  readonly comparedWith: 'camera' | 'document' | null;
}

export async function storeCompleted(
  tx: Tx,
  handOverId: string,
  { faceSha256, comparedWith }: FaceCompared,
  at: Date,
): Promise<void> {
  await tx`
    UPDATE cards.hand_over SET state = 'completed', face_sha256 = ${faceSha256}, face_compared_with = ${comparedWith},
      done_at = ${at}
    WHERE hand_over_id = ${handOverId}`;
}

export async function storeRefused(tx: Tx, handOverId: string, refusal: string, at: Date): Promise<void> {
  await tx`
    UPDATE cards.hand_over SET state = 'refused', refusal = ${refusal}, done_at = ${at}
    WHERE hand_over_id = ${handOverId}`;
}

/** What became of the card that the person had in their hands before this one: none, void, or still to be exchanged. */
export async function findOldStanding(
  tx: Tx,
  residentCode: string,
  cardId: string,
): Promise<'none' | 'void' | 'active' | 'suspended'> {
  const [row] = await tx<{ state: 'void' | 'active' | 'suspended' }[]>`
    SELECT c.state FROM cards.card c
    WHERE c.resident_code = ${residentCode} AND c.card_id <> ${cardId}
      AND EXISTS (SELECT FROM cards.card_change h WHERE h.card_id = c.card_id AND h.state = 'active')
    ORDER BY c.state = 'void' LIMIT 1`;
  return row?.state ?? 'none';
}
