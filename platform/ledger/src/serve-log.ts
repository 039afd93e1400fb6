/**
 * What a log serves: C2SP tlog-tiles. Only what lies under a signed checkpoint is given out. The HTTP routes are made
 * elsewhere, from `parseLogPath` and these.
 */
import type { Sql } from '@ishizue/db';
import { type EntryRow, entryColumns, leafOf } from './entry-rows.ts';
import { encodeEntryBundle } from './tree/entry-bundle.ts';
import { HASH_BYTES } from './tree/hashes.ts';
import { TILE_WIDTH, tileWidth } from './tree/tiles.ts';

/** Leaves under the newest signed checkpoint; 0 before the first. */
export async function signedSize(sql: Sql, site: string): Promise<number> {
  const [row] = await sql<{ size: number }[]>`
    SELECT size FROM ledger.checkpoint WHERE site = ${site} AND note IS NOT NULL ORDER BY size DESC LIMIT 1`;
  return row?.size ?? 0;
}

/** A tile's hashes (32 bytes each), or undefined where the signed tree has no tile of this width there. */
export async function readTile(
  sql: Sql,
  site: string,
  level: number,
  n: number,
  width = TILE_WIDTH,
): Promise<Buffer | undefined> {
  if (tileWidth(level, n, await signedSize(sql, site)) < width) return undefined;
  const [row] = await sql<{ hashes: Buffer }[]>`
    SELECT substring(hashes FOR ${width * HASH_BYTES}::int) AS hashes FROM ledger.tile
    WHERE site = ${site} AND level = ${level} AND n = ${n} AND width >= ${width}`;
  if (!row) throw new Error(`tile ${level}/${n} of ${site} is missing from the ledger; audit it`);
  return row.hashes;
}

/** An entry bundle of `width` leaves, or undefined where the signed tree has none of this width there. */
export async function readEntryBundle(
  sql: Sql,
  site: string,
  n: number,
  width = TILE_WIDTH,
): Promise<Buffer | undefined> {
  if (tileWidth(0, n, await signedSize(sql, site)) < width) return undefined;
  const rows = await sql<EntryRow[]>`
    SELECT ${entryColumns(sql)} FROM ledger.bundle b
    CROSS JOIN LATERAL (
      SELECT * FROM ledger.entry e
      WHERE e.site = b.site AND (e.era, e.tx, e.id) >= (b.era, b.first_tx, b.first_id)
      ORDER BY e.era, e.tx, e.id LIMIT ${width}
    ) e
    WHERE b.site = ${site} AND b.n = ${n}`;
  if (rows.length < width) throw new Error(`entries of bundle ${n} of ${site} are missing; audit the ledger`);
  return encodeEntryBundle(rows.map((row) => Buffer.from(leafOf(row))));
}
