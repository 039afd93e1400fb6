/**
 * Tiles in the database: one row a tile, the partial ones growing in place. Any older width of a tile is the beginning
 * of its row, so every checkpoint's tiles can be served for ever. Reads and writes take many sites at once.
 */
import type { Sql, Tx } from '@ishizue/db';
import { HASH_BYTES } from './tree/hashes.ts';
import type { Tile, TileAddress } from './tree/tiles.ts';

/** A tile of a site. */
export type SiteTile = Tile & { readonly site: string };
/** Which tile of a site. */
export type SiteTileAddress = TileAddress & { readonly site: string };

/** Reads tiles in one query, each cut to the width asked for; a site that lacks one or has it narrower is a throw. */
export async function readTiles(
  sql: Sql | Tx,
  wanted: readonly SiteTileAddress[],
): Promise<ReadonlyMap<string, readonly Tile[]>> {
  const tiles = new Map<string, Tile[]>();
  if (wanted.length === 0) return tiles;
  const rows = await sql<SiteTile[]>`
    SELECT t.site, t.level, t.n, w.width, substring(t.hashes FOR w.width * ${HASH_BYTES}::int) AS hashes
    FROM unnest(
      ${wanted.map((tile) => tile.site)}::text[], ${wanted.map((tile) => tile.level)}::int[],
      ${wanted.map((tile) => tile.n)}::bigint[], ${wanted.map((tile) => tile.width)}::int[]
    ) AS w(site, level, n, width)
    JOIN ledger.tile t ON t.site = w.site AND t.level = w.level AND t.n = w.n AND t.width >= w.width`;
  if (rows.length < wanted.length)
    throw new Error(`${wanted.length - rows.length} tiles are missing from the ledger; audit it`);
  for (const { site, ...tile } of rows) {
    const known = tiles.get(site);
    if (known) known.push(tile);
    else tiles.set(site, [tile]);
  }
  return tiles;
}

/** Writes tiles in one statement: new ones, and those that grew. */
export async function writeTiles(tx: Tx, tiles: readonly SiteTile[]): Promise<void> {
  if (tiles.length === 0) return;
  const hex = tiles.map(({ hashes }) =>
    Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength).toString('hex'),
  );
  await tx`
    INSERT INTO ledger.tile (site, level, n, width, hashes)
    SELECT site, level, n, width, decode(hashes, 'hex')
    FROM unnest(
      ${tiles.map((tile) => tile.site)}::text[], ${tiles.map((tile) => tile.level)}::int[],
      ${tiles.map((tile) => tile.n)}::bigint[], ${tiles.map((tile) => tile.width)}::int[], ${hex}::text[]
    ) AS given(site, level, n, width, hashes)
    ON CONFLICT (site, level, n) DO UPDATE SET width = excluded.width, hashes = excluded.hashes
    WHERE tile.width < excluded.width`;
}
