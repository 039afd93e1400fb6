import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { formatCheckpoint } from './checkpoint.ts';
import { GrowingTree } from './growing-tree.ts';
import { leafHash } from './hashes.ts';
import { formatProofFile, verifyProofFile } from './proof-file.ts';
import { inclusionProof } from './proofs.ts';
import { formatNote, formatVerifierKey, noteKeyId, type VerifierKey } from './signed-note.ts';
import { TileSet } from './tiles.ts';

const ORIGIN = 'ledger.example/municipal/131016';

function newKey(name: string): { key: VerifierKey; privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    key: { name, publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32) },
    privateKey,
  };
}

function proofFileOf(index: number, size: number, { key, privateKey }: ReturnType<typeof newKey>): string {
  const leaves = Array.from({ length: size }, (_, at) => `{"entry":${at}}`);
  const tree = new GrowingTree();
  for (const leaf of leaves) tree.append(leafHash(leaf));
  const text = formatCheckpoint({ origin: ORIGIN, size, rootHash: tree.root() });
  const signature = sign(null, Buffer.from(text), privateKey);
  return formatProofFile({
    leaf: leaves[index] ?? '',
    index,
    proof: inclusionProof(index, size, new TileSet(tree.takeTiles())),
    checkpoint: formatNote({ text, signatures: [{ name: key.name, keyId: noteKeyId(key), signature }] }),
    vkey: formatVerifierKey(key),
  });
}

const signer = newKey(ORIGIN);
const file = proofFileOf(77, 200, signer);

test('a proof file verifies with nothing but itself, and with the key that the reader has pinned', () => {
  const proven = mustSucceed(verifyProofFile(file), 'verify');
  assert.equal(proven.leaf, '{"entry":77}');
  assert.equal(proven.index, 77);
  assert.equal(proven.checkpoint.size, 200);
  assert.equal(proven.checkpoint.origin, ORIGIN);
  assert.equal(verifyProofFile(file, signer.key).ok, true);
});

test('a proof file of somebody who made up a log with the same name is refused under the pinned key', () => {
  const impostor = proofFileOf(77, 200, newKey(ORIGIN));
  assert.equal(verifyProofFile(impostor).ok, true);
  const answer = verifyProofFile(impostor, signer.key);
  assert.equal(answer.ok ? '' : answer.failure.code, 'key-unknown');
});

test('a key that signs for another log proves nothing about this one', () => {
  const other = newKey('ledger.example/national');
  const answer = verifyProofFile(proofFileOf(77, 200, other), other.key);
  assert.equal(answer.ok ? '' : answer.failure.code, 'checkpoint-malformed');
});

test('a changed entry, place, path, checkpoint or signature is refused with its own code', () => {
  const codeAfter = (from: string | RegExp, to: string): string => {
    const changed = file.replace(from, to);
    assert.notEqual(changed, file);
    const answer = verifyProofFile(changed, signer.key);
    return answer.ok ? 'verified' : answer.failure.code;
  };
  assert.equal(codeAfter('\\"entry\\":77', '\\"entry\\":78'), 'root-differs');
  assert.equal(codeAfter('"index": 77', '"index": 76'), 'root-differs');
  assert.equal(codeAfter('"index": 77', '"index": 200'), 'index-outside');
  assert.equal(codeAfter('"index": 77', '"index": "77"'), 'proof-file-malformed');
  assert.equal(codeAfter(/"proof": \[\s+"[^"]+",/, '"proof": ['), 'proof-length');
  assert.equal(codeAfter('\\n200\\n', '\\n201\\n'), 'signature-invalid');
  assert.equal(codeAfter('ishizue-ledger-proof/1', 'ishizue-ledger-proof/2'), 'proof-file-malformed');
  assert.equal(codeAfter('\\"entry\\":77', '\\"entry\\":77\\ud800'), 'proof-file-malformed');
  assert.equal(codeAfter('"vkey": "ledger', '"vkey": "ledges'), 'key-malformed');
});

test('whatever character of a proof file is changed, nothing else than the true entry is ever proven', () => {
  const truth = mustSucceed(verifyProofFile(file), 'verify');
  fc.assert(
    fc.property(fc.nat({ max: file.length - 1 }), fc.string({ unit: 'binary', maxLength: 2 }), (at, put) => {
      const answer = verifyProofFile(`${file.slice(0, at)}${put}${file.slice(at + 1)}`, signer.key);
      if (answer.ok) assert.deepEqual(answer.value, truth);
    }),
    { numRuns: 3000 },
  );
});

test('what is no proof file is refused, however long', () => {
  for (const text of [
    '',
    'null',
    '[]',
    '{}',
    '{"format":"ishizue-ledger-proof/1"}',
    ' '.repeat(500_000),
    '['.repeat(100_000),
  ]) {
    const answer = verifyProofFile(text);
    assert.equal(answer.ok ? '' : answer.failure.code, 'proof-file-malformed', text.slice(0, 40));
  }
});
