/** The handlers of full comparison by topic, for `registryTopics`. */
import type { Handler } from '@ishizue/link';
import type { RegistryContext } from '../registry-context.ts';
import { answerQuestions } from './answer-question.ts';
import { applyResent } from './apply-resent.ts';
import { judgeChecks } from './check-persons.ts';
import { takeAnswers } from './compare.ts';
import { takeVerdicts } from './differences.ts';
import {
  IDENTITY_RESENT,
  RECONCILE_ANSWER,
  RECONCILE_CHECK,
  RECONCILE_QUESTION,
  RECONCILE_VERDICT,
  RESEND_REQUEST,
} from './messages.ts';
import { answerResendRequests } from './repair.ts';

export const reconcileTopics = (context: RegistryContext): Readonly<Record<string, Handler>> => ({
  [RECONCILE_QUESTION]: answerQuestions(context),
  [RECONCILE_ANSWER]: takeAnswers(context),
  [RECONCILE_CHECK]: judgeChecks(context),
  [RECONCILE_VERDICT]: takeVerdicts(context),
  [RESEND_REQUEST]: answerResendRequests(context),
  [IDENTITY_RESENT]: applyResent(context),
});
