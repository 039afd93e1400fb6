/**
 * Consistency of two Merkle tree heads (RFC 9162, 2.1.4.2; hashes as in RFC 6962). The signer verifies for itself
 * instead of trusting the ledger's own code: the two may not share a fault.
 */
import { createHash } from 'node:crypto';

/** A tree's number of leaves and its root hash (32 bytes). */
export interface TreeHead {
  readonly size: number;
  readonly rootHash: Buffer;
}

const EMPTY_ROOT = createHash('sha256').digest();
const NODE_PREFIX = Buffer.from([1]);

const hashNode = (left: Buffer, right: Buffer): Buffer =>
  createHash('sha256').update(NODE_PREFIX).update(left).update(right).digest();

/** Whether the proof shows that `next` continues `previous`. Sizes are safe integers, so halving is by division. */
export function isConsistent(previous: TreeHead, next: TreeHead, proof: readonly Buffer[]): boolean {
  if (previous.size > next.size) return false;
  if (previous.size === next.size) return proof.length === 0 && previous.rootHash.equals(next.rootHash);
  if (previous.size === 0) return proof.length === 0 && previous.rootHash.equals(EMPTY_ROOT);
  const path = isPowerOfTwo(previous.size) ? [previous.rootHash, ...proof] : proof;
  return rebuildsBoth(previous, next, path);
}

function rebuildsBoth(previous: TreeHead, next: TreeHead, path: readonly Buffer[]): boolean {
  const [seed, ...rest] = path;
  if (!seed) return false;
  let first = previous.size - 1; // fn and sn of the RFC: positions of the last leaves, level by level
  let second = next.size - 1;
  while (first % 2 === 1) {
    first = (first - 1) / 2;
    second = Math.floor(second / 2);
  }
  let [firstHash, secondHash] = [seed, seed];
  for (const sibling of rest) {
    if (second === 0) return false;
    if (first % 2 === 1 || first === second) {
      firstHash = hashNode(sibling, firstHash);
      secondHash = hashNode(sibling, secondHash);
      while (first % 2 === 0 && first !== 0) {
        first /= 2;
        second = Math.floor(second / 2);
      }
    } else {
      secondHash = hashNode(secondHash, sibling);
    }
    first = Math.floor(first / 2);
    second = Math.floor(second / 2);
  }
  return second === 0 && firstHash.equals(previous.rootHash) && secondHash.equals(next.rootHash);
}

/** Whether a head can exist at all: the empty tree has one root only. */
export const isPossibleHead = ({ size, rootHash }: TreeHead): boolean =>
  Number.isSafeInteger(size) && size >= 0 && (size > 0 || rootHash.equals(EMPTY_ROOT));

function isPowerOfTwo(size: number): boolean {
  let rest = size;
  while (rest % 2 === 0) rest /= 2;
  return rest === 1;
}
