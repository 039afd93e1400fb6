/**
 * Checking proofs: RFC 9162 sections 2.1.3.2 and 2.1.4.2. Deliberately not built on the code that makes proofs, so that
 * a mistake there is found here.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { TreeCode } from './failure-codes.ts';
import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './hashes.ts';

/** What a proof may be refused for. */
export type ProofCode = Extract<TreeCode, 'index-outside' | 'tree-shrank' | 'proof-length' | 'root-differs'>;

const isOdd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);
const same = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0;
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const areHashes = (hashes: readonly Uint8Array[]): boolean =>
  hashes.every((hash) => hash.length === HASH_BYTES);

/** Whether a leaf is at `index` of the tree of `size` leaves whose root is `root`. */
export function verifyInclusion(claim: {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}): Result<undefined, ProofCode> {
  const { index, size, proof } = claim;
  if (!isCount(index) || !isCount(size) || index >= size)
    return fail('index-outside', `leaf ${index} of ${size}`);
  if (!areHashes([...proof, claim.leafHash, claim.root]))
    return fail('proof-length', 'a hash is not 32 bytes');
  let node = index;
  let last = size - 1;
  let hash = claim.leafHash;
  for (const sibling of proof) {
    if (last === 0) return fail('proof-length', 'the proof goes on above the root');
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    node = half(node);
    last = half(last);
  }
  if (last !== 0) return fail('proof-length', 'the proof ends below the root');
  return same(hash, claim.root)
    ? ok(undefined)
    : fail('root-differs', `leaf ${index} does not lead to the root`);
}

/** What `verifyConsistency` is asked. */
export interface ConsistencyClaim {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly newSize: number;
  readonly newRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Whether the older tree is the beginning of the newer one. The empty tree begins every tree, by an empty proof. */
export function verifyConsistency(claim: ConsistencyClaim): Result<undefined, ProofCode> {
  const { oldSize, newSize, proof, oldRoot, newRoot } = claim;
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize)
    return fail('tree-shrank', `from ${oldSize} to ${newSize} leaves`);
  if (!areHashes([...proof, oldRoot, newRoot])) return fail('proof-length', 'a hash is not 32 bytes');
  if (oldSize === 0 || oldSize === newSize) {
    if (proof.length > 0) return fail('proof-length', 'nothing is to be proved');
    if (newSize === 0 && !same(newRoot, EMPTY_ROOT))
      return fail('root-differs', 'not the root of an empty tree');
    return same(oldRoot, oldSize === 0 ? EMPTY_ROOT : newRoot)
      ? ok(undefined)
      : fail('root-differs', `two roots for ${oldSize} leaves`);
  }
  return climb(claim);
}

function climb({
  oldSize,
  newSize,
  proof,
  oldRoot,
  newRoot,
}: ConsistencyClaim): Result<undefined, ProofCode> {
  let node = oldSize - 1;
  let last = newSize - 1;
  while (isOdd(node)) {
    node = half(node);
    last = half(last);
  }
  // node 0: the old tree is perfect, and its root is itself the first hash
  const [first, ...rest] = node === 0 ? [oldRoot, ...proof] : proof;
  if (first === undefined || proof.length === 0) return fail('proof-length', 'the proof is empty');
  let oldHash = first;
  let newHash = first;
  for (const sibling of rest) {
    if (last === 0) return fail('proof-length', 'the proof goes on above the root');
    if (isOdd(node) || node === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    node = half(node);
    last = half(last);
  }
  if (last !== 0) return fail('proof-length', 'the proof ends below the root');
  if (!same(oldHash, oldRoot))
    return fail('root-differs', `the proof does not lead to the root at ${oldSize}`);
  if (!same(newHash, newRoot))
    return fail('root-differs', `the proof does not lead to the root at ${newSize}`);
  return ok(undefined);
}
