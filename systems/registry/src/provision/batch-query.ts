/**
 * Batch query (一括提供): a file of persons in, a file of answers out. The file is answered chunk by chunk, each in one
 * transaction with its ledger entries. After a crash the agency hands in the same file under the same job id: chunks that
 * were answered are known by their hash and passed over. Flow: docs/flows/provision.md.
 */
import { inTransaction } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { answerChunk, answerHeader } from './answer-chunk.ts';
import { type BatchChunk, type BatchFileFailure, readBatch } from './batch-file.ts';
import { type BatchOrder, type BatchRefusal, openJob } from './batch-job.ts';
import { openAnswer } from './numbers-in-answers.ts';
import type { ProvisionItem } from './provision-rules.ts';

export type BatchFailure = BatchRefusal | BatchFileFailure;
export type CollectFailure = 'job-unknown' | 'job-not-finished' | 'answer-collected';

/** How far a job is. */
export interface BatchProgress {
  readonly lines: number;
  readonly given: number;
  readonly isFinished: boolean;
}

const CHUNKS_AT_ONCE = 3;

/**
 * Runs a job to its end, or goes on with it.
 * @param text the whole file, from its beginning
 * @param progress told of each chunk, answered now or before
 */
export async function runBatch(
  context: RegistryContext,
  order: BatchOrder,
  text: AsyncIterable<string>,
  progress: (lines: number) => void = () => undefined,
): Promise<Result<BatchProgress, BatchFailure>> {
  const opened = await openJob(context, order);
  if (!opened.ok) return opened;
  const answered = await answeredChunks(context, order);
  const underWay = new Set<Promise<void>>();
  let refused: Result<never, BatchFailure> | undefined;
  let crash: { readonly error: unknown } | undefined;
  let chunks = 0;
  let lines = 0;
  for await (const read of readBatch(text, order.key, context.numbers)) {
    if (!read.ok) refused = read;
    if (!read.ok || refused || crash) break;
    const chunk = read.value;
    chunks++;
    const earlier = answered.get(chunk.chunk);
    if (earlier !== undefined && earlier !== chunk.sha256.toString('hex')) {
      refused = fail('job-id-reused', 'a job of this id was begun with another file');
      break;
    }
    const done = earlier === undefined ? answerOne(chunk) : Promise.resolve();
    underWay.add(done);
    void done.finally(() => underWay.delete(done));
    if (underWay.size >= CHUNKS_AT_ONCE) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  if (crash) throw crash.error;
  if (refused) return refused;
  return finishJob(context, order, chunks);

  async function answerOne(chunk: BatchChunk): Promise<void> {
    try {
      const result = await answerChunk(context, order, chunk);
      if (!result.ok) refused = result;
      else progress((lines += chunk.lines.length));
    } catch (error) {
      crash = { error };
    }
  }
}

async function answeredChunks(
  context: RegistryContext,
  { agency, jobId }: BatchOrder,
): Promise<ReadonlyMap<number, string>> {
  const rows = await inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<{ chunk: number; sha256: string }[]>`
      SELECT chunk, encode(asked_sha256, 'hex') AS sha256 FROM registry.national_provision_chunk
      WHERE agency = ${agency} AND job_id = ${jobId}`,
  );
  return new Map(rows.map(({ chunk, sha256 }) => [chunk, sha256]));
}

/** Ends the job where it has the chunks of the file and no others. */
async function finishJob(
  context: RegistryContext,
  order: BatchOrder,
  chunks: number,
): Promise<Result<BatchProgress, BatchFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const [sum] = await tx<{ chunks: number; lines: number; given: number }[]>`
      SELECT count(*) AS chunks, coalesce(sum(lines), 0)::bigint AS lines, coalesce(sum(given), 0)::bigint AS given
      FROM registry.national_provision_chunk WHERE agency = ${order.agency} AND job_id = ${order.jobId}`;
    if (!sum || sum.chunks !== chunks)
      return fail('job-id-reused', 'a job of this id was begun with a longer file');
    await tx`
      UPDATE registry.national_provision_job SET finished_at = ${new Date(context.clock.now())}
      WHERE agency = ${order.agency} AND job_id = ${order.jobId} AND finished_at IS NULL`;
    return ok({ lines: sum.lines, given: sum.given, isFinished: true });
  });
}

/** How far the job is; undefined where the agency has none of this id. */
export async function batchProgress(
  context: RegistryContext,
  agency: string,
  jobId: string,
): Promise<BatchProgress | undefined> {
  const [row] = await inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<BatchProgress[]>`
      SELECT j.finished_at IS NOT NULL AS "isFinished", coalesce(sum(c.lines), 0)::bigint AS lines,
        coalesce(sum(c.given), 0)::bigint AS given
      FROM registry.national_provision_job j LEFT JOIN registry.national_provision_chunk c USING (agency, job_id)
      WHERE j.agency = ${agency} AND j.job_id = ${jobId} GROUP BY j.agency, j.job_id, j.finished_at`,
  );
  return row;
}

/** The answer's file of a finished job, a chunk at a time. Each collection is on the ledger. */
export async function collectAnswer(
  context: RegistryContext,
  agency: string,
  jobId: string,
): Promise<Result<AsyncIterable<string>, CollectFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const [job] = await tx<{ items: ProvisionItem[]; isFinished: boolean; isCollected: boolean }[]>`
      SELECT items, finished_at IS NOT NULL AS "isFinished", collected_at IS NOT NULL AS "isCollected"
      FROM registry.national_provision_job WHERE agency = ${agency} AND job_id = ${jobId}`;
    const code = !job
      ? 'job-unknown'
      : !job.isFinished
        ? 'job-not-finished'
        : job.isCollected
          ? 'answer-collected'
          : undefined;
    await recordEntry(tx, {
      site: NATIONAL_SITE,
      at: context.clock.now(),
      actorKind: 'site',
      actor: agency,
      terminal: '',
      article: '住民基本台帳法 第30条の9',
      affair: 'collect-batch-answer',
      subject: null,
      fields: job?.items ?? [],
      result: code ?? 'ok',
      correlation: jobId,
    });
    if (!job || code) return fail(code ?? 'job-unknown', 'the job has no answer to collect');
    return ok(answerText(context, agency, jobId, job.items));
  });
}

async function* answerText(
  context: RegistryContext,
  agency: string,
  jobId: string,
  items: readonly ProvisionItem[],
): AsyncGenerator<string> {
  yield answerHeader(items);
  for (let chunk = 0; ; chunk++) {
    const [row] = await inTransaction(
      context.sql,
      { site: NATIONAL_SITE },
      (tx) => tx<{ answer: string | null }[]>`
        SELECT answer FROM registry.national_provision_chunk
        WHERE agency = ${agency} AND job_id = ${jobId} AND chunk = ${chunk}`,
    );
    if (!row) return;
    if (row.answer === null) throw new Error('the answer was acknowledged while it was collected');
    yield items.includes('individual-number') ? openAnswer(context.numbers, row.answer) : row.answer;
  }
}

/** The agency has the answer: it is deleted here, counts and hashes stay. */
export async function acknowledgeAnswer(
  context: RegistryContext,
  agency: string,
  jobId: string,
): Promise<Result<undefined, 'job-not-finished'>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const { count } = await tx`
      UPDATE registry.national_provision_job SET collected_at = ${new Date(context.clock.now())}
      WHERE agency = ${agency} AND job_id = ${jobId} AND finished_at IS NOT NULL`;
    if (count === 0) return fail('job-not-finished', 'no finished job of this id');
    await tx`
      UPDATE registry.national_provision_chunk SET answer = NULL WHERE agency = ${agency} AND job_id = ${jobId}`;
    return ok(undefined);
  });
}
