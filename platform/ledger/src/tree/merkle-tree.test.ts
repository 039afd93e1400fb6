import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { GrowingTree } from './growing-tree.ts';
import { EMPTY_ROOT, leafHash, nodeHash } from './hashes.ts';
import {
  consistencyProofFromTiles,
  inclusionProof,
  rootFromTiles,
  tilesOfConsistency,
  tilesOfInclusion,
  tilesOfRoot,
} from './proofs.ts';
import { consistencyRanges, inclusionRanges, type LeafRange } from './ranges.ts';
import { edgeTiles, type Tile, type TileAddress, TileSet, tileWidth } from './tiles.ts';
import { verifyConsistency, verifyInclusion } from './verify-proofs.ts';

const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');

// the reference data of Certificate Transparency for RFC 6962
const CT_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const CT_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** RFC 6962 section 2.1 as it is written there, slow and plain: the second opinion. */
class NaiveTree {
  readonly #leaves: readonly Buffer[];
  readonly #known = new Map<string, Buffer>();

  constructor(leaves: readonly Buffer[]) {
    this.#leaves = leaves;
  }

  root(start: number, end: number): Buffer {
    if (end === start) return EMPTY_ROOT;
    if (end === start + 1) return this.leaf(start);
    const key = `${start}-${end}`;
    const known = this.#known.get(key);
    if (known) return known;
    const middle = start + NaiveTree.split(end - start);
    const root = nodeHash(this.root(start, middle), this.root(middle, end));
    this.#known.set(key, root);
    return root;
  }

  leaf(index: number): Buffer {
    const leaf = this.#leaves[index];
    if (!leaf) throw new Error(`no leaf ${index}`);
    return leaf;
  }

  path(m: number, start: number, end: number): Buffer[] {
    if (end - start === 1) return [];
    const k = NaiveTree.split(end - start);
    return m < k
      ? [...this.path(m, start, start + k), this.root(start + k, end)]
      : [...this.path(m - k, start + k, end), this.root(start, start + k)];
  }

  subproof(m: number, start: number, end: number, whole: boolean): Buffer[] {
    if (m === end - start) return whole ? [] : [this.root(start, end)];
    const k = NaiveTree.split(end - start);
    return m <= k
      ? [...this.subproof(m, start, start + k, whole), this.root(start + k, end)]
      : [...this.subproof(m - k, start + k, end, false), this.root(start, start + k)];
  }

  static split(n: number): number {
    return 2 ** Math.floor(Math.log2(n - 1));
  }
}

/** All tiles of a growing tree, as a store would keep them: the widest of each place. */
class TileStore {
  readonly #tiles = new Map<string, Tile>();

  put(tiles: readonly Tile[]): void {
    for (const tile of tiles) this.#tiles.set(`${tile.level}/${tile.n}`, tile);
  }

  get(addresses: readonly TileAddress[]): Tile[] {
    return addresses.map((address) => {
      const tile = this.#tiles.get(`${address.level}/${address.n}`);
      assert.ok(
        tile && tile.width >= address.width && address.width > 0,
        `tile ${address.level}/${address.n}`,
      );
      return { ...address, hashes: tile.hashes.subarray(0, address.width * 32) };
    });
  }

  count(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { level, width } of this.#tiles.values()) {
      const kind = `${level}:${width}`;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    return counts;
  }
}

const leavesOf = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) => leafHash(`leaf ${index}`));

test('the roots are those of the Certificate Transparency reference data', () => {
  const tree = new GrowingTree();
  assert.equal(hex(tree.root()), CT_ROOTS[0]);
  for (const [index, leaf] of CT_LEAVES.entries()) {
    tree.append(leafHash(Buffer.from(leaf, 'hex')));
    assert.equal(hex(tree.root()), CT_ROOTS[index + 1]);
  }
});

test('proofs are those of the reference data and of the examples in RFC 9162 section 2.1.5', () => {
  const tree = new GrowingTree();
  const [a, b, c, d, e, f, j, z] = CT_LEAVES.map((leaf) => leafHash(Buffer.from(leaf, 'hex')));
  assert.ok(a && b && c && d && e && f && j && z);
  for (const leaf of [a, b, c, d, e, f, j, z]) tree.append(leaf);
  const tiles = new TileSet(tree.takeTiles());
  const [g, h, i] = [nodeHash(a, b), nodeHash(c, d), nodeHash(e, f)];
  const [k, l] = [nodeHash(g, h), nodeHash(i, j)];
  const paths = (index: number, size: number): string[] => inclusionProof(index, size, tiles).map(hex);
  assert.deepEqual(paths(0, 7), [b, h, l].map(hex));
  assert.deepEqual(paths(3, 7), [c, g, l].map(hex));
  assert.deepEqual(paths(4, 7), [f, j, k].map(hex));
  assert.deepEqual(paths(6, 7), [i, k].map(hex));
  assert.deepEqual(paths(5, 8), [
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
  const consistent = (from: number, to: number): string[] =>
    consistencyProofFromTiles(from, to, tiles).map(hex);
  assert.deepEqual(consistent(3, 7), [c, d, g, l].map(hex));
  assert.deepEqual(consistent(4, 7), [l].map(hex));
  assert.deepEqual(consistent(6, 7), [i, j, k].map(hex));
  assert.deepEqual(consistent(1, 8), [
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ]);
});

function checkInclusion(naive: NaiveTree, store: TileStore, index: number, size: number): void {
  const tiles = new TileSet(store.get(tilesOfInclusion(index, size)));
  const proof = inclusionProof(index, size, tiles);
  assert.deepEqual(proof, naive.path(index, 0, size), `inclusion of ${index} in ${size}`);
  const claim = { leafHash: naive.leaf(index), index, size, proof, root: naive.root(0, size) };
  assert.equal(verifyInclusion(claim).ok, true, `inclusion of ${index} in ${size}`);
  if (size > 1)
    assert.equal(
      verifyInclusion({ ...claim, index: (index + 1) % size }).ok,
      false,
      `${index} moved in ${size}`,
    );
}

function checkConsistency(naive: NaiveTree, store: TileStore, oldSize: number, newSize: number): void {
  const tiles = new TileSet(store.get(tilesOfConsistency(oldSize, newSize)));
  const proof = consistencyProofFromTiles(oldSize, newSize, tiles);
  const expected = oldSize === 0 ? [] : naive.subproof(oldSize, 0, newSize, true);
  assert.deepEqual(proof, expected, `consistency of ${oldSize} and ${newSize}`);
  const [oldRoot, newRoot] = [naive.root(0, oldSize), naive.root(0, newSize)];
  assert.equal(
    verifyConsistency({ oldSize, oldRoot, newSize, newRoot, proof }).ok,
    true,
    `${oldSize} ${newSize}`,
  );
  const forged = Buffer.from(oldRoot);
  forged.writeUInt8(forged.readUInt8(5) ^ 1, 5);
  const answer = verifyConsistency({ oldSize, oldRoot: forged, newSize, newRoot, proof });
  assert.equal(answer.ok ? '' : answer.failure.code, 'root-differs', `${oldSize} ${newSize}`);
}

test('roots and proofs agree with the plain tree of the RFC at every size from 0 to 600', () => {
  const leaves = leavesOf(600);
  const naive = new NaiveTree(leaves);
  const store = new TileStore();
  let tree = new GrowingTree();
  for (let size = 0; size <= 600; size++) {
    assert.deepEqual(tree.root(), naive.root(0, size), `root at ${size}`);
    store.put(tree.takeTiles());
    assert.deepEqual(rootFromTiles(size, new TileSet(store.get(tilesOfRoot(size)))), naive.root(0, size));
    const every = size <= 40 ? 1 : 61;
    for (let index = size % every; index < size; index += every) checkInclusion(naive, store, index, size);
    for (let old = size % every; old <= size; old += every) checkConsistency(naive, store, old, size);
    // a new process goes on from the stored tiles
    tree = new GrowingTree(size, store.get(edgeTiles(size)));
    const leaf = leaves[size];
    if (leaf) tree.append(leaf);
  }
});

test('any leaf and any older size below 600 prove themselves, and nothing else proves them', () => {
  const naive = new NaiveTree(leavesOf(600));
  const store = new TileStore();
  const tree = new GrowingTree();
  for (let index = 0; index < 600; index++) tree.append(naive.leaf(index));
  store.put(tree.takeTiles());
  const sizes = fc.integer({ min: 1, max: 600 });
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(), fc.nat(), (size, seed, at, bit) => {
      checkInclusion(naive, store, seed % size, size);
      checkConsistency(naive, store, seed % (size + 1), size);
      const index = seed % size;
      const proof = inclusionProof(index, size, new TileSet(store.get(tilesOfInclusion(index, size))));
      const claim = { leafHash: naive.leaf(index), index, size, proof, root: naive.root(0, size) };
      assert.equal(verifyInclusion({ ...claim, leafHash: leafHash('other') }).ok, false);
      assert.equal(verifyInclusion({ ...claim, proof: [...proof, EMPTY_ROOT] }).ok, false);
      const hash = proof[at % Math.max(1, proof.length)];
      if (!hash) return;
      assert.equal(verifyInclusion({ ...claim, proof: proof.slice(1) }).ok, false);
      const forged = Buffer.from(hash);
      forged.writeUInt8(forged.readUInt8(bit % 32) ^ (1 << (bit % 8)), bit % 32);
      const broken = proof.map((other) => (other === hash ? forged : other));
      assert.equal(verifyInclusion({ ...claim, proof: broken }).ok, false);
    }),
    { numRuns: 400 },
  );
});

test('two different trees of growing size have no consistency proof that holds', () => {
  const naive = new NaiveTree(leavesOf(300));
  const other = new NaiveTree(leavesOf(300).with(17, leafHash('rewritten')));
  for (const [oldSize, newSize] of [
    [18, 300],
    [100, 256],
    [255, 256],
    [256, 300],
  ] as const) {
    const roots = { oldSize, oldRoot: naive.root(0, oldSize), newSize, newRoot: other.root(0, newSize) };
    for (const tree of [naive, other]) {
      const proof = tree.subproof(oldSize, 0, newSize, true);
      assert.equal(verifyConsistency({ ...roots, proof }).ok, false, `${oldSize} ${newSize}`);
    }
  }
  const shrunk = verifyConsistency({
    oldSize: 9,
    oldRoot: naive.root(0, 9),
    newSize: 8,
    newRoot: naive.root(0, 8),
    proof: [],
  });
  assert.equal(shrunk.ok ? '' : shrunk.failure.code, 'tree-shrank');
});

test('a proof is not taken for a tree of another size', () => {
  const naive = new NaiveTree(leavesOf(9));
  const codeOf = (answer: ReturnType<typeof verifyInclusion>): string =>
    answer.ok ? 'ok' : answer.failure.code;
  const claim = {
    leafHash: naive.leaf(0),
    index: 0,
    size: 4,
    proof: naive.path(0, 0, 4),
    root: naive.root(0, 4),
  };
  assert.equal(codeOf(verifyInclusion(claim)), 'ok');
  for (const size of [1, 2, 5, 8, 9])
    assert.equal(codeOf(verifyInclusion({ ...claim, size })), 'proof-length', `${size}`);
  assert.equal(codeOf(verifyInclusion({ ...claim, index: 4 })), 'index-outside');
  for (const wrong of [-1, 0.5, 2 ** 53, Number.NaN])
    assert.equal(codeOf(verifyInclusion({ ...claim, index: wrong })), 'index-outside', `${wrong}`);
  const proof = naive.subproof(4, 0, 8, true);
  const grown = { oldSize: 4, oldRoot: naive.root(0, 4), newSize: 8, newRoot: naive.root(0, 8), proof };
  assert.equal(codeOf(verifyConsistency(grown)), 'ok');
  for (const newSize of [9, 16, 17])
    assert.equal(codeOf(verifyConsistency({ ...grown, newSize })), 'proof-length', `${newSize}`);
  for (const oldSize of [3, 5, 8])
    assert.notEqual(codeOf(verifyConsistency({ ...grown, oldSize })), 'ok', `${oldSize}`);
});

test('a tree of 70,000 leaves has the tiles that tlog-tiles says, and its proofs hold across levels', () => {
  const leaves = leavesOf(70_000);
  const naive = new NaiveTree(leaves);
  const tree = new GrowingTree();
  const store = new TileStore();
  for (const [index, leaf] of leaves.entries()) {
    tree.append(leaf);
    if (index % 9973 === 0) store.put(tree.takeTiles());
  }
  store.put(tree.takeTiles());
  assert.deepEqual(
    store.count(),
    new Map([
      ['0:112', 1],
      ['0:256', 273],
      ['1:17', 1],
      ['1:256', 1],
      ['2:1', 1],
    ]),
  );
  assert.equal(tileWidth(1, 0, 256), 1);
  assert.deepEqual(tree.root(), naive.root(0, 70_000));
  for (const index of [0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999])
    checkInclusion(naive, store, index, 70_000);
  for (const size of [1, 256, 65_535, 65_536, 65_537, 69_999]) checkConsistency(naive, store, size, 70_000);
});

/** The root that follows from a hash and the ranges beside it, told only by where each range lies. */
function rootAbove(
  index: number,
  start: Buffer,
  ranges: readonly LeafRange[],
  hashes: readonly Buffer[],
): Buffer {
  return ranges.reduce((below, range, at) => {
    const beside = hashes[at];
    assert.ok(beside);
    return range.start > index ? nodeHash(below, beside) : nodeHash(beside, below);
  }, start);
}

/** The root over a range of which enough subtrees are known. */
function rootOver(start: number, end: number, known: ReadonlyMap<string, Buffer>): Buffer {
  const hash = known.get(`${start}-${end}`);
  if (hash) return hash;
  assert.ok(end - start > 1, 'the proof tells too little');
  let power = 1;
  while (power * 2 < end - start) power *= 2;
  return nodeHash(rootOver(start, start + power, known), rootOver(start + power, end, known));
}

test('sizes beyond 32 bits are not cut: proofs up to 2^53 leaves verify', () => {
  const big = fc.bigInt({ min: 2n ** 31n, max: 2n ** 53n - 1n }).map(Number);
  fc.assert(
    fc.property(big, fc.double({ min: 0, max: 1, noNaN: true }), (size, share) => {
      const index = Math.min(size - 1, Math.floor(size * share));
      const ranges = inclusionRanges(index, size);
      const proof = ranges.map((range) => leafHash(`${range.start}-${range.end}`));
      const leaf = leafHash('leaf');
      const root = rootAbove(index, leaf, ranges, proof);
      assert.equal(verifyInclusion({ leafHash: leaf, index, size, proof, root }).ok, true);
      assert.equal(verifyInclusion({ leafHash: leaf, index, size, proof: proof.slice(1), root }).ok, false);
      const oldSize = Math.max(1, index);
      const told = consistencyRanges(oldSize, size);
      const known = new Map(told.map(({ start, end }) => [`${start}-${end}`, leafHash(`${start}`)]));
      const consistent = told.map(({ start, end }) => known.get(`${start}-${end}`) ?? EMPTY_ROOT);
      // on the left edge the old tree is a subtree of the new one, and its root is not told
      if (told[0] && told.every(({ start }) => start > 0)) known.set(`0-${oldSize}`, leaf);
      const oldRoot = rootOver(0, oldSize, known);
      const newRoot = rootOver(0, size, known);
      const claim = { oldSize, oldRoot, newSize: size, newRoot, proof: consistent };
      assert.equal(verifyConsistency(claim).ok, true);
      assert.equal(verifyConsistency({ ...claim, oldRoot: newRoot }).ok, false);
    }),
  );
});
