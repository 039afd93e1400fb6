/** A check as its operator left it: which questions are still to be asked. Nothing of the person is looked at. */
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { answersOf, findCheck } from './check-store.ts';
import { type CheckView, viewOfCheck } from './check-view.ts';
import type { CheckPurpose } from './question-rules.ts';

export interface OwnCheck extends CheckView {
  readonly purpose: CheckPurpose;
  /** How many answers were given: the next one has the number after it. */
  readonly answered: number;
}

export const readCheck = (
  { sql }: Pick<HelpDeskContext, 'sql'>,
  operator: string,
  checkId: string,
): Promise<Result<OwnCheck, 'check-unknown'>> =>
  inTransaction(sql, { site: NATIONAL_SITE }, async (tx) => {
    const check = await findCheck(tx, checkId);
    if (check?.operator !== operator) return fail('check-unknown', 'no check of this operator');
    const answers = await answersOf(tx, checkId);
    return ok({ ...viewOfCheck(check, answers), purpose: check.purpose, answered: answers.length });
  });
