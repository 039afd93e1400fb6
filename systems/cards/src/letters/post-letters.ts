/** The letters of a batch have gone to the post and to the counter. Again, it changes nothing. */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { recordCardEntries } from '../card-entries.ts';
import type { CardsContext } from '../cards-context.ts';
import type { ClaimedLetter, LetterBook } from './letter-book.ts';

export type PostFailure = 'run-unknown' | 'run-not-finished' | 'day-out-of-bounds';

/** Answers how many were posted now. */
export function postLetters<Row extends ClaimedLetter>(
  context: CardsContext,
  access: Access,
  book: LetterBook<Row>,
  { runId, on }: { readonly runId: string; readonly on: IsoDate },
): Promise<Result<{ readonly posted: number }, PostFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const rows = await tx<{ state: string; stateOn: IsoDate }[]>`
      SELECT state, state_on AS "stateOn" FROM ${tx(book.table)} WHERE run_id = ${runId}`;
    if (rows.length === 0) return fail('run-unknown', 'there is no such run, or it wrote to nobody');
    if (rows.some(({ state }) => state === 'claimed'))
      return fail('run-not-finished', 'run it again under its id first');
    const isEarly = rows.some(({ state, stateOn }) => state === 'made' && on < stateOn);
    if (on > dateInTokyo(context.clock.now()) || isEarly)
      return fail('day-out-of-bounds', 'not between the run’s day and today');
    await book.posting?.(tx, runId, context.clock.now());
    const posted = await tx<{ residentCode: string }[]>`
      UPDATE ${tx(book.table)} SET state = 'handed-over', state_on = ${on}
      WHERE run_id = ${runId} AND state = 'made' RETURNING resident_code AS "residentCode"`;
    const touched = posted.map(({ residentCode }) => ({ residentCode, result: 'handed-over' }));
    await recordCardEntries(tx, context, access, [book.field], touched);
    return ok({ posted: posted.length });
  });
}
