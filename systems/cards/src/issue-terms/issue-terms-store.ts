/** Rows of terms of issue: agreed once, taken by one application that was not refused, never changed. */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { IssueGround } from './issue-grounds.ts';

export interface StoredTerms {
  /** The request id under which they were agreed. */
  readonly termsId: string;
  readonly residentCode: string;
  readonly ground: IssueGround;
  readonly previousCard: string | null;
  readonly isExpress: boolean;
  readonly isOnline: boolean;
  readonly eventOn: IsoDate | null;
  /** By when an express card is with its holder; null of others. */
  readonly dueOn: IsoDate | null;
  readonly card_yen: number;
  readonly certificates_yen: number;
  /** Whether an application has taken them, and was not refused since. */
  readonly isTaken: boolean;
}

/** By their ids. */
export async function findTerms(
  tx: Tx,
  termsIds: readonly string[],
): Promise<ReadonlyMap<string, StoredTerms>> {
  const rows = await tx<StoredTerms[]>`
    SELECT request_id AS "termsId", resident_code AS "residentCode", ground, previous_card AS "previousCard",
      is_express AS "isExpress", is_online AS "isOnline", event_on AS "eventOn", due_on AS "dueOn", card_yen, certificates_yen,
      EXISTS (SELECT FROM cards.application a WHERE a.terms_id = t.request_id AND a.state <> 'refused') AS "isTaken"
    FROM cards.issue_terms t WHERE request_id = ANY(${[...termsIds]})`;
  return new Map(rows.map((row) => [row.termsId, row]));
}

export async function insertTerms(
  tx: Tx,
  terms: Omit<StoredTerms, 'isTaken'>,
  agreedOn: IsoDate,
): Promise<void> {
  await tx`
    INSERT INTO cards.issue_terms (request_id, resident_code, ground, previous_card, is_express, is_online, event_on,
      agreed_on, due_on, card_yen, certificates_yen)
    VALUES (${terms.termsId}, ${terms.residentCode}, ${terms.ground}, ${terms.previousCard}, ${terms.isExpress},
      ${terms.isOnline}, ${terms.eventOn}, ${agreedOn}, ${terms.dueOn}, ${terms.card_yen}, ${terms.certificates_yen})`;
}

/** Whether an express card was agreed on for the event already. */
export async function hasExpressTerms(
  tx: Tx,
  { residentCode, ground, eventOn }: Pick<StoredTerms, 'residentCode' | 'ground' | 'eventOn'>,
): Promise<boolean> {
  const rows = await tx`
    SELECT FROM cards.issue_terms
    WHERE resident_code = ${residentCode} AND ground = ${ground} AND event_on = ${eventOn} AND is_express`;
  return rows.length > 0;
}

/** By when the express cards among these applications are with their holders, as agreed. */
export async function findExpressDays(
  tx: Tx,
  applicationIds: readonly string[],
): Promise<ReadonlyMap<string, IsoDate>> {
  const rows = await tx<{ id: string; dueOn: IsoDate }[]>`
    SELECT application_id AS id, due_on AS "dueOn" FROM cards.application JOIN cards.issue_terms t ON t.request_id = terms_id
    WHERE application_id = ANY(${[...applicationIds]}) AND is_express`;
  return new Map(rows.map(({ id, dueOn }) => [id, dueOn]));
}
