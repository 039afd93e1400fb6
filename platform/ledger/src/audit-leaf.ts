/**
 * What happened to a leaf that is not where it was sealed: changed, taken out, put in, or moved. Decided by looking for
 * both hashes, the sealed one among the entries and the entry's one among the sealed.
 */
import type { Sql, Tx } from '@ishizue/db';
import { entriesBetween, leafOf, type Position } from './entry-rows.ts';
import { HASH_BYTES, leafHash } from './tree/hashes.ts';
import { TILE_WIDTH } from './tree/tiles.ts';

/**
 * What an audit may find. Stable.
 *
 * - `entry-altered`: a sealed entry's content was changed
 * - `entry-missing`: a sealed entry was taken out
 * - `entry-added`: an entry was put among the sealed ones
 * - `order-changed`: sealed entries are there, but not in their order
 * - `tile-altered`, `bundle-altered`: entries and checkpoints agree, but what is stored for serving them does not
 * - `subjects-altered`: the subjects of a joint entry are not those whose root is in its leaf
 * - `root-differs`: entries and tiles agree, but not with the signed root: both were rewritten
 * - `checkpoint-altered`: a checkpoint's note does not say what its row says, or is not signed by the log's key
 */
export type AuditCode =
  | 'entry-altered'
  | 'entry-missing'
  | 'entry-added'
  | 'order-changed'
  | 'tile-altered'
  | 'bundle-altered'
  | 'subjects-altered'
  | 'root-differs'
  | 'checkpoint-altered';

/** The first leaf whose entry does not hash to what was sealed. */
export interface LeafSuspicion {
  readonly index: number;
  /** The hash of the entry that is there now; undefined where the entries end before it. */
  readonly computed: Uint8Array | undefined;
  /** The hash that was sealed; undefined where fewer were sealed. */
  readonly stored: Uint8Array | undefined;
  /** A place in the entries at or before it. */
  readonly from: Position;
}

const LAST: Position = { era: 2 ** 31 - 1, tx: '18446744073709551615', id: Number.MAX_SAFE_INTEGER };
const TILES_AT_ONCE = 64;

/** What happened to the leaf. */
export async function classifyLeaf(
  sql: Sql,
  site: string,
  leaf: LeafSuspicion,
): Promise<Extract<AuditCode, 'entry-altered' | 'entry-missing' | 'entry-added' | 'order-changed'>> {
  const { computed, stored, index, from } = leaf;
  const sealedIsThere = stored !== undefined && (await isAmongEntries(sql, site, stored, from));
  const entryWasSealed = computed !== undefined && (await isAmongLeaves(sql, site, computed, index));
  if (sealedIsThere) return entryWasSealed || computed === undefined ? 'order-changed' : 'entry-added';
  if (stored === undefined) return 'entry-added';
  return entryWasSealed || computed === undefined ? 'entry-missing' : 'entry-altered';
}

async function isAmongEntries(sql: Sql, site: string, hash: Uint8Array, from: Position): Promise<boolean> {
  for await (const rows of entriesBetween(sql, site, from, LAST)) {
    if (rows.some((row) => Buffer.compare(leafHash(leafOf(row)), hash) === 0)) return true;
  }
  return false;
}

/** Whether a hash is among the leaves of the tree from the tile of `index` on. */
async function isAmongLeaves(sql: Sql, site: string, hash: Uint8Array, index: number): Promise<boolean> {
  for await (const { hashes } of leafTiles(sql, site, index)) {
    for (let at = 0; at < hashes.length; at += HASH_BYTES)
      if (Buffer.compare(hashes.subarray(at, at + HASH_BYTES), hash) === 0) return true;
  }
  return false;
}

/** The tiles of leaf hashes from the one that holds leaf `index` on, in order. */
export async function* leafTiles(
  sql: Sql | Tx,
  site: string,
  index: number,
): AsyncGenerator<{ readonly n: number; readonly hashes: Buffer }> {
  let next = Math.floor(index / TILE_WIDTH);
  for (;;) {
    const tiles = await sql<{ n: number; hashes: Buffer }[]>`
      SELECT n, hashes FROM ledger.tile WHERE site = ${site} AND level = 0 AND n >= ${next}
      ORDER BY n LIMIT ${TILES_AT_ONCE}`;
    yield* tiles;
    if (tiles.length < TILES_AT_ONCE) return;
    next += TILES_AT_ONCE;
  }
}
