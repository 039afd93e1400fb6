/**
 * One answer of a caller, compared by the system: the operator is told right or wrong, and nothing that is held. Each is
 * counted under the person's turn before anything is told of it, so that answers sent at once are not more than the limit,
 * and is a ledger entry. The answer itself is kept nowhere.
 */
import { findHeldCard } from '@ishizue/cards';
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, findPerson, NATIONAL_SITE } from '@ishizue/registry';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { recordAbout } from '../record-about.ts';
import {
  answersOf,
  findCheck,
  type GivenAnswer,
  type IdentityCheck,
  insertAnswer,
  lockCheck,
  setCheckState,
  takeTurn,
} from './check-store.ts';
import { type CheckView, viewOfCheck } from './check-view.ts';
import { type HeldFacts, isRight } from './is-right.ts';
import { isBlockedNow } from './open-check.ts';
import { QUESTION_RULES, type Question } from './question-rules.ts';

export interface AnswerToQuestion {
  readonly checkId: string;
  /** Of the check's answers, from 1: the same number again is the same answer. */
  readonly number: number;
  readonly question: Question;
  readonly answer: string;
}

export type AnswerFailure =
  | 'check-unknown'
  | 'check-over'
  | 'question-not-asked'
  | 'answer-out-of-order'
  | 'person-blocked';

export interface Answered extends CheckView {
  readonly isRight: boolean;
}

export async function answerQuestion(
  context: HelpDeskContext,
  access: Access,
  given: AnswerToQuestion,
): Promise<Result<Answered, AnswerFailure>> {
  const known = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    findCheck(tx, given.checkId),
  );
  if (known?.operator !== access.actor) return fail('check-unknown', 'no check of this operator');
  const facts = await factsOf(context, access, known);
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await takeTurn(tx, known.subject);
    const check = (await lockCheck(tx, given.checkId)) ?? known;
    const answers = await answersOf(tx, check.checkId);
    const earlier = answers[given.number - 1];
    if (earlier?.question === given.question)
      return ok({ ...viewOfCheck(check, answers), isRight: earlier.isRight });
    const refusal = refusalOf(check, answers, given, context.clock.now());
    const settled = refusal ? refusal : await settle(tx, context, check, answers, given, facts);
    const result = settled.ok ? (settled.value.isRight ? 'right' : 'wrong') : settled.failure.code;
    const fields = ['identity-question', given.question];
    await recordAbout(tx, context, access, { subject: check.subject, fields, result });
    return settled;
  });
}

/** Read outside of the turn: each look is on the ledger of its own. */
async function factsOf(context: HelpDeskContext, access: Access, check: IdentityCheck): Promise<HeldFacts> {
  const { residentCode } = check;
  if (residentCode === null) return { person: undefined, card: undefined };
  return {
    person: await findPerson(context.registry, access, residentCode),
    card: await findHeldCard(context.cards, access, { residentCode }),
  };
}

function refusalOf(
  check: IdentityCheck,
  answers: readonly GivenAnswer[],
  { number, question }: AnswerToQuestion,
  now: number,
): Result<never, AnswerFailure> | undefined {
  if (check.state !== 'open' || now >= check.endsAt.getTime() || check.residentCode === null)
    return fail('check-over', 'the check is over');
  if (number !== answers.length + 1)
    return fail('answer-out-of-order', `the next answer is ${answers.length + 1}`);
  const isAsked = viewOfCheck(check, answers).questions.includes(question);
  return isAsked ? undefined : fail('question-not-asked', 'this is not asked, or was answered rightly');
}

async function settle(
  tx: Tx,
  context: HelpDeskContext,
  check: IdentityCheck,
  answers: readonly GivenAnswer[],
  { number, question, answer }: AnswerToQuestion,
  facts: HeldFacts,
): Promise<Result<Answered, 'person-blocked'>> {
  const now = context.clock.now();
  const rule = QUESTION_RULES.get(dateInTokyo(now));
  if (await isBlockedNow(tx, rule, check.purpose, check.subject, now)) {
    await setCheckState(tx, check.checkId, 'failed');
    return fail('person-blocked', 'too many wrong answers: not now, or at the counter');
  }
  const right = isRight(question, answer, facts);
  const given: GivenAnswer = { number, question, isRight: right };
  await insertAnswer(tx, check.checkId, given, new Date(now));
  const all = [...answers, given];
  const { rightsNeeded, wrongsLeft } = viewOfCheck(check, all);
  const state = rightsNeeded === 0 ? 'passed' : wrongsLeft === 0 ? 'failed' : 'open';
  if (state !== 'open') await setCheckState(tx, check.checkId, state);
  return ok({ ...viewOfCheck({ ...check, state }, all), isRight: right });
}
