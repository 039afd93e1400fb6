/** Number notices in and out of PostgreSQL. Callers run inside a transaction scoped to the national site. */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { NoticeStanding, NoticeStepName } from './notice-lifecycle.ts';

export interface NumberNotice extends NoticeStanding {
  readonly noticeId: number;
  readonly residentCode: string;
  /** Of the address that it was printed for; null before. */
  readonly municipality: string | null;
  /** How many steps it took so far. */
  readonly steps: number;
}

/** A notice as it stands after steps that were taken in one transaction. */
export interface NoticeChange {
  readonly notice: NumberNotice;
  readonly taken: readonly TakenStep[];
}

interface TakenStep {
  readonly step: NoticeStepName;
  readonly on: IsoDate;
}

/** The notices of these ids, locked in the order of their ids. */
export async function lockNotices(
  tx: Tx,
  noticeIds: readonly number[],
): Promise<ReadonlyMap<number, NumberNotice>> {
  const rows = await tx<NumberNotice[]>`
    SELECT notice_id AS "noticeId", resident_code AS "residentCode", state, state_on AS "stateOn",
      municipality_code AS municipality, posting_number AS "postingNumber", return_reason AS "returnReason",
      (SELECT count(*) FROM numbering.number_notice_step s WHERE s.notice_id = n.notice_id)::int AS steps
    FROM numbering.number_notice n WHERE notice_id = ANY(${noticeIds}::bigint[]) ORDER BY notice_id FOR UPDATE`;
  return new Map(rows.map((row) => [row.noticeId, row]));
}

/** Posting numbers among these that some notice has: no two letters have the same. */
export async function knownPostingNumbers(
  tx: Tx,
  postingNumbers: readonly string[],
): Promise<ReadonlySet<string>> {
  if (postingNumbers.length === 0) return new Set();
  const rows = await tx<{ number: string }[]>`
    SELECT posting_number AS number FROM numbering.number_notice WHERE posting_number = ANY(${postingNumbers})`;
  return new Set(rows.map(({ number }) => number));
}

/** Writes notices as they stand and the steps that led there. */
export async function storeNoticeChanges(
  tx: Tx,
  changes: readonly NoticeChange[],
  actor: string,
  now: number,
): Promise<void> {
  if (changes.length === 0) return;
  const notices = changes.map(({ notice }) => notice);
  await tx`
    UPDATE numbering.number_notice n SET state = c.state, state_on = c.state_on::date,
      municipality_code = c.municipality, posting_number = c.posting_number, return_reason = c.return_reason,
      trouble = NULL
    FROM unnest(${notices.map(({ noticeId }) => noticeId)}::bigint[], ${notices.map(({ state }) => state)}::text[],
      ${notices.map(({ stateOn }) => stateOn)}::text[], ${notices.map(({ municipality }) => municipality)}::text[],
      ${notices.map(({ postingNumber }) => postingNumber)}::text[],
      ${notices.map(({ returnReason }) => returnReason)}::text[])
      AS c(notice_id, state, state_on, municipality, posting_number, return_reason)
    WHERE n.notice_id = c.notice_id`;
  const steps = changes.flatMap(({ notice, taken }) =>
    taken.map(({ step, on }, index) => ({ step, on, id: notice.noticeId, place: notice.steps + index + 1 })),
  );
  await tx`
    INSERT INTO numbering.number_notice_step (notice_id, place, step, happened_on, recorded_at, actor)
    SELECT id, place, step, happened_on::date, ${new Date(now)}::timestamptz, ${actor}
    FROM unnest(${steps.map(({ id }) => id)}::bigint[], ${steps.map(({ place }) => place)}::int[],
      ${steps.map(({ step }) => step)}::text[], ${steps.map(({ on }) => on)}::text[])
      AS s(id, place, step, happened_on)`;
}
