/** Print batches in and out of PostgreSQL. Callers run inside a transaction scoped to the national site. */
import type { Tx } from '@ishizue/db';

/** A file that a batch wrote. */
export interface WrittenFile {
  readonly name: string;
  readonly notices: number;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** A finished batch. */
export interface PrintBatch {
  readonly batchId: string;
  readonly printed: number;
  readonly withdrawn: number;
  /** Left in the queue, each with its trouble. */
  readonly left: number;
  /** The address file and the papers, by name. */
  readonly files: readonly WrittenFile[];
}

export interface ClaimedNotice {
  readonly noticeId: number;
  readonly residentCode: string;
  /** The blind index of the number that it tells. */
  readonly numberIndex: Buffer;
}

export interface Claim {
  readonly batchId: string;
  /** Milliseconds since the epoch: what the files say of when they were made, however often. */
  readonly openedAt: number;
  readonly notices: readonly ClaimedNotice[];
  /** The answer of a batch that is finished. */
  readonly printed: PrintBatch | undefined;
}

/** Opens a batch over the next of the queue, or finds it as it was left; undefined where there is nothing to print. */
export async function claimNotices(
  tx: Tx,
  batchId: string,
  notices_max: number,
  now: Date,
): Promise<Claim | undefined> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`number-notice ${batchId}`}, 0))`;
  const openedAt = (await findOpened(tx, batchId)) ?? (await openBatch(tx, batchId, notices_max, now));
  if (openedAt === undefined) return undefined;
  const notices = await tx<ClaimedNotice[]>`
    SELECT notice_id AS "noticeId", resident_code AS "residentCode", number_index AS "numberIndex"
    FROM numbering.number_notice JOIN numbering.individual_number USING (resident_code, attempt)
    WHERE batch_id = ${batchId} AND state = 'queued' ORDER BY notice_id`;
  return { batchId, openedAt: openedAt.getTime(), notices, printed: await readBatch(tx, batchId) };
}

async function findOpened(tx: Tx, batchId: string): Promise<Date | undefined> {
  const [batch] = await tx<{ openedAt: Date }[]>`
    SELECT opened_at AS "openedAt" FROM numbering.number_notice_batch WHERE batch_id = ${batchId}`;
  return batch?.openedAt;
}

async function openBatch(tx: Tx, batchId: string, notices_max: number, now: Date): Promise<Date | undefined> {
  const queued = await tx<{ id: number }[]>`
    SELECT notice_id AS id FROM numbering.number_notice WHERE state = 'queued' AND batch_id IS NULL
    ORDER BY tried_at NULLS FIRST, notice_id LIMIT ${notices_max} FOR UPDATE SKIP LOCKED`;
  if (queued.length === 0) return undefined;
  await tx`INSERT INTO numbering.number_notice_batch (batch_id, opened_at) VALUES (${batchId}, ${now})`;
  await tx`
    UPDATE numbering.number_notice SET batch_id = ${batchId}
    WHERE notice_id = ANY(${queued.map(({ id }) => id)}::bigint[])`;
  return now;
}

/** The answer of a batch, once it is finished. */
export async function readBatch(tx: Tx, batchId: string): Promise<PrintBatch | undefined> {
  const [counts] = await tx<Omit<PrintBatch, 'files'>[]>`
    SELECT batch_id AS "batchId", printed_count AS printed, withdrawn_count AS withdrawn, left_count AS left
    FROM numbering.number_notice_batch WHERE batch_id = ${batchId} AND printed_at IS NOT NULL`;
  if (!counts) return undefined;
  const files = await tx<WrittenFile[]>`
    SELECT name, notices, bytes, encode(sha256, 'hex') AS sha256 FROM numbering.number_notice_file
    WHERE batch_id = ${batchId} ORDER BY name`;
  return { ...counts, files: [...files] };
}

/** Puts notices back into the queue, behind those that were not tried yet. */
export async function leaveInQueue(tx: Tx, troubles: ReadonlyMap<number, string>, now: Date): Promise<void> {
  if (troubles.size === 0) return;
  await tx`
    UPDATE numbering.number_notice n SET batch_id = NULL, trouble = l.trouble, tried_at = ${now}
    FROM unnest(${[...troubles.keys()]}::bigint[], ${[...troubles.values()]}::text[]) AS l(notice_id, trouble)
    WHERE n.notice_id = l.notice_id`;
}

/** Writes what the batch came to. */
export async function finishBatch(
  tx: Tx,
  batchId: string,
  counts: Pick<PrintBatch, 'printed' | 'withdrawn' | 'left'>,
  files: readonly WrittenFile[],
  now: Date,
): Promise<void> {
  await tx`
    UPDATE numbering.number_notice_batch SET printed_at = ${now}, printed_count = ${counts.printed},
      withdrawn_count = ${counts.withdrawn}, left_count = ${counts.left} WHERE batch_id = ${batchId}`;
  await tx`
    INSERT INTO numbering.number_notice_file (batch_id, name, notices, bytes, sha256)
    SELECT ${batchId}, name, notices, bytes, decode(sha256, 'hex')
    FROM unnest(${files.map(({ name }) => name)}::text[], ${files.map(({ notices }) => notices)}::int[],
      ${files.map(({ bytes }) => bytes)}::bigint[], ${files.map(({ sha256 }) => sha256)}::text[])
      AS f(name, notices, bytes, sha256)`;
}
