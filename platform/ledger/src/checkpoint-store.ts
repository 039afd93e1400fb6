/**
 * Checkpoints in the database. A checkpoint is stored unsigned together with its tiles and signed afterwards: what the
 * signer may have signed is then always on record, and is asked for again after a crash.
 */
import type { Sql, Tx } from '@ishizue/db';
import type { Position } from './entry-rows.ts';

/** A signed checkpoint of a site. */
export interface SignedCheckpoint {
  readonly site: string;
  /** Leaves in the tree. */
  readonly size: number;
  readonly root: Buffer;
  /** The signed note: what `/checkpoint` serves. */
  readonly note: string;
  /** When the tree was closed at this size. */
  readonly at: Date;
  /** The last entry that it covers. */
  readonly through: Position;
}

/** A checkpoint that waits for its signature. */
export interface UnsignedCheckpoint {
  readonly site: string;
  readonly size: number;
  readonly root: Buffer;
  /** The signed checkpoint before it; size 0 where it is the first. */
  readonly previousSize: number;
}

interface CheckpointRow extends Omit<SignedCheckpoint, 'through'> {
  readonly era: number;
  readonly through_tx: string;
  readonly through_id: number;
}

const checkpointOf = ({ era, through_tx, through_id, ...row }: CheckpointRow): SignedCheckpoint => ({
  ...row,
  through: { era, tx: through_tx, id: through_id },
});

const columns = (sql: Sql | Tx) => sql`site, size, root, note, at, era, through_tx, through_id`;

/** The newest signed checkpoint of a site. */
export async function latestCheckpoint(sql: Sql | Tx, site: string): Promise<SignedCheckpoint | undefined> {
  const [row] = await sql<CheckpointRow[]>`
    SELECT ${columns(sql)} FROM ledger.checkpoint
    WHERE site = ${site} AND note IS NOT NULL ORDER BY size DESC LIMIT 1`;
  return row && checkpointOf(row);
}

/** The signed checkpoint of a site at exactly this size. */
export async function checkpointAt(
  sql: Sql | Tx,
  site: string,
  size: number,
): Promise<SignedCheckpoint | undefined> {
  const [row] = await sql<CheckpointRow[]>`
    SELECT ${columns(sql)} FROM ledger.checkpoint WHERE site = ${site} AND size = ${size} AND note IS NOT NULL`;
  return row && checkpointOf(row);
}

/** The signed checkpoints of a site with sizes above `after` up to `through`, smallest first. */
export async function checkpointsBetween(
  sql: Sql | Tx,
  site: string,
  after: number,
  through: number,
): Promise<readonly SignedCheckpoint[]> {
  const rows = await sql<CheckpointRow[]>`
    SELECT ${columns(sql)} FROM ledger.checkpoint
    WHERE site = ${site} AND size > ${after} AND size <= ${through} AND note IS NOT NULL ORDER BY size`;
  return rows.map(checkpointOf);
}

/**
 * Checkpoints that wait for a signature, at most one a site, of sites that come after `afterSite`.
 * @param sites only of these; of all where absent
 */
export async function unsignedCheckpoints(
  sql: Sql | Tx,
  afterSite: string,
  limit: number,
  sites?: readonly string[],
): Promise<readonly UnsignedCheckpoint[]> {
  return await sql<UnsignedCheckpoint[]>`
    SELECT c.site, c.size, c.root, coalesce(p.size, 0) AS "previousSize"
    FROM ledger.checkpoint c
    LEFT JOIN LATERAL (
      SELECT size FROM ledger.checkpoint s WHERE s.site = c.site AND s.size < c.size AND s.note IS NOT NULL
      ORDER BY size DESC LIMIT 1
    ) p ON true
    WHERE c.note IS NULL AND c.site > ${afterSite} ${sites === undefined ? sql`` : sql`AND c.site = ANY(${[...sites]})`}
    ORDER BY c.site LIMIT ${limit}`;
}

/** Stores checkpoints without their signatures. */
export async function insertUnsigned(
  tx: Tx,
  checkpoints: readonly Omit<SignedCheckpoint, 'note'>[],
): Promise<void> {
  await tx`
    INSERT INTO ledger.checkpoint (site, size, root, era, through_tx, through_id, at)
    SELECT site, size, decode(root, 'hex'), era, through_tx::xid8, through_id, to_timestamp(at)
    FROM unnest(
      ${checkpoints.map((one) => one.site)}::text[], ${checkpoints.map((one) => one.size)}::bigint[],
      ${checkpoints.map((one) => one.root.toString('hex'))}::text[],
      ${checkpoints.map((one) => one.through.era)}::int[], ${checkpoints.map((one) => one.through.tx)}::text[],
      ${checkpoints.map((one) => one.through.id)}::bigint[],
      ${checkpoints.map((one) => one.at.getTime() / 1000)}::float8[]
    ) AS given(site, size, root, era, through_tx, through_id, at)`;
}

/** Puts the signed notes to checkpoints that were stored without. */
export async function storeNotes(
  sql: Sql,
  notes: readonly { readonly site: string; readonly size: number; readonly note: string }[],
): Promise<void> {
  if (notes.length === 0) return;
  await sql`
    UPDATE ledger.checkpoint c SET note = given.note
    FROM unnest(
      ${notes.map((one) => one.site)}::text[], ${notes.map((one) => one.size)}::bigint[],
      ${notes.map((one) => one.note)}::text[]
    ) AS given(site, size, note)
    WHERE c.site = given.site AND c.size = given.size AND c.note IS NULL`;
}
