/**
 * The entries about a person, as a subquery: those of the person alone, whose index has the order of entries, so that a page
 * costs a page, and the joint ones, which an index over their subjects finds.
 */
import type { Sql } from '@ishizue/db';
import type { Position } from './entry-rows.ts';
import { SUBJECT_BYTES } from './tree/subjects-tree.ts';

/** Which of them. */
export interface AskedEntries {
  /** Of these affairs and with this result only. */
  readonly only?: { readonly affairPrefix: string; readonly result: string };
  /** Older than this. */
  readonly before?: Position | undefined;
  readonly limit: number;
}

/**
 * The newest entries about a person at a site, newest first: all columns of `ledger.entry`, and of a joint entry `nth`, the
 * person's place, and `joint`, all its subjects. That the person is at this place is compared here: the index knows but the
 * beginning of each pseudonym.
 * @param subjects the pseudonyms that the person has had, at least one
 */
export function entriesAbout(
  sql: Sql,
  site: string,
  subjects: readonly Uint8Array[],
  { only, before, limit }: AskedEntries,
) {
  const [one, ...more] = subjects;
  const hexes = subjects.map((subject) => Buffer.from(subject).toString('hex'));
  const given = sql`(SELECT decode(hex, 'hex') AS subject FROM unnest(${hexes}::text[]) AS h (hex))`;
  // of one pseudonym, as nearly always, the index gives the order
  const isAsked =
    one !== undefined && more.length === 0 ? sql`o.subject = ${one}` : sql`o.subject = ANY (ARRAY${given})`;
  const asked = only
    ? sql`AND starts_with(o.affair, ${only.affairPrefix}) AND o.result = ${only.result}`
    : sql``;
  const older =
    before === undefined
      ? sql``
      : sql`AND (o.era, o.tx, o.id) < (${before.era}, ${before.tx}::xid8, ${before.id})`;
  const newest = sql`ORDER BY o.era DESC, o.tx DESC, o.id DESC LIMIT ${limit}`;
  return sql`
    SELECT * FROM (
      (
        SELECT o.*, NULL::smallint AS nth, NULL::bytea AS joint FROM ledger.entry o
        WHERE o.site = ${site} AND ${isAsked} ${asked} ${older}
        ${newest}
      ) UNION ALL (
        SELECT o.*, ((g.place - 1) / ${SUBJECT_BYTES}::int)::smallint AS nth, o.subjects AS joint
        -- OFFSET keeps the planner on the index: it thinks that few entries are of a site and time, and would read those
        FROM (
          SELECT e.* FROM ledger.entry e
          WHERE e.subjects IS NOT NULL
            AND ledger.heads(e.subjects)
              && ARRAY(SELECT substr(subject, 1, ${HEAD_BYTES}::int)::bigint FROM ${given} AS g)
          OFFSET 0
        ) o
        CROSS JOIN LATERAL (SELECT position(g.subject IN o.subjects) AS place FROM ${given} AS g) g
        WHERE g.place % ${SUBJECT_BYTES}::int = 1 AND o.site = ${site} ${asked} ${older}
        ${newest}
      )
    ) both_kinds
    ORDER BY era DESC, tx DESC, id DESC LIMIT ${limit}`;
}

/** How much of a pseudonym is in the index. */
const HEAD_BYTES = 8;
