/**
 * Requests that wait (a residence conflict is open, or an entry is on its way) are looked at again from time to time: what
 * ends a wait is not always a change that the national register records. Bounded, durable, and safe beside others.
 */
import { inTransaction } from '@ishizue/db';
import { sendAll } from '@ishizue/link';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { NumberingContext } from '../assign-numbers.ts';
import { lockWaiting } from './request-store.ts';
import { lockChanges, reviewRequests } from './review-requests.ts';

/** How long a request rests between two looks: each look is a ledger entry. */
const RETRY_AFTER_MS = 10 * 60_000;
const REVIEWED_AT_ONCE_MAX = 500;

/** Looks again at requests that have waited for ten minutes; answers how many of them need wait no longer. */
export async function reviewWaiting(
  context: NumberingContext & { readonly wake: () => void },
): Promise<number> {
  const moved = await inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const triedBefore = new Date(context.clock.now() - RETRY_AFTER_MS);
    const [due] = await tx`
      SELECT 1 FROM numbering.number_request WHERE state = 'asked' AND tried_at <= ${triedBefore} LIMIT 1`;
    if (!due) return 0;
    await lockChanges(tx);
    const waiting = await lockWaiting(tx, triedBefore, REVIEWED_AT_ONCE_MAX);
    const messages = await reviewRequests(tx, context, waiting, 'waiting');
    const [still] = await tx<{ count: number }[]>`
      SELECT count(*)::int AS count FROM numbering.number_request
      WHERE state = 'asked' AND (municipality_code, request_id) IN (
        SELECT * FROM unnest(${waiting.map(({ municipality }) => municipality)}::text[],
          ${waiting.map(({ requestId }) => requestId)}::text[]))`;
    await sendAll(tx, messages);
    return waiting.length - (still?.count ?? 0);
  });
  if (moved > 0) context.wake();
  return moved;
}
