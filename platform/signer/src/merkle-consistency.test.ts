import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isConsistent, isPossibleHead } from './merkle-consistency.ts';
import { ReferenceTree } from './testing/reference-tree.ts';

const TREE = new ReferenceTree(300);
const head = (tree: ReferenceTree, size: number) => ({ size, rootHash: tree.root(size) });

test('every pair of sizes of a tree is consistent with the proof that RFC 9162 defines', () => {
  for (let second = 0; second <= 70; second++) {
    for (let first = 0; first <= second; first++) {
      const proof = TREE.consistencyProof(first, second);
      assert.equal(isConsistent(head(TREE, first), head(TREE, second), proof), true, `${first} to ${second}`);
    }
  }
});

test('a proof with any bit changed, a hash missing or one too many does not verify', () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 299 }), fc.integer({ min: 1, max: 299 }));
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat({ max: 255 }), ([a, b], which, bit) => {
      const [first, second] = [Math.min(a, b), Math.max(a, b) + 1];
      const proof = TREE.consistencyProof(first, second);
      const changed = proof.map((hash) => Buffer.from(hash));
      const target = changed[which % changed.length];
      assert.ok(target);
      target[bit >> 3] = (target[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const [from, to] = [head(TREE, first), head(TREE, second)];
      assert.equal(isConsistent(from, to, changed), false);
      assert.equal(isConsistent(from, to, proof.slice(1)), false);
      assert.equal(isConsistent(from, to, [...proof, randomBytes(32)]), false);
    }),
    { numRuns: 500 },
  );
});

test('a tree in which an early leaf was replaced is not consistent, whatever honest proof either tree gives', () => {
  const other = new ReferenceTree(300, 'forged');
  for (const [first, second] of [
    [1, 2],
    [4, 7],
    [8, 200],
    [129, 300],
  ] as const) {
    for (const tree of [TREE, other]) {
      assert.equal(
        isConsistent(head(TREE, first), head(other, second), tree.consistencyProof(first, second)),
        false,
      );
    }
  }
});

test('a smaller tree and another root of the same size are refused', () => {
  assert.equal(isConsistent(head(TREE, 9), head(TREE, 8), []), false);
  assert.equal(isConsistent(head(TREE, 9), { size: 9, rootHash: randomBytes(32) }, []), false);
});

test('the empty tree has one root', () => {
  assert.equal(isPossibleHead({ size: 0, rootHash: TREE.root(0) }), true);
  assert.equal(isPossibleHead({ size: 0, rootHash: randomBytes(32) }), false);
  assert.equal(isPossibleHead({ size: 2 ** 53, rootHash: randomBytes(32) }), false);
});
