/**
 * Extending trees by the entries that are settled: those whose transaction is older than every one still running, so
 * that nothing can come before them any more. Tiles, bundles and unsigned checkpoints of many sites are written in one
 * transaction; the entries themselves are only read.
 */
import type { Clock } from '@ishizue/clock';
import { inTransaction, type Sql, type Tx } from '@ishizue/db';
import { insertUnsigned, type SignedCheckpoint } from './checkpoint-store.ts';
import { BEGINNING, type EntryRow, entryColumns, leafOf, type Position } from './entry-rows.ts';
import { readTiles, writeTiles } from './tile-store.ts';
import { GrowingTree } from './tree/growing-tree.ts';
import { leafHash } from './tree/hashes.ts';
import { edgeTiles, TILE_WIDTH } from './tree/tiles.ts';

/** Up to where the entries of all sites are settled. */
export interface Horizon {
  readonly era: number;
  /** The oldest transaction that may still be running. */
  readonly tx: string;
}

/** A site with settled entries that are not in its tree yet. */
interface Behind {
  readonly site: string;
  readonly size: number;
  readonly through: Position;
}

const SITES_AT_ONCE = 256;
const ENTRIES_AT_ONCE = 65_536; // bounds a transaction's time, and 2 MB of tiles
const ROWS_AT_ONCE = 2000;

/**
 * Extends the trees of up to 256 sites by up to 65,536 entries in all.
 * @returns the sites that were extended (none: nothing is left) and the number of entries
 */
export async function extendTrees(
  sql: Sql,
  clock: Clock,
  horizon: Horizon,
): Promise<{ readonly sites: readonly string[]; readonly entries: number }> {
  return await inTransaction(sql, {}, async (tx) => {
    const behind = await sitesBehind(tx, horizon);
    if (behind.length === 0) return { sites: [], entries: 0 };
    const growths = await growthsOf(tx, behind);
    await readSettled(tx, behind, horizon, growths);
    const all = [...growths.values()];
    await writeTiles(
      tx,
      all.flatMap((growth) => growth.tree.takeTiles().map((tile) => ({ ...tile, site: growth.site }))),
    );
    await insertBundles(
      tx,
      all.flatMap((growth) => growth.newBundles()),
    );
    await widenBundles(
      tx,
      all.flatMap((growth) => growth.widenedBundle()),
    );
    await insertUnsigned(
      tx,
      all.map((growth) => growth.checkpoint(new Date(clock.now()))),
    );
    return {
      sites: behind.map(({ site }) => site),
      entries: all.reduce((sum, growth) => sum + growth.added, 0),
    };
  });
}

/** Sites that have settled entries beyond their tree. One whose last checkpoint waits for its signature is left out. */
async function sitesBehind(tx: Tx, horizon: Horizon): Promise<readonly Behind[]> {
  const rows = await tx<{ site: string; size: number; era: number; tx: string; id: number }[]>`
    WITH RECURSIVE site(site) AS (
      (SELECT e.site FROM ledger.entry e ORDER BY e.site LIMIT 1)
      UNION ALL
      SELECT (SELECT e.site FROM ledger.entry e WHERE e.site > s.site ORDER BY e.site LIMIT 1)
      FROM site s WHERE s.site IS NOT NULL
    )
    SELECT s.site, coalesce(c.size, 0) AS size, coalesce(c.era, ${BEGINNING.era}) AS era,
      coalesce(c.through_tx, ${BEGINNING.tx}::xid8) AS tx, coalesce(c.through_id, ${BEGINNING.id}) AS id
    FROM site s
    LEFT JOIN LATERAL (
      SELECT * FROM ledger.checkpoint c WHERE c.site = s.site ORDER BY c.size DESC LIMIT 1
    ) c ON true
    CROSS JOIN LATERAL (
      SELECT FROM ledger.entry e
      WHERE e.site = s.site
        AND (e.era, e.tx, e.id) > (
          coalesce(c.era, ${BEGINNING.era}), coalesce(c.through_tx, ${BEGINNING.tx}::xid8),
          coalesce(c.through_id, ${BEGINNING.id})
        )
        AND (e.era, e.tx) < (${horizon.era}, ${horizon.tx}::xid8)
      ORDER BY e.era, e.tx, e.id LIMIT 1
    ) next
    WHERE s.site IS NOT NULL AND (c.site IS NULL OR c.note IS NOT NULL)
    LIMIT ${SITES_AT_ONCE}`;
  return rows.map(({ site, size, era, tx: transaction, id }) => ({
    site,
    size,
    through: { era, tx: transaction, id },
  }));
}

/** One site's tree while it grows. */
class Growth {
  readonly site: string;
  readonly tree: GrowingTree;
  readonly #sizeBefore: number;
  #through: Position;
  readonly #starts = new Map<number, Position>();

  constructor(site: string, tree: GrowingTree, through: Position) {
    this.site = site;
    this.tree = tree;
    this.#sizeBefore = tree.size;
    this.#through = through;
  }

  get added(): number {
    return this.tree.size - this.#sizeBefore;
  }

  add(row: EntryRow): void {
    const position = { era: row.era, tx: row.tx, id: row.id };
    if (!isAfter(position, this.#through)) throw new Error(`the entries of ${this.site} came out of order`);
    if (this.tree.size % TILE_WIDTH === 0) this.#starts.set(this.tree.size / TILE_WIDTH, position);
    this.tree.append(leafHash(leafOf(row)));
    this.#through = position;
  }

  #widthOf(n: number): number {
    return Math.min(TILE_WIDTH, this.tree.size - n * TILE_WIDTH);
  }

  /** The bundles that began. */
  newBundles(): readonly Required<BundleRow>[] {
    return [...this.#starts].map(([n, first]) => ({ site: this.site, n, width: this.#widthOf(n), first }));
  }

  /** The bundle that had begun before and grew, if there is one. */
  widenedBundle(): readonly BundleRow[] {
    if (this.#sizeBefore % TILE_WIDTH === 0) return [];
    const n = Math.floor(this.#sizeBefore / TILE_WIDTH);
    return [{ site: this.site, n, width: this.#widthOf(n) }];
  }

  checkpoint(at: Date): Omit<SignedCheckpoint, 'note'> {
    return { site: this.site, size: this.tree.size, root: this.tree.root(), through: this.#through, at };
  }
}

interface BundleRow {
  readonly site: string;
  readonly n: number;
  readonly width: number;
  readonly first?: Position;
}

function isAfter(position: Position, other: Position): boolean {
  if (position.era !== other.era) return position.era > other.era;
  if (position.tx !== other.tx) return BigInt(position.tx) > BigInt(other.tx);
  return position.id > other.id;
}

async function growthsOf(tx: Tx, behind: readonly Behind[]): Promise<ReadonlyMap<string, Growth>> {
  const edges = await readTiles(
    tx,
    behind.flatMap(({ site, size }) => edgeTiles(size).map((tile) => ({ ...tile, site }))),
  );
  return new Map(
    behind.map(({ site, size, through }) => [
      site,
      new Growth(site, new GrowingTree(size, edges.get(site) ?? []), through),
    ]),
  );
}

async function readSettled(
  tx: Tx,
  behind: readonly Behind[],
  horizon: Horizon,
  growths: ReadonlyMap<string, Growth>,
): Promise<void> {
  const perSite = Math.floor(ENTRIES_AT_ONCE / behind.length);
  const rows = tx<EntryRow[]>`
    SELECT ${entryColumns(tx)}
    FROM unnest(
      ${behind.map(({ site }) => site)}::text[], ${behind.map(({ through }) => through.era)}::int[],
      ${behind.map(({ through }) => through.tx)}::text[]::xid8[], ${behind.map(({ through }) => through.id)}::bigint[]
    ) AS b(site, era, tx, id)
    CROSS JOIN LATERAL (
      SELECT * FROM ledger.entry e
      WHERE e.site = b.site AND (e.era, e.tx, e.id) > (b.era, b.tx, b.id)
        AND (e.era, e.tx) < (${horizon.era}, ${horizon.tx}::xid8)
      ORDER BY e.era, e.tx, e.id LIMIT ${perSite}
    ) e`;
  for await (const some of rows.cursor(ROWS_AT_ONCE)) {
    for (const row of some) {
      const growth = growths.get(row.site);
      if (!growth) throw new Error(`an entry of ${row.site} was not asked for`);
      growth.add(row);
    }
  }
}

async function insertBundles(tx: Tx, bundles: readonly Required<BundleRow>[]): Promise<void> {
  if (bundles.length === 0) return;
  await tx`
    INSERT INTO ledger.bundle (site, n, era, first_tx, first_id, width)
    SELECT site, n, era, first_tx::xid8, first_id, width
    FROM unnest(
      ${bundles.map((bundle) => bundle.site)}::text[], ${bundles.map((bundle) => bundle.n)}::bigint[],
      ${bundles.map(({ first }) => first.era)}::int[], ${bundles.map(({ first }) => first.tx)}::text[],
      ${bundles.map(({ first }) => first.id)}::bigint[], ${bundles.map((bundle) => bundle.width)}::int[]
    ) AS given(site, n, era, first_tx, first_id, width)`;
}

async function widenBundles(tx: Tx, bundles: readonly BundleRow[]): Promise<void> {
  if (bundles.length === 0) return;
  await tx`
    UPDATE ledger.bundle b SET width = given.width
    FROM unnest(
      ${bundles.map((bundle) => bundle.site)}::text[], ${bundles.map((bundle) => bundle.n)}::bigint[],
      ${bundles.map((bundle) => bundle.width)}::int[]
    ) AS given(site, n, width)
    WHERE b.site = given.site AND b.n = given.n`;
}
