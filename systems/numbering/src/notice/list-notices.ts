/** The number notices in a state, for the centre's officers: neither name nor number, and a ledger entry for each look. */
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { NoticeContext } from './notice-context.ts';
import type { NoticeState } from './notice-lifecycle.ts';
import type { NumberNotice } from './notice-store.ts';

/** A notice and, in the queue, why the last batch left it there. */
export type ListedNotice = Omit<NumberNotice, 'steps'> & { readonly trouble: string | null };

const LISTED_MAX = 1_000;

/** Notices in a state, the longest unchanged first, a thousand at the most. */
export function listNotices(
  { sql, clock, pseudonyms }: Pick<NoticeContext, 'sql' | 'clock' | 'pseudonyms'>,
  access: Access,
  state: NoticeState,
): Promise<readonly ListedNotice[]> {
  return inTransaction(sql, { site: NATIONAL_SITE }, async (tx) => {
    const notices = await tx<ListedNotice[]>`
      SELECT notice_id AS "noticeId", resident_code AS "residentCode", state, state_on AS "stateOn",
        municipality_code AS municipality, posting_number AS "postingNumber", return_reason AS "returnReason", trouble
      FROM numbering.number_notice WHERE state = ${state} ORDER BY state_on, notice_id LIMIT ${LISTED_MAX}`;
    const entry = {
      site: NATIONAL_SITE,
      at: clock.now(),
      ...access,
      fields: ['number-notice'],
      result: 'ok',
    };
    await recordEntries(
      tx,
      notices.map(({ residentCode }) => ({
        ...entry,
        subject: pseudonyms.of(NATIONAL_SITE, residentCode),
      })),
    );
    return [...notices];
  });
}
