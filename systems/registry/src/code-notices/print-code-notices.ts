/**
 * A batch of code notices (住民基本台帳法 30-4 (4)): the oldest of the queue are taken under the batch's id, their papers and the
 * address file written, and only then are they printed in the books. Killed in between, the same id takes the same notices
 * and makes their papers again; finished, it answers what it answered. Flow: docs/flows/code-change.md step 3.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { municipalSite } from '../registry-context.ts';
import type { CodeNoticeDesk } from './code-notice-desk.ts';
import {
  type CodeNoticeBatch,
  type CodeNoticeStanding,
  claimCodeNotices,
  finishBatch,
  lockClaimed,
  readBatch,
  readStanding,
  storeOutcomes,
} from './code-notice-store.ts';
import {
  type CodeNoticeWriting,
  type WrittenCodeNotices,
  writeCodeNoticeFiles,
} from './write-code-notice-files.ts';

export type CodeNoticeFailure = 'batch-id-malformed' | 'no-notice-queued';

export interface CodeNoticeOrder {
  /** Chosen by the caller: `[0-9a-z-]{8,64}`. The same batch is printed once. */
  readonly batchId: string;
  readonly notices_max?: number;
}

/** Notices of one batch: their outcomes are held in memory. */
export const CODE_NOTICES_MAX = 1_000;

/** Prints the next notices of the queue. */
export async function printCodeNotices(
  desk: CodeNoticeDesk,
  municipality: string,
  access: Access,
  { batchId, notices_max = CODE_NOTICES_MAX }: CodeNoticeOrder,
): Promise<Result<CodeNoticeBatch, CodeNoticeFailure>> {
  if (!/^[0-9a-z-]{8,64}$/.test(batchId))
    return fail('batch-id-malformed', 'a batch id is 8 to 64 of 0-9, a-z and -');
  const { sql, clock } = desk.registry;
  const scope = { site: municipalSite(municipality) };
  const limit = Math.min(notices_max, CODE_NOTICES_MAX);
  for (;;) {
    const now = new Date(clock.now());
    const claim = await inTransaction(sql, scope, (tx) =>
      claimCodeNotices(tx, municipality, batchId, limit, now),
    );
    if (!claim) return fail('no-notice-queued', 'no notice is in the queue');
    if (claim.printed) return ok(claim.printed);
    const writing = { municipality, batchId, access, claim };
    const written = await writeCodeNoticeFiles(desk, writing);
    const printed = await inTransaction(sql, scope, (tx) => recordWritten(tx, desk, writing, written));
    // a code that changed while the papers were set is on one of them: they are set again without it
    if (printed) return ok(printed);
  }
}

/** How the notices of a municipality stand; names nobody. */
export const codeNoticeStanding = (
  { registry }: Pick<CodeNoticeDesk, 'registry'>,
  municipality: string,
): Promise<CodeNoticeStanding> =>
  inTransaction(registry.sql, { site: municipalSite(municipality) }, (tx) => readStanding(tx, municipality));

async function recordWritten(
  tx: Tx,
  { registry }: CodeNoticeDesk,
  { municipality, batchId, access, claim }: CodeNoticeWriting,
  { outcomes, files }: WrittenCodeNotices,
): Promise<CodeNoticeBatch | undefined> {
  const standing = await lockClaimed(tx, municipality, batchId);
  // another process printed the same batch meanwhile: the files are the same, the books are written once
  const earlier = await readBatch(tx, municipality, batchId);
  if (earlier) return earlier;
  const queued = standing.filter(({ state }) => state === 'queued').length;
  if (queued !== outcomes.length) return undefined;
  const now = registry.clock.now();
  const codes = await tx<{ residentNumber: string; residentCode: string }[]>`
    SELECT resident_number AS "residentNumber", resident_code AS "residentCode" FROM registry.municipal_resident
    WHERE municipality_code = ${municipality} AND resident_number = ANY(${outcomes.map((one) => one.residentNumber)})`;
  const codeOf = new Map(codes.map(({ residentNumber, residentCode }) => [residentNumber, residentCode]));
  await storeOutcomes(tx, municipality, outcomes, new Date(now));
  const printed = outcomes.filter(({ state }) => state === 'printed');
  const left = outcomes.filter(({ state }) => state === 'queued').length;
  const batch: CodeNoticeBatch = {
    batchId,
    printed: printed.length,
    atCounter: printed.filter(({ isAtCounter }) => isAtCounter).length,
    withdrawn: claim.notices.length - printed.length - left,
    left,
    files: files.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
  await finishBatch(tx, municipality, batch, new Date(now));
  const site = municipalSite(municipality);
  await recordEntries(
    tx,
    outcomes.map(({ residentNumber, state, trouble }) => ({
      site,
      at: now,
      ...access,
      subject: registry.pseudonyms.of(site, codeOf.get(residentNumber) ?? ''),
      fields: ['code-notice', state],
      result: trouble ?? 'ok',
    })),
  );
  return batch;
}
