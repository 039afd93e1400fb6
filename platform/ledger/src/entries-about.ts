/**
 * The entries about a person, as a subquery: those of the person alone, and the joint ones. Each kind has its index in the
 * order of entries, so that a page costs a page, however many entries there are.
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
 * person's place, and `joint`, all its subjects. That the person is at this place is compared here: `joint_subject` only
 * leads to the entry.
 * @param subjects the pseudonyms that the person has had, at least one
 */
export function entriesAbout(
  sql: Sql,
  site: string,
  subjects: readonly Uint8Array[],
  { only, before, limit }: AskedEntries,
) {
  const [one, ...more] = subjects;
  // of one pseudonym, as nearly always, the index gives the order
  const isOne = one !== undefined && more.length === 0;
  const hexes = subjects.map((subject) => Buffer.from(subject).toString('hex'));
  const given = sql`ARRAY(SELECT decode(hex, 'hex') FROM unnest(${hexes}::text[]) AS h (hex))`;
  const heads = sql`ARRAY(SELECT substr(decode(hex, 'hex'), 1, ${HEAD_BYTES}) FROM unnest(${hexes}::text[]) AS h (hex))`;
  const asked = only
    ? sql`AND starts_with(o.affair, ${only.affairPrefix}) AND o.result = ${only.result}`
    : sql``;
  const older = (name: string) =>
    before === undefined
      ? sql``
      : sql`AND (${sql(name)}.era, ${sql(name)}.tx, ${sql(name)}.id)
          < (${before.era}, ${before.tx}::xid8, ${before.id})`;
  return sql`
    SELECT * FROM (
      (
        SELECT o.*, NULL::smallint AS nth, NULL::bytea AS joint FROM ledger.entry o
        WHERE o.site = ${site} AND ${isOne ? sql`o.subject = ${one}` : sql`o.subject = ANY (${given})`}
          ${asked} ${older('o')}
        ORDER BY o.era DESC, o.tx DESC, o.id DESC LIMIT ${limit}
      ) UNION ALL (
        SELECT o.*, j.nth, o.subjects AS joint
        FROM ledger.joint_subject j
        JOIN ledger.entry o ON o.site = j.site AND o.era = j.era AND o.tx = j.tx AND o.id = j.id
        WHERE j.site = ${site}
          AND ${isOne ? sql`j.head = ${one.subarray(0, HEAD_BYTES)}` : sql`j.head = ANY (${heads})`}
          AND ${substr(sql)} ${isOne ? sql`= ${one}` : sql`= ANY (${given})`}
          ${asked} ${older('j')}
        ORDER BY j.era DESC, j.tx DESC, j.id DESC LIMIT ${limit}
      )
    ) both_kinds
    ORDER BY era DESC, tx DESC, id DESC LIMIT ${limit}`;
}

/** How much of a pseudonym is in `joint_subject`. */
const HEAD_BYTES = 16;

const substr = (sql: Sql) =>
  sql`substr(o.subjects, j.nth * ${SUBJECT_BYTES}::int + 1, ${SUBJECT_BYTES}::int)`;
