/**
 * Who looked at a person's data: the person's entries, each with its leaf and the proof that it is in the tree under
 * the newest signed checkpoint. The answer is made in a fixed number of queries, however many entries it has.
 */
import type { Sql } from '@ishizue/db';
import { latestCheckpoint, type SignedCheckpoint } from './checkpoint-store.ts';
import { entriesAbout } from './entries-about.ts';
import { BEGINNING, type EntryRow, entryColumns, entryOf, type Position } from './entry-rows.ts';
import { encodeLeaf, type RecordedEntry } from './leaf.ts';
import { readTiles } from './tile-store.ts';
import { inclusionProof, tilesOfInclusion } from './tree/proofs.ts';
import { subjectProof } from './tree/subjects-tree.ts';
import { TILE_WIDTH, TileSet } from './tree/tiles.ts';

/** One access; `sealed` tells whether it is in the signed tree already. */
export type Access = {
  readonly entry: RecordedEntry;
  readonly leaf: string;
  /** Where the entry is a joint one. */
  readonly joint?: JointPlace;
} & (
  | { readonly sealed: false }
  | { readonly sealed: true; readonly index: number; readonly proof: readonly Buffer[] }
);

/** The person's place among the subjects of a joint entry. */
export interface JointPlace {
  /** The person's pseudonym. */
  readonly subject: Uint8Array;
  readonly index: number;
  /** From the person to the root that is in the entry's leaf. */
  readonly proof: readonly Buffer[];
}

/** A page of accesses, newest first. */
export interface AccessPage {
  /** The checkpoint to which the proofs lead; none before the site's first sealing. */
  readonly checkpoint: SignedCheckpoint | undefined;
  readonly accesses: readonly Access[];
  /** Hand it back as `before` for the next page; none where this is the last. */
  readonly next: Position | undefined;
}

const LIMIT_MAX = 500;

interface AccessRow extends EntryRow {
  /** The leaf's index, null where the entry is not sealed yet. */
  readonly index: number | null;
  /** Of a joint entry, the person's place and all its subjects. */
  readonly nth: number | null;
  readonly subjects: Buffer | null;
}

/**
 * The accesses to a person's data at a site, newest first.
 * @param subject the person's pseudonym
 * @param page `limit` accesses (1 to 500) older than `before`
 */
export async function accessesOf(
  sql: Sql,
  site: string,
  subject: Uint8Array,
  page: { readonly before?: Position | undefined; readonly limit: number },
): Promise<AccessPage> {
  const { before, limit } = page;
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX)
    throw new Error(`a page of ${limit} accesses`);
  const checkpoint = await latestCheckpoint(sql, site);
  const rows = await accessRows(sql, site, subject, before, limit, checkpoint?.through ?? BEGINNING);
  const size = checkpoint?.size ?? 0;
  const indexes = rows.flatMap(({ index }) => (index !== null && index < size ? [index] : []));
  const wanted = new Map(
    indexes.flatMap((index) =>
      tilesOfInclusion(index, size).map((tile) => [`${tile.level}/${tile.n}`, { ...tile, site }]),
    ),
  );
  const tiles = new TileSet((await readTiles(sql, [...wanted.values()])).get(site) ?? []);
  const accesses = rows.map((row): Access => {
    const entry = entryOf(row);
    const joint = jointPlaceOf(row, subject);
    const common = { entry, leaf: encodeLeaf(entry), ...(joint && { joint }) };
    const { index } = row;
    if (index === null || index >= size) return { ...common, sealed: false };
    return { ...common, sealed: true, index, proof: inclusionProof(index, size, tiles) };
  });
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return { checkpoint, accesses, next: last && { era: last.era, tx: last.tx, id: last.id } };
}

function jointPlaceOf({ salt, subjects, nth }: AccessRow, subject: Uint8Array): JointPlace | undefined {
  if (subjects === null || nth === null) return undefined;
  return { subject, index: nth, proof: subjectProof(salt, subjects, nth) };
}

/** The rows with their indexes: where the entry's bundle begins, and how many entries come before it there. */
async function accessRows(
  sql: Sql,
  site: string,
  subject: Uint8Array,
  before: Position | undefined,
  limit: number,
  sealedThrough: Position,
): Promise<readonly AccessRow[]> {
  return await sql<AccessRow[]>`
    SELECT ${entryColumns(sql)}, e.nth, e.joint AS subjects, b.n * ${TILE_WIDTH}::int + r.rank AS index
    FROM (${entriesAbout(sql, site, [subject], { before, limit })}) e
    LEFT JOIN LATERAL (
      SELECT b.n, b.era, b.first_tx, b.first_id FROM ledger.bundle b
      WHERE b.site = e.site AND (b.era, b.first_tx, b.first_id) <= (e.era, e.tx, e.id)
      ORDER BY b.era DESC, b.first_tx DESC, b.first_id DESC LIMIT 1
    ) b ON (e.era, e.tx, e.id) <= (${sealedThrough.era}, ${sealedThrough.tx}::xid8, ${sealedThrough.id})
    LEFT JOIN LATERAL (
      SELECT count(*) AS rank FROM (
        SELECT FROM ledger.entry x
        WHERE x.site = e.site AND (x.era, x.tx, x.id) >= (b.era, b.first_tx, b.first_id)
          AND (x.era, x.tx, x.id) < (e.era, e.tx, e.id)
        -- the order keeps the planner on the index: it thinks that any 256 rows are soon found
        ORDER BY x.era, x.tx, x.id LIMIT ${TILE_WIDTH}
      ) earlier
    ) r ON b.n IS NOT NULL
    ORDER BY e.era DESC, e.tx DESC, e.id DESC`;
}
