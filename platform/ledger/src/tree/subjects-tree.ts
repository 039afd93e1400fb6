/**
 * The tree over the subjects of a joint entry: RFC 6962 section 2.1, its leaves the entry's salt with the pseudonym behind it.
 * Its root is in the entry's leaf. A person proves the own place in it by a few hashes, and these, salted as they are,
 * tell nothing of the others: not even that somebody is in two entries.
 */
import { HASH_BYTES, hashInto, LEAF_PREFIX_BYTE, rowAbove } from './hashes.ts';

/** The bytes of a subject's pseudonym. */
export const SUBJECT_BYTES = 32;

/** The bytes of an entry's salt. */
export const SALT_BYTES = 16;

/** A subject's leaf in the tree of its joint entry: hashed with the prefix of leaves. */
export const subjectLeaf = (salt: Uint8Array, subject: Uint8Array): Buffer => Buffer.concat([salt, subject]);

const scratch = Buffer.alloc(1 + SALT_BYTES + SUBJECT_BYTES, LEAF_PREFIX_BYTE);

/** The hashes of the subjects' leaves, one after the other. */
function bottomRow(salt: Uint8Array, subjects: Buffer): Buffer {
  const row = Buffer.allocUnsafe((subjects.length / SUBJECT_BYTES) * HASH_BYTES);
  scratch.set(salt, 1);
  for (let at = 0; at < subjects.length; at += SUBJECT_BYTES) {
    subjects.copy(scratch, 1 + SALT_BYTES, at, at + SUBJECT_BYTES);
    hashInto(row, at, scratch);
  }
  return row;
}

/** The row above, to which a hash without a right neighbour rises as it is. */
function withTheOddOne(row: Buffer): Buffer {
  const above = rowAbove(row);
  const isOdd = (row.length / HASH_BYTES) % 2 === 1;
  return isOdd ? Buffer.concat([above, row.subarray(row.length - HASH_BYTES)]) : above;
}

/**
 * The root over some subjects, at least one.
 * @param subjects the pseudonyms, one after the other
 */
export function subjectsRoot(salt: Uint8Array, subjects: Buffer): Buffer {
  let row = bottomRow(salt, subjects);
  if (row.length === 0) throw new Error('a joint entry of nobody');
  while (row.length > HASH_BYTES) row = withTheOddOne(row);
  return row;
}

/** The proof that the nth subject is among them: hashes from its neighbour upwards. */
export function subjectProof(salt: Uint8Array, subjects: Buffer, nth: number): readonly Buffer[] {
  const proof: Buffer[] = [];
  let at = nth;
  for (let row = bottomRow(salt, subjects); row.length > HASH_BYTES; row = withTheOddOne(row)) {
    const neighbour = (at % 2 === 0 ? at + 1 : at - 1) * HASH_BYTES;
    if (neighbour < row.length) proof.push(Buffer.from(row.subarray(neighbour, neighbour + HASH_BYTES)));
    at = Math.floor(at / 2);
  }
  return proof;
}
