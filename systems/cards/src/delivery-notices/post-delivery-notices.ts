/** The letters of a batch have gone to the post and to the counter: their applications are notified. Again, it changes nothing. */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { lockApplications, storeApplicationChanges } from '../application/application-store.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import { recordCardEntries } from '../card-entries.ts';
import type { CardsContext } from '../cards-context.ts';
import type { ReturnsBook } from '../expiry-notices/take-returns.ts';

/** What comes back is taken by `takeReturns` with this book. */
export const DELIVERY_NOTICES: ReturnsBook = {
  letter: 'K',
  table: 'cards.delivery_notice',
  field: 'delivery-notice',
};

export type PostFailure = 'run-unknown' | 'run-not-finished' | 'day-out-of-bounds';

interface Row {
  readonly noticeId: number;
  readonly applicationId: string;
  readonly residentCode: string;
  readonly state: string;
  readonly stateOn: IsoDate;
}

/** Answers how many were posted now. */
export function postDeliveryNotices(
  context: CardsContext,
  access: Access,
  { runId, on }: { readonly runId: string; readonly on: IsoDate },
): Promise<Result<{ readonly posted: number }, PostFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const rows = await tx<Row[]>`
      SELECT notice_id AS "noticeId", c.application_id AS "applicationId", n.resident_code AS "residentCode", n.state,
        n.state_on AS "stateOn"
      FROM cards.delivery_notice n JOIN cards.card c USING (card_id) WHERE run_id = ${runId} ORDER BY notice_id`;
    if (rows.length === 0) return fail('run-unknown', 'there is no such run, or it wrote to nobody');
    if (rows.some(({ state }) => state === 'claimed'))
      return fail('run-not-finished', 'run it again under its id first');
    const made = rows.filter(({ state }) => state === 'made');
    if (on > dateInTokyo(context.clock.now()) || made.some(({ stateOn }) => on < stateOn))
      return fail('day-out-of-bounds', 'not between the run’s day and today');
    const applications = await lockApplications(
      tx,
      made.map(({ applicationId }) => applicationId),
    );
    // one that ended meanwhile, or whose card was fetched before its letter came, stays as it is
    const changes = applications.flatMap((application) => {
      const change = decideApplicationChange(application, 'notify');
      return change.ok ? [change.value] : [];
    });
    await storeApplicationChanges(tx, changes, new Date(context.clock.now()));
    const posted = await tx`
      UPDATE cards.delivery_notice SET state = 'handed-over', state_on = ${on} WHERE run_id = ${runId} AND state = 'made'`;
    const touched = made.map(({ residentCode }) => ({ residentCode, result: 'handed-over' }));
    await recordCardEntries(tx, context, access, ['delivery-notice'], touched);
    return ok({ posted: posted.count });
  });
}
