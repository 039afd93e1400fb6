/**
 * Tiles: C2SP tlog-tiles, "Merkle Tree". A tile holds up to 256 hashes of every eighth height of the tree; the heights
 * between are hashed from them. The partial tile of an older tree is the beginning of the same tile of a newer one.
 */
import { HASH_BYTES, nodeHash, rowAbove } from './hashes.ts';
import { type LeafRange, nodesOf, requireCount, type TreeNode } from './ranges.ts';

/** Hashes in a full tile. */
export const TILE_WIDTH = 256;
const HEIGHTS_PER_LEVEL = 8;

/** Which tile: the `n`-th of its level with its first `width` hashes (1 to 256). */
export interface TileAddress {
  readonly level: number;
  readonly n: number;
  readonly width: number;
}

/** A tile with its hashes, 32 bytes each. */
export interface Tile extends TileAddress {
  readonly hashes: Uint8Array;
}

/** How many hashes a level holds in a tree of `size` leaves. */
export function hashesAtLevel(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** The width of a tile in a tree of `size` leaves; 0 where the tree has no such tile. */
export function tileWidth(level: number, n: number, size: number): number {
  return Math.min(TILE_WIDTH, Math.max(0, hashesAtLevel(level, size) - n * TILE_WIDTH));
}

/** The partial tiles at the right edge of a tree: what is needed to go on appending to it. */
export function edgeTiles(size: number): readonly TileAddress[] {
  requireCount(size, 'size');
  const tiles: TileAddress[] = [];
  for (let level = 0, count = size; count > 0; level++, count = hashesAtLevel(level, size)) {
    const width = count % TILE_WIDTH;
    if (width > 0) tiles.push({ level, n: (count - width) / TILE_WIDTH, width });
  }
  return tiles;
}

/** Where a perfect subtree's hash is: the `index`-th of the row that lies `row` rows above a tile's hashes. */
function placeOf(node: TreeNode): { level: number; n: number; row: number; index: number } {
  const level = Math.floor(node.height / HEIGHTS_PER_LEVEL);
  const row = node.height % HEIGHTS_PER_LEVEL;
  const perTile = TILE_WIDTH / 2 ** row;
  const index = node.index % perTile;
  return { level, n: (node.index - index) / perTile, row, index };
}

/** The tiles, each once, from which the hashes of these ranges can be computed, as wide as a tree of `size` has them. */
export function tilesOf(ranges: readonly LeafRange[], size: number): readonly TileAddress[] {
  const tiles = new Map<string, TileAddress>();
  for (const range of ranges) {
    for (const node of nodesOf(range)) {
      const { level, n } = placeOf(node);
      tiles.set(`${level}/${n}`, { level, n, width: tileWidth(level, n, size) });
    }
  }
  return [...tiles.values()];
}

/** Tiles in memory, and the hashes that follow from them. */
export class TileSet {
  /** Each tile's rows, from its own hashes upwards; those above are hashed when first needed. */
  readonly #rows = new Map<string, Uint8Array[]>();

  constructor(tiles: Iterable<Tile>) {
    for (const tile of tiles) {
      if (tile.hashes.length !== tile.width * HASH_BYTES)
        throw new Error(`tile ${tile.level}/${tile.n} is not ${tile.width} hashes wide`);
      this.#rows.set(`${tile.level}/${tile.n}`, [tile.hashes]);
    }
  }

  /** The hash over a range of leaves (MTH). Throws where a tile that it needs is not in the set. */
  rangeHash(range: LeafRange): Buffer {
    const nodes = nodesOf(range);
    let root: Buffer | undefined;
    for (const node of nodes.toReversed()) {
      const left = this.#nodeHash(node);
      root = root === undefined ? left : nodeHash(left, root);
    }
    if (root === undefined) throw new Error('an empty range has no hash');
    return root;
  }

  #nodeHash(node: TreeNode): Buffer {
    const { level, n, row, index } = placeOf(node);
    const rows = this.#rows.get(`${level}/${n}`) ?? [];
    let below = rows.at(-1);
    while (below !== undefined && rows.length <= row) {
      below = rowAbove(below);
      rows.push(below);
    }
    const hash = rows[row]?.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
    if (hash?.length !== HASH_BYTES)
      throw new Error(`tile ${level}/${n} is missing, or not wide enough for a hash ${row} rows above it`);
    return Buffer.from(hash);
  }
}
