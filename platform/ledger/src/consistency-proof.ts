/** The proof that a site's tree of one size is the beginning of its tree of another: RFC 6962 section 2.1.2. */
import type { Sql } from '@ishizue/db';
import { readTiles } from './tile-store.ts';
import { consistencyProofFromTiles, tilesOfConsistency } from './tree/proofs.ts';
import { TileSet } from './tree/tiles.ts';

/** The hashes of the proof. Throws where the site's tree is smaller than `newSize`, or `oldSize` is greater. */
export async function consistencyProof(
  sql: Sql,
  site: string,
  oldSize: number,
  newSize: number,
): Promise<readonly Buffer[]> {
  const wanted = tilesOfConsistency(oldSize, newSize).map((tile) => ({ ...tile, site }));
  const tiles = await readTiles(sql, wanted);
  return consistencyProofFromTiles(oldSize, newSize, new TileSet(tiles.get(site) ?? []));
}
