/**
 * A print batch: notices are taken from the queue under the batch's id, their persons read at the registry (a ledger
 * entry each), papers and address file written in parts, and only then are they printed in the books. Killed in
 * between, the same batch id makes the same files of the same notices; a batch that is finished is told again and
 * printed never again. Flow: docs/flows/numbering.md.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { NoticePrinting } from './notice-context.ts';
import { decideNoticeStep } from './notice-lifecycle.ts';
import { lockNotices, type NoticeChange, storeNoticeChanges } from './notice-store.ts';
import {
  claimNotices,
  finishBatch,
  leaveInQueue,
  type PrintBatch,
  readBatch,
  type WrittenFile,
} from './print-batch-store.ts';
import { type Outcome, writeNoticeFiles } from './write-notice-files.ts';

export interface PrintOrder {
  /** Chosen by the caller: `[0-9a-z-]{8,64}`. The same batch is printed once. */
  readonly batchId: string;
  readonly notices_max: number;
}

export type PrintFailure = 'batch-id-malformed' | 'no-notice-queued';

/** Notices of one batch: their outcomes are held in memory, and one statement writes their ledger entries. */
const PRINT_NOTICES_MAX = 5_000;

/** Prints the next notices of the queue. */
export async function printNotices(
  context: NoticePrinting,
  access: Access,
  order: PrintOrder,
): Promise<Result<PrintBatch, PrintFailure>> {
  const { batchId } = order;
  if (!/^[0-9a-z-]{8,64}$/.test(batchId))
    return fail('batch-id-malformed', 'a batch id is 8 to 64 of 0-9, a-z and -');
  const limit = Math.min(order.notices_max, PRINT_NOTICES_MAX);
  const site = { site: NATIONAL_SITE };
  const now = new Date(context.clock.now());
  const claim = await inTransaction(context.sql, site, (tx) => claimNotices(tx, batchId, limit, now));
  if (!claim) return fail('no-notice-queued', 'no notice is in the queue');
  if (claim.printed) return ok(claim.printed);
  const written = await writeNoticeFiles(context, access, claim);
  return inTransaction(context.sql, site, async (tx) => {
    const printed = await recordOutcomes(tx, context, access, batchId, written.outcomes, written.files);
    return ok(printed);
  });
}

async function recordOutcomes(
  tx: Tx,
  context: NoticePrinting,
  access: Access,
  batchId: string,
  outcomes: ReadonlyMap<number, Outcome>,
  files: readonly WrittenFile[],
): Promise<PrintBatch> {
  const now = context.clock.now();
  const today = dateInTokyo(now);
  const notices = await lockNotices(tx, [...outcomes.keys()]);
  // another process printed the same batch meanwhile: the files are the same, the books are written once
  const earlier = await readBatch(tx, batchId);
  if (earlier) return earlier;
  const changes: NoticeChange[] = [];
  const left = new Map<number, string>();
  for (const [noticeId, outcome] of outcomes) {
    const notice = notices.get(noticeId);
    if (!notice) throw new Error('a notice of the batch is gone');
    if (outcome.kind === 'left') left.set(noticeId, outcome.trouble);
    else {
      const step = { step: outcome.kind, on: today };
      const decided = decideNoticeStep(notice, step, today);
      if (!decided.ok) throw new Error(`a notice of the batch: ${decided.failure.code}`);
      changes.push({
        notice: { ...notice, ...decided.value, municipality: outcome.municipality },
        taken: [step],
      });
    }
  }
  await storeNoticeChanges(tx, changes, access.actor, now);
  await leaveInQueue(tx, left, new Date(now));
  const printed = changes.filter(({ notice }) => notice.state === 'printed').length;
  const counts = { printed, withdrawn: changes.length - printed, left: left.size };
  await finishBatch(tx, batchId, counts, files, new Date(now));
  await recordEntries(
    tx,
    [...notices.values()].map(({ noticeId, residentCode }) => ({
      site: NATIONAL_SITE,
      at: now,
      ...access,
      subject: context.pseudonyms.of(NATIONAL_SITE, residentCode),
      fields: ['number-notice', outcomes.get(noticeId)?.kind ?? ''],
      result: left.get(noticeId) ?? 'ok',
    })),
  );
  return { batchId, ...counts, files };
}
