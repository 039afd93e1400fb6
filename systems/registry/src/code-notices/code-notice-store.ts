/** Batches of code notices in and out of PostgreSQL. Callers run inside a transaction scoped to the municipality. */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';

/** A file that a batch wrote. */
export interface CodeNoticeFile {
  readonly name: string;
  readonly notices: number;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** A finished batch. */
export interface CodeNoticeBatch {
  readonly batchId: string;
  readonly printed: number;
  /** Those of the printed that are not posted. */
  readonly atCounter: number;
  readonly withdrawn: number;
  /** Left in the queue, each with its trouble. */
  readonly left: number;
  readonly files: readonly CodeNoticeFile[];
}

/** A notice is named by the record and the change. */
export interface NoticeKey {
  readonly residentNumber: string;
  readonly sequence: number;
}

export interface ClaimedCodeNotice extends NoticeKey {
  readonly state: string;
}

export interface CodeNoticeClaim {
  readonly openedAt: number;
  /** All that the batch ever took, in an order that stays. */
  readonly notices: readonly ClaimedCodeNotice[];
  /** The answer of a batch that is finished. */
  readonly printed: CodeNoticeBatch | undefined;
}

/** Opens a batch over the oldest of the queue, or finds it as it was left; undefined where there is nothing to print. */
export async function claimCodeNotices(
  tx: Tx,
  municipality: string,
  batchId: string,
  notices_max: number,
  now: Date,
): Promise<CodeNoticeClaim | undefined> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`${municipality} code notices`}, 0))`;
  const [known] = await tx<{ openedAt: Date }[]>`
    SELECT opened_at AS "openedAt" FROM registry.municipal_code_notice_batch
    WHERE municipality_code = ${municipality} AND batch_id = ${batchId}`;
  if (!known && !(await open(tx, municipality, batchId, notices_max, now))) return undefined;
  return {
    openedAt: (known?.openedAt ?? now).getTime(),
    notices: await lockClaimed(tx, municipality, batchId),
    printed: await readBatch(tx, municipality, batchId),
  };
}

async function open(
  tx: Tx,
  municipality: string,
  batchId: string,
  notices_max: number,
  now: Date,
): Promise<boolean> {
  const { count } = await tx`
    UPDATE registry.municipal_code_notice n SET batch_id = ${batchId}
    FROM (SELECT resident_number, sequence FROM registry.municipal_code_notice
      WHERE municipality_code = ${municipality} AND state = 'queued' AND batch_id IS NULL
      ORDER BY tried_at NULLS FIRST, state_on, resident_number LIMIT ${notices_max}) q
    WHERE n.municipality_code = ${municipality} AND n.resident_number = q.resident_number AND n.sequence = q.sequence`;
  if (count === 0) return false;
  await tx`
    INSERT INTO registry.municipal_code_notice_batch (municipality_code, batch_id, opened_at)
    VALUES (${municipality}, ${batchId}, ${now})`;
  return true;
}

/** The notices of a batch, locked. */
export async function lockClaimed(
  tx: Tx,
  municipality: string,
  batchId: string,
): Promise<readonly ClaimedCodeNotice[]> {
  return tx<ClaimedCodeNotice[]>`
    SELECT resident_number AS "residentNumber", sequence, state FROM registry.municipal_code_notice
    WHERE municipality_code = ${municipality} AND batch_id = ${batchId}
    ORDER BY resident_number, sequence FOR UPDATE`;
}

/** The answer of a batch, once it is finished. */
export async function readBatch(
  tx: Tx,
  municipality: string,
  batchId: string,
): Promise<CodeNoticeBatch | undefined> {
  const [counts] = await tx<Omit<CodeNoticeBatch, 'files'>[]>`
    SELECT batch_id AS "batchId", printed_count AS printed, at_counter_count AS "atCounter",
      withdrawn_count AS withdrawn, left_count AS left
    FROM registry.municipal_code_notice_batch
    WHERE municipality_code = ${municipality} AND batch_id = ${batchId} AND printed_at IS NOT NULL`;
  if (!counts) return undefined;
  const files = await tx<CodeNoticeFile[]>`
    SELECT name, notices, bytes, encode(sha256, 'hex') AS sha256 FROM registry.municipal_code_notice_file
    WHERE municipality_code = ${municipality} AND batch_id = ${batchId} ORDER BY name`;
  return { ...counts, files: [...files] };
}

/** What a batch came to for one notice. */
export interface CodeNoticeOutcome extends NoticeKey {
  readonly state: 'printed' | 'withdrawn' | 'queued';
  readonly isAtCounter: boolean;
  /** Why it is back in the queue. */
  readonly trouble: string | null;
}

/** Writes what became of the notices; those that could not be printed go behind those that were not tried yet. */
export async function storeOutcomes(
  tx: Tx,
  municipality: string,
  outcomes: readonly CodeNoticeOutcome[],
  now: Date,
): Promise<void> {
  await tx`
    UPDATE registry.municipal_code_notice n SET state = o.state, is_at_counter = o."isAtCounter", trouble = o.trouble,
      state_on = CASE WHEN o.state = 'queued' THEN n.state_on ELSE ${dateInTokyo(now.getTime())}::date END,
      batch_id = CASE WHEN o.state <> 'queued' THEN n.batch_id END, tried_at = ${now}::timestamptz
    FROM jsonb_to_recordset(${tx.json(outcomes.map((one) => ({ ...one })))}) AS o("residentNumber" text, sequence int,
      state text, "isAtCounter" boolean, trouble text)
    WHERE n.municipality_code = ${municipality} AND n.resident_number = o."residentNumber" AND n.sequence = o.sequence`;
}

/** Writes that a batch is finished, and its files. */
export async function finishBatch(
  tx: Tx,
  municipality: string,
  { batchId, printed, atCounter, withdrawn, left, files }: CodeNoticeBatch,
  now: Date,
): Promise<void> {
  await tx`
    UPDATE registry.municipal_code_notice_batch SET printed_at = ${now}, printed_count = ${printed},
      at_counter_count = ${atCounter}, withdrawn_count = ${withdrawn}, left_count = ${left}
    WHERE municipality_code = ${municipality} AND batch_id = ${batchId}`;
  await tx`
    INSERT INTO registry.municipal_code_notice_file (municipality_code, batch_id, name, notices, bytes, sha256)
    SELECT ${municipality}::text, ${batchId}::text, f.name, f.notices, f.bytes, decode(f.sha256, 'hex')
    FROM jsonb_to_recordset(${tx.json(files.map((file) => ({ ...file })))}) AS f(name text, notices int, bytes bigint,
      sha256 text)`;
}

/** How many notices stand where, and the batches that were begun and not finished. */
export interface CodeNoticeStanding {
  readonly states: readonly { readonly state: string; readonly count: number }[];
  readonly openBatches: readonly string[];
}

export async function readStanding(tx: Tx, municipality: string): Promise<CodeNoticeStanding> {
  const states = await tx<{ state: string; count: number }[]>`
    SELECT state, count(*) AS count FROM registry.municipal_code_notice
    WHERE municipality_code = ${municipality} GROUP BY state ORDER BY state`;
  const unfinished = await tx<{ batchId: string }[]>`
    SELECT batch_id AS "batchId" FROM registry.municipal_code_notice_batch
    WHERE municipality_code = ${municipality} AND printed_at IS NULL ORDER BY opened_at`;
  return { states: states.map((row) => ({ ...row })), openBatches: unfinished.map(({ batchId }) => batchId) };
}
