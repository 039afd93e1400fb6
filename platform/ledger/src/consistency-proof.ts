/** The proof that a site's tree of one size is the beginning of its tree of another: RFC 6962 section 2.1.2. */
import type { Sql } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { signedSize } from './serve-log.ts';
import { readTiles } from './tile-store.ts';
import { consistencyProofFromTiles, tilesOfConsistency } from './tree/proofs.ts';
import { TileSet } from './tree/tiles.ts';

/** The hashes of the proof; `size-unknown` where the sizes are not in order up to the newest signed checkpoint's. */
export async function consistencyProof(
  sql: Sql,
  site: string,
  oldSize: number,
  newSize: number,
): Promise<Result<readonly Buffer[], 'size-unknown'>> {
  const sizes = [0, oldSize, newSize, await signedSize(sql, site)];
  if (!sizes.every((size, at) => Number.isSafeInteger(size) && size >= (sizes[at - 1] ?? 0)))
    return fail('size-unknown', `no proof from ${oldSize} to ${newSize} leaves`);
  const wanted = tilesOfConsistency(oldSize, newSize).map((tile) => ({ ...tile, site }));
  const tiles = await readTiles(sql, wanted);
  return ok(consistencyProofFromTiles(oldSize, newSize, new TileSet(tiles.get(site) ?? [])));
}
