/**
 * Letters of a run are handed over: what is posted to the post, what is of the counter to the municipality. A bundle at a time,
 * each with the entries of its persons; again, it changes nothing.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { recordAlike } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { CardsContext } from '../cards-context.ts';
import { bundlesToHandOver, expiryRunStanding } from './run-expiry-notices.ts';

export type HandOverNoticesFailure =
  | 'run-unknown'
  /** Its files are not all written. */
  | 'run-not-finished'
  /** A day to come, or before the run. */
  | 'day-out-of-bounds';

/** Answers how many were handed over now. */
export async function handOverNotices(
  cards: CardsContext,
  access: Access,
  { runId, on }: { readonly runId: string; readonly on: IsoDate },
): Promise<Result<{ readonly handedOver: number }, HandOverNoticesFailure>> {
  const run = await expiryRunStanding(cards, runId);
  if (!run) return fail('run-unknown', 'there is no such run');
  if (!run.isFinished) return fail('run-not-finished', 'run it again under its id first');
  if (on > dateInTokyo(cards.clock.now()) || on < run.endsFrom)
    return fail('day-out-of-bounds', 'not between the run’s day and today');
  let handedOver = 0;
  for (const { municipality, bundle } of await bundlesToHandOver(cards, runId))
    handedOver += await inTransaction(cards.sql, { site: NATIONAL_SITE }, async (tx) => {
      const rows = await tx<{ residentCode: string }[]>`
        UPDATE cards.expiry_notice SET state = 'handed-over', state_on = ${on}
        WHERE run_id = ${runId} AND municipality = ${municipality} AND bundle = ${bundle} AND state = 'made'
        RETURNING resident_code AS "residentCode"`;
      const { correlation, ...common } = access;
      await recordAlike(
        tx,
        { site: NATIONAL_SITE, at: cards.clock.now(), ...common, fields: ['expiry-notice'] },
        rows.map(({ residentCode }) => ({
          subject: cards.pseudonyms.of(NATIONAL_SITE, residentCode),
          result: 'handed-over',
          correlation,
        })),
      );
      return rows.length;
    });
  return ok({ handedOver });
}
