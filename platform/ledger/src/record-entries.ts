/**
 * Writing entries: in the caller's own transaction, so that an access and its entry are there together or not at all.
 * This is on the path of every access to personal data: one prepared statement, whatever the number of entries.
 */
import type { Tx } from '@ishizue/db';
import type { LedgerEntry } from './leaf.ts';

/** Entries in one statement; more are a mistake of the caller, who works through bulk data in pieces. */
export const ENTRIES_MAX = 10_000;

const CHECK_VIOLATION = '23514';

/**
 * Records one entry in the caller's transaction.
 * @throws where the entry is of another site than the transaction's, out of bounds, or holds a number in clear; the
 *   transaction is then lost
 */
export async function recordEntry(tx: Tx, entry: LedgerEntry): Promise<void> {
  const { site, actorKind, actor, terminal, article, affair, result, correlation } = entry;
  await withoutQuoting(
    () => tx`
      INSERT INTO ledger.entry
        (site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation)
      VALUES (${site}, to_timestamp(${entry.at / 1000}), ${actorKind}, ${actor}, ${terminal}, ${article}, ${affair},
        ${entry.subject}, ${[...entry.fields]}, ${result}, ${correlation})`,
  );
}

/**
 * Records entries in the caller's transaction, in the order given, with one statement.
 * @throws where an entry is of another site than the transaction's, out of bounds, or holds a number in clear; the
 *   transaction is then lost
 */
export async function recordEntries(tx: Tx, entries: readonly LedgerEntry[]): Promise<void> {
  if (entries.length > ENTRIES_MAX) throw new Error(`${entries.length} entries in one statement`);
  const [first, ...more] = entries;
  if (!first) return;
  if (more.length === 0) return await recordEntry(tx, first);
  const column = (textOf: (entry: LedgerEntry) => string): string[] => entries.map(textOf);
  await withoutQuoting(
    () => tx`
      INSERT INTO ledger.entry
        (site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation)
      SELECT site, to_timestamp(at), actor_kind, actor, terminal, article, affair, decode(subject, 'hex'),
        fields::text[], result, correlation
      FROM unnest(
        ${column((entry) => entry.site)}::text[], ${entries.map((entry) => entry.at / 1000)}::float8[],
        ${column((entry) => entry.actorKind)}::text[], ${column((entry) => entry.actor)}::text[],
        ${column((entry) => entry.terminal)}::text[], ${column((entry) => entry.article)}::text[],
        ${column((entry) => entry.affair)}::text[], ${entries.map(({ subject }) => hexOf(subject))}::text[],
        ${column((entry) => arrayLiteral(entry.fields))}::text[], ${column((entry) => entry.result)}::text[],
        ${column((entry) => entry.correlation)}::text[]
      ) AS given(site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation)`,
  );
}

/** The bytes as text for `decode`. */
export const hexOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

/** PostgreSQL's text of a text array: arrays of arrays of different lengths cannot be passed as such. */
function arrayLiteral(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** The database's error quotes the refused row, and so the very number that it was refused for: it stops here. */
export async function withoutQuoting(insert: () => Promise<unknown>): Promise<void> {
  try {
    await insert();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== CHECK_VIOLATION) throw error;
    const constraint = 'constraint_name' in error ? String(error.constraint_name) : 'unknown';
    // oxlint-disable-next-line preserve-caught-error -- the cause is what must not go on
    throw new Error(`a ledger entry is out of bounds or holds a number in clear (constraint ${constraint})`);
  }
}
