/**
 * Joint entries: one row for up to 256 persons of whom the same is to be told. The database writes the row and how each
 * person finds it (`ledger.record_jointly`); the root over them, which binds the row's leaf to each, is made here.
 */
import { randomBytes } from 'node:crypto';
import type { Tx } from '@ishizue/db';
import type { LedgerEntry } from './leaf.ts';
import { withoutQuoting } from './record-entries.ts';
import { SALT_BYTES, SUBJECT_BYTES, subjectsRoot } from './tree/subjects-tree.ts';

/** Persons of a joint entry at most: a person's proof is made of them all. */
export const SUBJECTS_MAX = 256;

/**
 * Records an access to many persons' data in the caller's transaction: joint entries of up to 256.
 * @param subjects the pseudonyms in hexadecimal; a person who is among them twice has two entries
 * @throws as `recordEntries` does
 */
export async function recordJointly(
  tx: Tx,
  common: Omit<LedgerEntry, 'subject'>,
  subjects: readonly string[],
): Promise<void> {
  let left = subjects.toSorted();
  while (left.length > 0) {
    const once = left.filter((subject, index) => subject !== left[index - 1]);
    const again =
      left.length === once.length ? [] : left.filter((subject, index) => subject === left[index - 1]);
    await recordOnce(tx, common, Buffer.from(once.join(''), 'hex'));
    left = again;
  }
}

/** @param subjects ascending, nobody twice */
async function recordOnce(tx: Tx, common: Omit<LedgerEntry, 'subject'>, subjects: Buffer): Promise<void> {
  const pieceBytes = SUBJECTS_MAX * SUBJECT_BYTES;
  const pieces = Math.ceil(subjects.length / pieceBytes);
  const salts = randomBytes(pieces * SALT_BYTES);
  const roots = Array.from({ length: pieces }, (_, piece) =>
    subjectsRoot(
      salts.subarray(piece * SALT_BYTES, (piece + 1) * SALT_BYTES),
      subjects.subarray(piece * pieceBytes, (piece + 1) * pieceBytes),
    ),
  );
  await withoutQuoting(
    () => tx`
      SELECT ledger.record_jointly(${common.site}, to_timestamp(${common.at / 1000}), ${common.actorKind},
        ${common.actor}, ${common.terminal}, ${common.article}, ${common.affair}, ${[...common.fields]}::text[],
        ${common.result}, ${common.correlation}, ${subjects}, ${Buffer.concat(roots)}, ${salts})`,
  );
}
