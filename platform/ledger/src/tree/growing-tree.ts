/**
 * Appending to a tree: C2SP tlog-tiles, "Merkle Tree". Only the tiles at the right edge are held; a tile that fills up is
 * handed over and its root becomes a hash of the level above, so memory does not grow with the tree.
 */
import { EMPTY_ROOT, HASH_BYTES, nodeHash, perfectRoot } from './hashes.ts';
import { edgeTiles, hashesAtLevel, TILE_WIDTH, type Tile } from './tiles.ts';

interface Edge {
  readonly hashes: Buffer;
  width: number;
  /** Whether hashes came since the edge was last handed over. */
  grown: boolean;
}

const newEdge = (): Edge => ({ hashes: Buffer.alloc(TILE_WIDTH * HASH_BYTES), width: 0, grown: false });

export class GrowingTree {
  #size = 0;
  readonly #edges: Edge[] = [];
  #full: Tile[] = [];

  /** Goes on from the tree of `size` leaves, whose edge tiles (`edgeTiles(size)`) are given. */
  constructor(size = 0, edge: readonly Tile[] = []) {
    const expected = edgeTiles(size);
    for (let level = 0; hashesAtLevel(level, size) > 0; level++) this.#edges.push(newEdge());
    for (const address of expected) {
      const tile = edge.find((candidate) => candidate.level === address.level && candidate.n === address.n);
      const place = this.#edges[address.level];
      if (!tile || !place || tile.hashes.length < address.width * HASH_BYTES)
        throw new Error(`a tree of ${size} cannot go on without tile ${address.level}/${address.n}`);
      place.hashes.set(tile.hashes.subarray(0, address.width * HASH_BYTES));
      place.width = address.width;
    }
    this.#size = size;
  }

  /** Leaves so far. */
  get size(): number {
    return this.#size;
  }

  /** Appends a leaf by its hash. */
  append(leafHash: Uint8Array): void {
    if (leafHash.length !== HASH_BYTES) throw new Error('a hash is not 32 bytes');
    this.#size += 1;
    this.#put(0, leafHash);
  }

  #put(level: number, hash: Uint8Array): void {
    let edge = this.#edges[level];
    if (!edge) {
      edge = newEdge();
      this.#edges[level] = edge;
    }
    edge.hashes.set(hash, edge.width * HASH_BYTES);
    edge.width += 1;
    edge.grown = true;
    if (edge.width < TILE_WIDTH) return;
    const hashes = Buffer.from(edge.hashes);
    const n = hashesAtLevel(level, this.#size) / TILE_WIDTH - 1;
    this.#full.push({ level, n, width: TILE_WIDTH, hashes });
    edge.width = 0;
    edge.grown = false;
    this.#put(level + 1, perfectRoot(hashes));
  }

  /** The root of the tree as it is now. */
  root(): Buffer {
    let root: Buffer | undefined;
    for (const edge of this.#edges) {
      // from the right: the lowest bit of the width is the smallest perfect subtree
      let end = edge.width;
      for (let count = 1; end > 0; count *= 2) {
        if (end % (count * 2) === 0) continue;
        const left = perfectRoot(edge.hashes.subarray((end - count) * HASH_BYTES, end * HASH_BYTES));
        root = root === undefined ? left : nodeHash(left, root);
        end -= count;
      }
    }
    return root ?? EMPTY_ROOT;
  }

  /** The tiles that filled up or grew since the last call. */
  takeTiles(): readonly Tile[] {
    const tiles = this.#full;
    this.#full = [];
    for (const [level, edge] of this.#edges.entries()) {
      if (!edge.grown) continue;
      edge.grown = false;
      const n = Math.floor(hashesAtLevel(level, this.#size) / TILE_WIDTH);
      const hashes = Buffer.from(edge.hashes.subarray(0, edge.width * HASH_BYTES));
      tiles.push({ level, n, width: edge.width, hashes });
    }
    return tiles;
  }
}
