/** Rows of cards. A change of state is the row's update and its history row, in one statement. */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { RevocationReason } from '@ishizue/x509';
import type { CardState } from './card-lifecycle.ts';

export interface Card {
  readonly cardId: string;
  readonly applicationId: string;
  readonly residentCode: string;
  readonly state: CardState;
  /** Of the card's changes, from 1. */
  readonly sequence: number;
  readonly issuedOn: IsoDate;
  readonly expiresOn: IsoDate;
  readonly revocationDue: RevocationReason | null;
}

/** One step in a card's life, and what it means for the card's certificates. */
export interface CardChange {
  readonly cardId: string;
  readonly state: CardState;
  readonly sequence: number;
  readonly reason: string | null;
  /** null leaves what is due as it is. */
  readonly revocationDue: RevocationReason | null;
  /** Milliseconds since the epoch. */
  readonly revocationDueAt: number | null;
  /** Another last day; absent, it stays. */
  readonly expiresOn?: IsoDate;
  /** Whether it is a face-authentication card from now on; absent, it stays what it is. */
  readonly isFaceAuthentication?: boolean;
}

const columns = (tx: Tx) => tx`
  card_id AS "cardId", application_id AS "applicationId", resident_code AS "residentCode", state, sequence,
  issued_on AS "issuedOn", expires_on AS "expiresOn", revocation_due AS "revocationDue"`;

export async function findCard(tx: Tx, cardId: string): Promise<Card | undefined> {
  const [row] = await tx<Card[]>`SELECT ${columns(tx)} FROM cards.card WHERE card_id = ${cardId}`;
  return row;
}

export async function getCardForUpdate(tx: Tx, cardId: string): Promise<Card> {
  const [row] = await tx<Card[]>`SELECT ${columns(tx)} FROM cards.card WHERE card_id = ${cardId} FOR UPDATE`;
  if (!row) throw new Error('a card is gone');
  return row;
}

/** The one card of an application that is not void; locked. */
export async function lockValidCardOfApplication(tx: Tx, applicationId: string): Promise<Card | undefined> {
  const [row] = await tx<Card[]>`
    SELECT ${columns(tx)} FROM cards.card WHERE application_id = ${applicationId} AND state <> 'void' FOR UPDATE`;
  return row;
}

/** The cards of these persons that are not void; locked. */
export async function lockValidCards(tx: Tx, residentCodes: readonly string[]): Promise<readonly Card[]> {
  return tx<Card[]>`
    SELECT ${columns(tx)} FROM cards.card
    WHERE resident_code = ANY(${residentCodes}) AND state <> 'void' ORDER BY card_id FOR UPDATE`;
}

/** Of these cards those that are not void; locked. */
export async function lockValidCardsById(tx: Tx, cardIds: readonly string[]): Promise<readonly Card[]> {
  return tx<Card[]>`
    SELECT ${columns(tx)} FROM cards.card
    WHERE card_id = ANY(${[...cardIds]}) AND state <> 'void' ORDER BY card_id FOR UPDATE`;
}

/** The cards of these persons that are in their hands: active or suspended; locked. */
export async function lockUsableCards(tx: Tx, residentCodes: readonly string[]): Promise<readonly Card[]> {
  return tx<Card[]>`
    SELECT ${columns(tx)} FROM cards.card
    WHERE resident_code = ANY(${residentCodes}) AND state IN ('active', 'suspended') ORDER BY card_id FOR UPDATE`;
}

/** Whether a card is a face-authentication card (顔認証マイナンバーカード). */
export async function isFaceAuthentication(tx: Tx, cardId: string): Promise<boolean> {
  const [row] = await tx<{ is: boolean }[]>`
    SELECT is_face_authentication AS is FROM cards.card WHERE card_id = ${cardId}`;
  return row?.is === true;
}

/** Enters a card that the factory is about to make. */
export async function insertCard(tx: Tx, card: Card, at: Date): Promise<void> {
  await tx`
    WITH entered AS (
      INSERT INTO cards.card (card_id, application_id, resident_code, state, sequence, issued_on, expires_on)
      VALUES (${card.cardId}, ${card.applicationId}, ${card.residentCode}, ${card.state}, ${card.sequence},
        ${card.issuedOn}, ${card.expiresOn})
      RETURNING card_id, sequence, state
    )
    INSERT INTO cards.card_change (card_id, sequence, state, changed_at)
    SELECT card_id, sequence, state, ${at}::timestamptz FROM entered`;
}

/** Stores changes of cards that are locked, one for each. */
export async function storeCardChanges(tx: Tx, changes: readonly CardChange[], at: Date): Promise<void> {
  if (changes.length === 0) return;
  const stored = await tx`
    WITH changed AS (
      UPDATE cards.card c SET state = n.state, sequence = n.sequence,
        revocation_due = coalesce(n."revocationDue", c.revocation_due),
        revocation_due_at = coalesce(to_timestamp(n."revocationDueAt" / 1000.0), c.revocation_due_at),
        expires_on = coalesce(n."expiresOn", c.expires_on),
        is_face_authentication = coalesce(n."isFaceAuthentication", c.is_face_authentication)
      FROM jsonb_to_recordset(${tx.json(changes as never)})
        AS n("cardId" text, sequence int, state text, reason text, "revocationDue" text, "revocationDueAt" float8,
          "expiresOn" date, "isFaceAuthentication" boolean)
      WHERE c.card_id = n."cardId" AND c.sequence = n.sequence - 1
      RETURNING n.*
    )
    INSERT INTO cards.card_change (card_id, sequence, state, reason, changed_at)
    SELECT "cardId", sequence, state, reason, ${at}::timestamptz FROM changed`;
  if (stored.count !== changes.length) throw new Error('a card changed under its lock');
}
