/**
 * Entries of one act on many persons: they differ in subject, result and correlation only, and only these travel to the
 * database. For bulk provision, where writing entries is most of the work.
 */
import type { Tx } from '@ishizue/db';
import type { LedgerEntry } from './leaf.ts';
import { ENTRIES_MAX, hexOf, withoutQuoting } from './record-entries.ts';

/** What the entries have in common. */
export type AlikeEntries = Omit<LedgerEntry, 'subject' | 'result' | 'correlation'>;

/** What each entry has of its own. */
export type OwnPart = Pick<LedgerEntry, 'subject' | 'result' | 'correlation'>;

/**
 * Records entries in the caller's transaction, in the order given, with one statement.
 * @throws as `recordEntries` does
 */
export async function recordAlike(tx: Tx, common: AlikeEntries, own: readonly OwnPart[]): Promise<void> {
  if (own.length > ENTRIES_MAX) throw new Error(`${own.length} entries in one statement`);
  if (own.length === 0) return;
  await withoutQuoting(
    () => tx`
      INSERT INTO ledger.entry
        (site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation)
      SELECT ${common.site}::text, to_timestamp(${common.at / 1000}), ${common.actorKind}::text, ${common.actor}::text,
        ${common.terminal}::text, ${common.article}::text, ${common.affair}::text, decode(subject, 'hex'),
        ${[...common.fields]}::text[], result, correlation
      FROM unnest(
        ${own.map(({ subject }) => hexOf(subject))}::text[], ${own.map(({ result }) => result)}::text[],
        ${own.map(({ correlation }) => correlation)}::text[]
      ) AS given(subject, result, correlation)`,
  );
}
