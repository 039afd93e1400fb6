/**
 * The hashes of a Merkle tree: RFC 6962 section 2.1. Leaves and inner nodes are hashed under different first bytes, so
 * that no inner node can be passed off as a leaf.
 */
import { hash } from 'node:crypto';

/** SHA-256. */
export const HASH_BYTES = 32;

/** The root of the tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer');

/** What stands before a leaf when it is hashed. */
export const LEAF_PREFIX_BYTE = 0x00;
const LEAF_PREFIX = Buffer.from([LEAF_PREFIX_BYTE]);
const NODE_PREFIX = 0x01;
const PAIR_BYTES = 2 * HASH_BYTES;

/** The hash of a leaf, bytes or the text whose UTF-8 they are: SHA-256(0x00 ‖ leaf). */
export function leafHash(leaf: Uint8Array | string): Buffer {
  return hash(
    'sha256',
    typeof leaf === 'string' ? `\0${leaf}` : Buffer.concat([LEAF_PREFIX, leaf]),
    'buffer',
  );
}

// one scratch for all: hashing is synchronous, nothing can come between filling and reading it
const scratch = Buffer.alloc(1 + PAIR_BYTES, NODE_PREFIX);

/** The hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) throw new Error('a hash is not 32 bytes');
  scratch.set(left, 1);
  scratch.set(right, 1 + HASH_BYTES);
  return hash('sha256', scratch, 'buffer');
}

/** Writes the SHA-256 of some bytes into a buffer: by way of a text, which Node makes four times as fast as a buffer. */
export function hashInto(target: Buffer, at: number, bytes: Uint8Array): void {
  target.write(hash('sha256', bytes, 'binary'), at, 'binary');
}

/**
 * One row of a tree from the row below it; a hash without a right neighbour is left out.
 * @param row hashes, one after the other
 */
export function rowAbove(row: Uint8Array): Buffer {
  const below = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
  const above = Buffer.allocUnsafe(Math.floor(row.length / PAIR_BYTES) * HASH_BYTES);
  for (let at = 0; at < above.length; at += HASH_BYTES) {
    below.copy(scratch, 1, 2 * at, 2 * at + PAIR_BYTES);
    hashInto(above, at, scratch);
  }
  return above;
}

/**
 * The root of a perfect subtree.
 * @param hashes its 2^k lowest hashes, one after the other
 */
export function perfectRoot(hashes: Uint8Array): Buffer {
  const count = hashes.length / HASH_BYTES;
  if (count < 1 || !Number.isInteger(Math.log2(count)))
    throw new Error(`${count} hashes are no perfect tree`);
  let row: Buffer = Buffer.from(hashes);
  while (row.length > HASH_BYTES) row = rowAbove(row);
  return row;
}
