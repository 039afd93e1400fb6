/**
 * The audit of joint entries: their subjects must lead to the root that is in the leaf, in ascending order. The leaves
 * themselves are audited as all are.
 */
import type { Sql } from '@ishizue/db';
import type { EntryRow } from './entry-rows.ts';
import { SUBJECT_BYTES, subjectsRoot } from './tree/subjects-tree.ts';

const ENTRIES_AT_ONCE = 128; // of 8 KiB

/** The place among the rows of the first joint entry whose subjects are not as they were written; undefined where all are. */
export async function firstAlteredJoint(
  sql: Sql,
  site: string,
  rows: readonly EntryRow[],
): Promise<number | undefined> {
  const nths = rows.flatMap(({ subject_count }, nth) => (subject_count === null ? [] : [nth]));
  for (let from = 0; from < nths.length; from += ENTRIES_AT_ONCE) {
    const some = nths.slice(from, from + ENTRIES_AT_ONCE);
    for (const { nth, subjects } of await subjectsOf(sql, site, rows, some)) {
      const row = rows[nth];
      if (!row?.subjects_root) throw new Error('an entry came back that was not asked for');
      const root = subjectsRoot(row.salt, subjects);
      if (Buffer.compare(root, row.subjects_root) !== 0 || !isAscending(subjects)) return nth;
    }
  }
  return undefined;
}

async function subjectsOf(
  sql: Sql,
  site: string,
  rows: readonly EntryRow[],
  nths: readonly number[],
): Promise<readonly { readonly nth: number; readonly subjects: Buffer }[]> {
  const some = nths.flatMap((nth) => rows[nth] ?? []);
  return await sql<{ nth: number; subjects: Buffer }[]>`
    SELECT g.nth, e.subjects
    FROM unnest(
      ${[...nths]}::int[], ${some.map(({ era }) => era)}::int[], ${some.map((row) => row.tx)}::text[]::xid8[],
      ${some.map(({ id }) => id)}::bigint[]
    ) AS g(nth, era, tx, id)
    JOIN ledger.entry e ON e.site = ${site} AND e.era = g.era AND e.tx = g.tx AND e.id = g.id
    ORDER BY g.nth`;
}

function isAscending(subjects: Buffer): boolean {
  for (let at = SUBJECT_BYTES; at < subjects.length; at += SUBJECT_BYTES)
    if (subjects.compare(subjects, at, at + SUBJECT_BYTES, at - SUBJECT_BYTES, at) >= 0) return false;
  return true;
}
