/**
 * Making roots and proofs out of tiles: RFC 6962 section 2.1. Each comes in two steps, so that a caller can fetch the
 * tiles of many proofs at once: first which tiles are needed, then the hashes from these tiles.
 */
import { EMPTY_ROOT } from './hashes.ts';
import { consistencyRanges, inclusionRanges, requireCount } from './ranges.ts';
import { type TileAddress, type TileSet, tilesOf } from './tiles.ts';

/** The tiles from which the root of a tree of `size` leaves follows. */
export function tilesOfRoot(size: number): readonly TileAddress[] {
  requireCount(size, 'size');
  return tilesOf([{ start: 0, end: size }], size);
}

/** The root of the tree of `size` leaves. */
export function rootFromTiles(size: number, tiles: TileSet): Buffer {
  return size === 0 ? EMPTY_ROOT : tiles.rangeHash({ start: 0, end: size });
}

/** The tiles that an inclusion proof is computed from. */
export function tilesOfInclusion(index: number, size: number): readonly TileAddress[] {
  return tilesOf(inclusionRanges(index, size), size);
}

/** The proof that the leaf at `index` is in the tree of `size`: hashes from the leaf's sibling upwards. */
export function inclusionProof(index: number, size: number, tiles: TileSet): readonly Buffer[] {
  return inclusionRanges(index, size).map((range) => tiles.rangeHash(range));
}

/** The tiles that a consistency proof is computed from. */
export function tilesOfConsistency(oldSize: number, newSize: number): readonly TileAddress[] {
  return tilesOf(consistencyRanges(oldSize, newSize), newSize);
}

/** The proof that the tree of `oldSize` is the beginning of the tree of `newSize`; empty from 0 and to itself. */
export function consistencyProofFromTiles(
  oldSize: number,
  newSize: number,
  tiles: TileSet,
): readonly Buffer[] {
  return consistencyRanges(oldSize, newSize).map((range) => tiles.rangeHash(range));
}
