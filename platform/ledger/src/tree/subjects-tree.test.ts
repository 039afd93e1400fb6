import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { GrowingTree } from './growing-tree.ts';
import { leafHash } from './hashes.ts';
import { subjectLeaf, subjectProof, subjectsRoot } from './subjects-tree.ts';
import { verifyInclusion } from './verify-proofs.ts';

test('the root over subjects is that of the tree that grows by their leaves, and each is proved in it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (count, pick) => {
      const salt = randomBytes(16);
      const subjects = randomBytes(32 * count);
      const tree = new GrowingTree();
      const leaves = Array.from({ length: count }, (_, nth) =>
        leafHash(subjectLeaf(salt, subjects.subarray(32 * nth, 32 * nth + 32))),
      );
      for (const leaf of leaves) tree.append(leaf);
      const root = subjectsRoot(salt, subjects);
      assert.deepEqual(root, tree.root());
      const index = pick % count;
      const proof = subjectProof(salt, subjects, index);
      const leaf = leaves[index];
      assert.ok(leaf && verifyInclusion({ leafHash: leaf, index, size: count, proof, root }).ok);
    }),
    { numRuns: 200 },
  );
});

test('the root of one subject is the hash of a zero byte, salt and pseudonym', () => {
  const [salt, subject] = [randomBytes(16), randomBytes(32)];
  const expected = createHash('sha256').update(Buffer.alloc(1)).update(salt).update(subject).digest();
  assert.deepEqual(subjectsRoot(salt, subject), expected);
  assert.throws(() => subjectsRoot(salt, Buffer.alloc(0)), /nobody/);
});
