/** Rows of residence cases: appended, numbered from 1 a card; the last one counts, and the one before it stops being due. */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { VoidReason } from '../card/void-reason.ts';
import type { ResidenceCase } from './residence-case.ts';

interface StoredCase extends ResidenceCase {
  readonly cardId: string;
}

const columns = (tx: Tx) => tx`
  card_id AS "cardId", state, municipality, moved_on AS "movedOn", noticed_on AS "noticedOn", last_day AS "lastDay",
  lapse_reason AS "lapseReason"`;

/** The latest case of each of these cards that has any. */
export async function latestCases(
  tx: Tx,
  cardIds: readonly string[],
): Promise<ReadonlyMap<string, ResidenceCase>> {
  const rows = await tx<StoredCase[]>`
    SELECT DISTINCT ON (card_id) ${columns(tx)} FROM cards.residence_case
    WHERE card_id = ANY(${cardIds}) ORDER BY card_id, number DESC`;
  return new Map(rows.map((row) => [row.cardId, row]));
}

/** The two latest cases of a card, the last first. */
export async function lastTwoCases(tx: Tx, cardId: string): Promise<readonly ResidenceCase[]> {
  return tx<ResidenceCase[]>`
    SELECT ${columns(tx)} FROM cards.residence_case WHERE card_id = ${cardId} ORDER BY number DESC LIMIT 2`;
}

/** Cards, of all or among some, whose case is over on a day: its last day is before it. With the reasons. */
export async function overdueCases(
  tx: Tx,
  today: IsoDate,
  { limit, among }: { readonly limit: number; readonly among?: readonly string[] },
): Promise<readonly { readonly cardId: string; readonly reason: VoidReason }[]> {
  const these = among === undefined ? tx`` : tx`AND card_id = ANY(${[...among]})`;
  return tx<{ cardId: string; reason: VoidReason }[]>`
    SELECT card_id AS "cardId", lapse_reason AS reason FROM cards.residence_case
    WHERE last_day < ${today} ${these} ORDER BY last_day, card_id LIMIT ${limit}`;
}

/** Appends a case to each of these cards, which are locked. */
export async function appendCases(tx: Tx, cases: readonly StoredCase[]): Promise<void> {
  if (cases.length === 0) return;
  const ids = cases.map(({ cardId }) => cardId);
  await tx`
    UPDATE cards.residence_case SET last_day = NULL, lapse_reason = NULL
    WHERE card_id = ANY(${ids}) AND last_day IS NOT NULL`;
  await tx`
    INSERT INTO cards.residence_case (card_id, number, state, municipality, moved_on, noticed_on, last_day, lapse_reason)
    SELECT n."cardId", coalesce((SELECT max(number) FROM cards.residence_case c WHERE c.card_id = n."cardId"), 0) + 1,
      n.state, n.municipality, n."movedOn", n."noticedOn", n."lastDay", n."lapseReason"
    FROM jsonb_to_recordset(${tx.json(cases as never)})
      AS n("cardId" text, state text, municipality text, "movedOn" date, "noticedOn" date, "lastDay" date,
        "lapseReason" text)`;
}
