/** Stores call records, each once: the same record again changes nothing, another one under the same id is refused. */
import type { Tx } from '@ishizue/db';
import type { CallRecord } from './call-record.ts';

export interface StoredCalls {
  readonly stored: number;
  /** Were there before, the same. */
  readonly unchanged: number;
  /** Ids under which there is another record. */
  readonly different: readonly string[];
}

/** @param calls of different ids */
export async function storeCalls(tx: Tx, source: string, calls: readonly CallRecord[]): Promise<StoredCalls> {
  if (calls.length === 0) return { stored: 0, unchanged: 0, different: [] };
  const rows = await tx<{ callId: string; isStored: boolean; isSame: boolean }[]>`
    WITH given AS (
      SELECT "callId" AS call_id, to_timestamp("offeredAt" / 1000.0)::timestamptz(3) AS offered_at, waited_s, channel,
        language, topic, outcome, operator
      FROM jsonb_to_recordset(${tx.json(calls as never)}) AS g("callId" text, "offeredAt" float8, waited_s int,
        channel text, language text, topic text, outcome text, operator text)
    ), stored AS (
      INSERT INTO help_desk.call (source, call_id, offered_at, waited_s, channel, language, topic, outcome, operator)
      SELECT ${source}, g.* FROM given g ON CONFLICT DO NOTHING RETURNING call_id
    )
    SELECT g.call_id AS "callId", s.call_id IS NOT NULL AS "isStored",
      (g.offered_at, g.waited_s, g.channel, g.language, g.topic, g.outcome) IS NOT DISTINCT FROM
        (c.offered_at, c.waited_s, c.channel, c.language, c.topic, c.outcome)
        AND g.operator IS NOT DISTINCT FROM c.operator AS "isSame"
    FROM given g LEFT JOIN stored s USING (call_id)
    -- OFFSET: each by its key, whatever the planner believes of a table that is being filled
    LEFT JOIN LATERAL (SELECT * FROM help_desk.call
      WHERE source = ${source} AND call_id = g.call_id OFFSET 0) c ON true`;
  // a row stored now is not seen by the same statement
  const before = rows.filter(({ isStored }) => !isStored);
  const different = before.filter(({ isSame }) => !isSame).map(({ callId }) => callId);
  return {
    stored: rows.length - before.length,
    unchanged: before.length - different.length,
    different,
  };
}
