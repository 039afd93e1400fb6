/**
 * The audit of joint entries: their subjects must lead to the root that is in the leaf, in ascending order, and each person must
 * find the entry by `joint_subject`. The leaves themselves are audited as all are.
 */
import type { Sql } from '@ishizue/db';
import type { EntryRow, Position } from './entry-rows.ts';
import { SUBJECT_BYTES, subjectsRoot } from './tree/subjects-tree.ts';

/** What is not right about a joint entry. */
export type JointCode = 'subjects-altered' | 'joint-subject-altered';

const ENTRIES_AT_ONCE = 128; // of 8 KiB

interface JointRow {
  readonly nth: number;
  readonly subjects: Buffer;
  /** How many of them find the entry. */
  readonly leading: number;
}

/**
 * The first of some entries that is not as it was written.
 * @returns its place among the rows, or undefined where all are right
 */
export async function auditJoint(
  sql: Sql,
  site: string,
  rows: readonly EntryRow[],
): Promise<{ readonly nth: number; readonly code: JointCode } | undefined> {
  const nths = rows.flatMap(({ subject_count }, nth) => (subject_count === null ? [] : [nth]));
  for (let from = 0; from < nths.length; from += ENTRIES_AT_ONCE) {
    const some = nths.slice(from, from + ENTRIES_AT_ONCE);
    for (const joint of await jointRows(sql, site, rows, some)) {
      const row = rows[joint.nth];
      if (!row?.subjects_root) throw new Error('an entry came back that was not asked for');
      const { nth, subjects, leading } = joint;
      const root = subjectsRoot(row.salt, subjects);
      if (Buffer.compare(root, row.subjects_root) !== 0 || !isAscending(subjects))
        return { nth, code: 'subjects-altered' };
      if (leading !== row.subject_count) return { nth, code: 'joint-subject-altered' };
    }
  }
  return undefined;
}

async function jointRows(
  sql: Sql,
  site: string,
  rows: readonly EntryRow[],
  nths: readonly number[],
): Promise<readonly JointRow[]> {
  const some = nths.flatMap((nth) => rows[nth] ?? []);
  return await sql<JointRow[]>`
    SELECT g.nth, e.subjects, l.leading
    FROM unnest(
      ${[...nths]}::int[], ${some.map(({ era }) => era)}::int[], ${some.map((row) => row.tx)}::text[]::xid8[],
      ${some.map(({ id }) => id)}::bigint[]
    ) AS g(nth, era, tx, id)
    JOIN ledger.entry e ON e.site = ${site} AND e.era = g.era AND e.tx = g.tx AND e.id = g.id
    CROSS JOIN LATERAL (
      SELECT count(j.site) AS leading
      FROM generate_series(0, octet_length(e.subjects) / ${SUBJECT_BYTES}::int - 1) n
      JOIN ledger.joint_subject j ON j.site = ${site} AND j.head = substr(e.subjects, n * ${SUBJECT_BYTES}::int + 1, 16)
        AND j.era = e.era AND j.tx = e.tx AND j.id = e.id AND j.nth = n
    ) l
    ORDER BY g.nth`;
}

function isAscending(subjects: Buffer): boolean {
  for (let at = SUBJECT_BYTES; at < subjects.length; at += SUBJECT_BYTES)
    if (subjects.compare(subjects, at, at + SUBJECT_BYTES, at - SUBJECT_BYTES, at) >= 0) return false;
  return true;
}

/** How many rows lead persons to joint entries up to a place: as many as these have persons, or somebody added some. */
export async function countLeading(sql: Sql, site: string, { era, tx, id }: Position): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    SELECT count(*) AS count FROM ledger.joint_subject
    WHERE site = ${site} AND (era, tx, id) <= (${era}, ${tx}::xid8, ${id})`;
  return row?.count ?? 0;
}
