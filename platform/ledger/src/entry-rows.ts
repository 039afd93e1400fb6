/**
 * Entries as rows: their place in the order of a site's tree (era, transaction, id), and the reading of many of them
 * in this order with bounded memory.
 */
import type { Sql, Tx } from '@ishizue/db';
import { type ActorKind, encodeLeaf, type RecordedEntry } from './leaf.ts';
import { SUBJECT_BYTES } from './tree/subjects-tree.ts';

/** An entry's place among the entries of its site. The transaction id has 64 bits and is only ever handed back. */
export interface Position {
  readonly era: number;
  readonly tx: string;
  readonly id: number;
}

/** Before every entry. */
export const BEGINNING: Position = { era: 0, tx: '0', id: 0 };

/** A row of `ledger.entry` as `entryColumns` selects it. */
export interface EntryRow extends Position {
  readonly site: string;
  readonly at: Date;
  readonly actor_kind: ActorKind;
  readonly actor: string;
  readonly terminal: string;
  readonly article: string;
  readonly affair: string;
  readonly subject: Buffer | null;
  readonly fields: string[];
  readonly result: string;
  readonly correlation: string;
  readonly salt: Buffer;
  /** Of a joint entry, how many persons it is about, and the root over them. */
  readonly subject_count: number | null;
  readonly subjects_root: Buffer | null;
}

/** The columns of an `EntryRow`, of a table or subquery named `e`. */
export const entryColumns = (sql: Sql | Tx) => sql`
  e.site, e.era, e.tx, e.id, e.at, e.actor_kind, e.actor, e.terminal, e.article, e.affair, e.subject, e.fields,
  e.result, e.correlation, e.salt, octet_length(e.subjects) / ${SUBJECT_BYTES}::int AS subject_count, e.subjects_root`;

/** The entry in a row. */
export function entryOf(row: EntryRow): RecordedEntry {
  return {
    site: row.site,
    at: row.at.getTime(),
    actorKind: row.actor_kind,
    actor: row.actor,
    terminal: row.terminal,
    article: row.article,
    affair: row.affair,
    subject: row.subject,
    fields: row.fields,
    result: row.result,
    correlation: row.correlation,
    salt: row.salt,
    ...(row.subject_count !== null &&
      row.subjects_root !== null && { subjects: { count: row.subject_count, root: row.subjects_root } }),
  };
}

/** The leaf of a row's entry. */
export const leafOf = (row: EntryRow): string => encodeLeaf(entryOf(row));

const ROWS_AT_ONCE = 2000;

/** A site's entries after one position and not after another, in order, some thousand rows at a time. */
export async function* entriesBetween(
  sql: Sql | Tx,
  site: string,
  after: Position,
  through: Position,
): AsyncGenerator<readonly EntryRow[]> {
  let from = after;
  for (;;) {
    const rows: EntryRow[] = await sql<EntryRow[]>`
      SELECT ${entryColumns(sql)} FROM ledger.entry e
      WHERE e.site = ${site}
        AND (e.era, e.tx, e.id) > (${from.era}, ${from.tx}::xid8, ${from.id})
        AND (e.era, e.tx, e.id) <= (${through.era}, ${through.tx}::xid8, ${through.id})
      ORDER BY e.era, e.tx, e.id LIMIT ${ROWS_AT_ONCE}`;
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    if (rows.length < ROWS_AT_ONCE) return;
    from = last;
  }
}
