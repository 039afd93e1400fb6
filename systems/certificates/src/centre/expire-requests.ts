/**
 * Ends requests whose time is over, wherever they stand, and deletes their papers: a time-out ends the whole request,
 * never only a lock or a turn in a queue (the wrong-person copies of Yokohama, 27 March 2023). The wiring calls it every few
 * seconds; a request that is touched in between is judged by its own deadline anyway.
 */
import { inTransaction } from '@ishizue/db';
import { sendAll } from '@ishizue/link';
import type { CertificatesContext } from '../certificates-context.ts';
import { AT_CENTRE } from './at-centre.ts';
import { outcomeMessage } from './outcome-message.ts';
import { deleteDocuments, lockOverdue, moveRequests } from './request-store.ts';

const AT_ONCE = 1_000;

/** Ends up to a thousand overdue requests; answers how many. */
export async function expireRequests(context: CertificatesContext): Promise<number> {
  const now = new Date(context.clock.now());
  const ended = await inTransaction(context.sql, AT_CENTRE, async (tx) => {
    const overdue = await lockOverdue(tx, now, AT_ONCE);
    await moveRequests(
      tx,
      overdue.map((request) => ({ request, event: 'time-out', code: 'request-expired' })),
      now,
    );
    await deleteDocuments(
      tx,
      overdue.map(({ requestId }) => requestId),
    );
    const asked = overdue.filter(({ municipality }) => municipality !== null);
    await sendAll(
      tx,
      asked.map((request) => outcomeMessage(request, 'timed-out', now)),
    );
    return overdue.length;
  });
  if (ended > 0) context.wake();
  return ended;
}
