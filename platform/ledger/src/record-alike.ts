/**
 * Entries of one act on many persons: they differ in subject, result and correlation only. Those of many persons that
 * differ in the person only are joint entries: a person's entry then costs a quarter of what it costs alone, and bulk
 * provision is mostly the writing of entries.
 */
import type { Tx } from '@ishizue/db';
import type { LedgerEntry } from './leaf.ts';
import { ENTRIES_MAX, hexOf, withoutQuoting } from './record-entries.ts';
import { recordJointly } from './record-jointly.ts';

/** What the entries have in common. */
export type AlikeEntries = Omit<LedgerEntry, 'subject' | 'result' | 'correlation'>;

/** What each entry has of its own. */
export type OwnPart = Pick<LedgerEntry, 'subject' | 'result' | 'correlation'>;

/** From how many persons on they share entries; below, a row each is as cheap, and easier to read. */
export const JOINT_FROM = 16;

/**
 * Records entries in the caller's transaction: those of at least 16 persons with equal result and correlation jointly,
 * the others one by one in the order given. What is told of a person is the same.
 * @throws as `recordEntries` does
 */
export async function recordAlike(tx: Tx, common: AlikeEntries, own: readonly OwnPart[]): Promise<void> {
  if (own.length > ENTRIES_MAX) throw new Error(`${own.length} entries in one statement`);
  const single = new Set<OwnPart>();
  for (const parts of alikeParts(own)) {
    const [first] = parts;
    if (first && first.subject !== null && parts.length >= JOINT_FROM) {
      const { result, correlation } = first;
      await recordJointly(
        tx,
        { ...common, result, correlation },
        parts.flatMap(({ subject }) => hexOf(subject) ?? []),
      );
    } else {
      for (const part of parts) single.add(part);
    }
  }
  await recordSingly(
    tx,
    common,
    own.filter((part) => single.has(part)),
  );
}

/** The parts that differ in the person only; those about nobody are by themselves. */
function alikeParts(own: readonly OwnPart[]): Iterable<readonly OwnPart[]> {
  return Map.groupBy(
    own,
    ({ subject, result, correlation }) => `${subject === null ? '-' : '+'}${result} ${correlation}`,
  ).values();
}

async function recordSingly(tx: Tx, common: AlikeEntries, own: readonly OwnPart[]): Promise<void> {
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
