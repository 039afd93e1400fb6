/** A check as the operator sees it: what may still be asked and how far it is. Never what is held of the person. */
import type { CheckState, GivenAnswer, IdentityCheck } from './check-store.ts';
import type { Question } from './question-rules.ts';

export interface CheckView {
  readonly checkId: string;
  readonly state: CheckState;
  /** That may still be asked; empty when nothing is to be asked any more. */
  readonly questions: readonly Question[];
  /** Right answers that are still needed. */
  readonly rightsNeeded: number;
  /** Wrong answers that end the check. */
  readonly wrongsLeft: number;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
}

export function viewOfCheck(check: IdentityCheck, answers: readonly GivenAnswer[]): CheckView {
  const right = new Set(answers.filter(({ isRight }) => isRight).map(({ question }) => question));
  const wrongs = answers.filter(({ isRight }) => !isRight).length;
  return {
    checkId: check.checkId,
    state: check.state,
    questions: check.state === 'open' ? check.questions.filter((question) => !right.has(question)) : [],
    rightsNeeded: Math.max(0, check.rightsNeeded - right.size),
    wrongsLeft: Math.max(0, check.wrongsMax - wrongs),
    endsAt: check.endsAt.getTime(),
  };
}
