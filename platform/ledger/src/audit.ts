/**
 * The audit: every sealed entry is hashed again, in order, and the tree that comes out is compared with the tiles, the
 * bundles and the root of every signed checkpoint. The checkpoints are the authority (someone else signed them);
 * the tiles only tell which leaf differs. Streams, so memory does not grow with the ledger.
 */
import type { Sql } from '@ishizue/db';
import { type Failure, fail, ok } from '@ishizue/outcome';
import { firstAlteredJoint } from './audit-joint.ts';
import { type AuditCode, classifyLeaf, type LeafSuspicion } from './audit-leaf.ts';
import { checkpointsBetween, latestCheckpoint, type SignedCheckpoint } from './checkpoint-store.ts';
import { BEGINNING, type EntryRow, entriesBetween, leafOf, type Position } from './entry-rows.ts';
import { openCheckpoint, parseCheckpoint } from './tree/checkpoint.ts';
import { GrowingTree } from './tree/growing-tree.ts';
import { HASH_BYTES, leafHash } from './tree/hashes.ts';
import { parseNote, type VerifierKey } from './tree/signed-note.ts';
import { TILE_WIDTH, type Tile } from './tree/tiles.ts';

/** What an audit without findings went through. */
export interface AuditReport {
  /** Leaves under the newest signed checkpoint. */
  readonly size: number;
  /** Signed checkpoints whose roots came out the same. */
  readonly checkpoints: number;
}

/** The first thing that is not as it was sealed. */
export interface AuditFinding extends Failure<AuditCode> {
  /** The first leaf that differs or, where no single leaf can be told, the first that may. */
  readonly leafIndex: number;
}

/** An audit's outcome: a `Result` whose failure tells the leaf. */
export type AuditOutcome =
  | { readonly ok: true; readonly value: AuditReport }
  | { readonly ok: false; readonly failure: AuditFinding };

/** A difference outside the leaves. */
interface SideSuspicion {
  readonly code: 'tile-altered' | 'bundle-altered' | 'subjects-altered';
  readonly leafIndex: number;
}

/** What is known when a piece of the entries was hashed. */
interface Progress {
  readonly sql: Sql;
  readonly site: string;
  readonly latest: SignedCheckpoint;
  readonly keys: readonly VerifierKey[];
  readonly tree: GrowingTree;
  leaf?: LeafSuspicion;
  side?: SideSuspicion;
  checkpoints: number;
  lastGoodSize: number;
}

const finding = (code: AuditCode, leafIndex: number, detail: string): AuditOutcome => ({
  ok: false,
  failure: { ...fail(code, detail).failure, leafIndex },
});

/**
 * Audits a site's ledger up to its newest signed checkpoint.
 * @param keys the log's verifier keys: with them the checkpoints' signatures are verified too
 */
export async function audit(
  sql: Sql,
  site: string,
  keys: readonly VerifierKey[] = [],
): Promise<AuditOutcome> {
  const latest = await latestCheckpoint(sql, site);
  if (!latest) return ok({ size: 0, checkpoints: 0 });
  const progress: Progress = {
    sql,
    site,
    latest,
    keys,
    tree: new GrowingTree(),
    checkpoints: 0,
    lastGoodSize: 0,
  };
  let from = BEGINNING;
  for await (const rows of entriesBetween(sql, site, BEGINNING, latest.through)) {
    const found = await auditRows(progress, rows, from);
    if (found) return found;
    from = rows.at(-1) ?? from;
  }
  return await auditEnd(progress, from);
}

/** Hashes some entries and compares what follows from them; undefined where nothing is found so far. */
async function auditRows(
  progress: Progress,
  rows: readonly EntryRow[],
  from: Position,
): Promise<AuditOutcome | undefined> {
  const { sql, site, tree, latest } = progress;
  const before = tree.size;
  const due = await checkpointsBetween(sql, site, before, Math.min(before + rows.length, latest.size));
  const roots = new Map<number, Buffer>();
  const sizes = new Set(due.map((checkpoint) => checkpoint.size));
  const starts = new Map<number, Position>();
  for (const row of rows) {
    if (tree.size % TILE_WIDTH === 0) starts.set(tree.size / TILE_WIDTH, row);
    tree.append(leafHash(leafOf(row)));
    if (sizes.has(tree.size)) roots.set(tree.size, tree.root());
  }
  await compareTiles(progress, from);
  await compareBundles(progress, starts);
  await compareSubjects(progress, rows, before);
  for (const checkpoint of due) {
    const found = await auditCheckpoint(progress, checkpoint, roots.get(checkpoint.size));
    if (found) return found;
  }
  return undefined;
}

async function auditCheckpoint(
  progress: Progress,
  checkpoint: SignedCheckpoint,
  root: Buffer | undefined,
): Promise<AuditOutcome | undefined> {
  const { size } = checkpoint;
  const { lastGoodSize, leaf, side } = progress;
  if (!isGenuine(checkpoint, progress.keys))
    return finding('checkpoint-altered', lastGoodSize, `the note of the checkpoint at ${size} does not hold`);
  if (root === undefined || Buffer.compare(root, checkpoint.root) !== 0) {
    if (leaf && leaf.index < size) return await leafFinding(progress, leaf);
    return finding('root-differs', lastGoodSize, `entries and tiles agree, but not with the root at ${size}`);
  }
  // the entries are those that were signed: what differs lies in what is derived from them
  if (leaf && leaf.index < size) return finding('tile-altered', leaf.index, 'a tile has another leaf hash');
  if (side && side.leafIndex < size)
    return finding(side.code, side.leafIndex, 'it does not follow from the entries');
  progress.checkpoints += 1;
  progress.lastGoodSize = size;
  return undefined;
}

/** Whether a checkpoint's note says what its row says and, where keys are known, one of them signed it. */
function isGenuine(checkpoint: SignedCheckpoint, keys: readonly VerifierKey[]): boolean {
  const note = parseNote(checkpoint.note);
  const said =
    keys.length > 0
      ? openCheckpoint(checkpoint.note, keys)
      : note.ok
        ? parseCheckpoint(note.value.text)
        : note;
  return (
    said.ok &&
    said.value.size === checkpoint.size &&
    Buffer.compare(said.value.rootHash, checkpoint.root) === 0
  );
}

/** All entries up to the last sealed one are hashed: the tree must have come out as large as it was signed. */
async function auditEnd(progress: Progress, from: Position): Promise<AuditOutcome> {
  const { tree, latest, leaf } = progress;
  if (tree.size === latest.size) return ok({ size: latest.size, checkpoints: progress.checkpoints });
  if (leaf) return await leafFinding(progress, leaf);
  if (tree.size > latest.size)
    return finding('entry-added', latest.size, 'there are more entries than were sealed');
  const stored = (await storedTiles(progress, [{ level: 0, n: Math.floor(tree.size / TILE_WIDTH) }])).at(0);
  const at = (tree.size % TILE_WIDTH) * HASH_BYTES;
  const hash = stored?.hashes.subarray(at, at + HASH_BYTES);
  return await leafFinding(progress, { index: tree.size, stored: hash, computed: undefined, from });
}

async function leafFinding({ sql, site }: Progress, leaf: LeafSuspicion): Promise<AuditOutcome> {
  const code = await classifyLeaf(sql, site, leaf);
  return finding(code, leaf.index, `leaf ${leaf.index} is not what was sealed`);
}

async function storedTiles(
  { sql, site }: Progress,
  places: readonly { readonly level: number; readonly n: number }[],
): Promise<readonly Tile[]> {
  return await sql<Tile[]>`
    SELECT t.level, t.n, t.width, t.hashes
    FROM unnest(${places.map(({ level }) => level)}::int[], ${places.map(({ n }) => n)}::bigint[]) AS w(level, n)
    JOIN ledger.tile t ON t.site = ${site} AND t.level = w.level AND t.n = w.n
    ORDER BY t.level, t.n`;
}

/** Compares the tiles that changed since the last time with the stored ones; the first difference is kept. */
async function compareTiles(progress: Progress, from: Position): Promise<void> {
  const tiles = progress.tree.takeTiles().toSorted((a, b) => a.level - b.level || a.n - b.n);
  const stored = new Map(
    (await storedTiles(progress, tiles)).map((tile) => [`${tile.level}/${tile.n}`, tile.hashes]),
  );
  for (const { level, n, hashes } of tiles) {
    const other = stored.get(`${level}/${n}`) ?? Buffer.alloc(0);
    const at = firstDifference(hashes, other);
    if (at === undefined) continue;
    const index = (n * TILE_WIDTH + at) * TILE_WIDTH ** level;
    if (level > 0) {
      // above a leaf that differs, every hash differs
      if (!progress.leaf) progress.side ??= { code: 'tile-altered', leafIndex: index };
      continue;
    }
    const hashAt = (all: Uint8Array): Uint8Array | undefined =>
      all.length > at * HASH_BYTES ? all.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES) : undefined;
    progress.leaf ??= { index, computed: hashAt(hashes), stored: hashAt(other), from };
  }
}

/** Which hash is the first that the stored tile, perhaps wider, does not have in the same place. */
function firstDifference(computed: Uint8Array, stored: Uint8Array): number | undefined {
  for (let at = 0; at * HASH_BYTES < computed.length; at++) {
    const [start, end] = [at * HASH_BYTES, (at + 1) * HASH_BYTES];
    if (Buffer.compare(computed.subarray(start, end), stored.subarray(start, end)) !== 0) return at;
  }
  return undefined;
}

async function compareBundles(progress: Progress, starts: ReadonlyMap<number, Position>): Promise<void> {
  if (starts.size === 0) return;
  const { sql, site, latest } = progress;
  const rows = await sql<{ n: number; era: number; tx: string; id: number; width: number }[]>`
    SELECT n, era, first_tx AS tx, first_id AS id, width FROM ledger.bundle
    WHERE site = ${site} AND n = ANY(${[...starts.keys()]}::bigint[])`;
  const stored = new Map(rows.map((row) => [row.n, row]));
  for (const [n, start] of starts) {
    const row = stored.get(n);
    const same = row?.era === start.era && row.tx === start.tx && row.id === start.id;
    if (!same || row.width < Math.min(TILE_WIDTH, latest.size - n * TILE_WIDTH))
      progress.side ??= { code: 'bundle-altered', leafIndex: n * TILE_WIDTH };
  }
}

async function compareSubjects(progress: Progress, rows: readonly EntryRow[], before: number): Promise<void> {
  if (progress.side) return;
  const nth = await firstAlteredJoint(progress.sql, progress.site, rows);
  if (nth !== undefined) progress.side = { code: 'subjects-altered', leafIndex: before + nth };
}
