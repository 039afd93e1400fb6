/**
 * The entries of a family of affairs, known by the beginning of their code: those of one person, in pages and newest
 * first, and how many there are of a time. Both ask the entries themselves, so that they cannot differ from the ledger.
 */
import type { Sql } from '@ishizue/db';
import { entriesAbout } from './entries-about.ts';
import { type EntryRow, entryColumns, entryOf, type Position } from './entry-rows.ts';
import type { RecordedEntry } from './leaf.ts';
import { SUBJECT_BYTES } from './tree/subjects-tree.ts';

/** A page of entries, newest first. */
export interface EntryPage {
  readonly entries: readonly RecordedEntry[];
  /** Hand it back as `before` for the next page; none where this is the last. */
  readonly next: Position | undefined;
}

const LIMIT_MAX = 500;

/**
 * A person's entries of some affairs with one result.
 * @param subjects all pseudonyms that the person has had at the site
 * @param asked `limit` entries (1 to 500) older than `before`
 */
export async function entriesOfAffairs(
  sql: Sql,
  site: string,
  subjects: readonly Uint8Array[],
  asked: {
    readonly affairPrefix: string;
    readonly result: string;
    readonly before?: Position | undefined;
    readonly limit: number;
  },
): Promise<EntryPage> {
  const { affairPrefix, result, before, limit } = asked;
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
    throw new Error(`a page of ${limit} entries`);
  const only = { affairPrefix, result };
  const rows = await sql<EntryRow[]>`
    SELECT ${entryColumns(sql)} FROM (${entriesAbout(sql, site, subjects, { only, before, limit })}) e
    ORDER BY e.era DESC, e.tx DESC, e.id DESC`;
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return { entries: rows.map(entryOf), next: last && { era: last.era, tx: last.tx, id: last.id } };
}

/** How many entries have the same actor, basis, affair and result; a joint entry counts for each of its persons. */
export interface EntryCount {
  readonly actor: string;
  readonly article: string;
  readonly affair: string;
  readonly result: string;
  readonly count: number;
}

/** Counts a site's entries of some affairs from one instant until before another: one pass over the site's entries. */
export async function countEntries(
  sql: Sql,
  site: string,
  asked: { readonly affairPrefix: string; readonly from: Date; readonly until: Date },
): Promise<readonly EntryCount[]> {
  const rows = await sql<EntryCount[]>`
    SELECT actor, article, affair, result,
      sum(coalesce(octet_length(subjects) / ${SUBJECT_BYTES}::int, 1))::bigint AS count
    FROM ledger.entry
    WHERE site = ${site} AND starts_with(affair, ${asked.affairPrefix})
      AND at >= ${asked.from} AND at < ${asked.until}
    GROUP BY actor, article, affair, result ORDER BY actor, affair, article, result`;
  return rows.map((row) => ({ ...row }));
}
