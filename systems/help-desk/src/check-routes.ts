/**
 * Identity questions, suspension and standing, for operators who have somebody on the line. What is said of a person travels
 * in bodies; what comes back is right or wrong, and nothing that is held.
 */
import { CARD_STATES } from '@ishizue/cards';
import { type RateLimit, route } from '@ishizue/http';
import { ok, type Result } from '@ishizue/outcome';
import { z } from 'zod';
import { type HelpDeskContext, SUSPENSION_REASONS } from './help-desk-context.ts';
import { accessOf, callOperator, requestId, terminal } from './operator-access.ts';
import { type AnswerFailure, answerQuestion } from './questions/answer-question.ts';
import type { CheckView } from './questions/check-view.ts';
import { type OpenCheckFailure, openCheck } from './questions/open-check.ts';
import { CHECK_PURPOSES, QUESTIONS } from './questions/question-rules.ts';
import { type TellFailure, tellStanding } from './questions/tell-standing.ts';
import { SUSPENSION_ARTICLE } from './suspension/settle-suspension.ts';
import { CALLERS, type SuspensionFailure, suspendForCaller } from './suspension/suspend-for-caller.ts';

export const checkStatuses = {
  'search-keys-insufficient': 422,
  'search-keys-invalid': 422,
  'search-not-ready': 503,
  'no-match': 404,
  'person-blocked': 403,
  'request-id-reused': 409,
  'check-unknown': 404,
  'check-over': 409,
  'check-not-passed': 409,
  'question-not-asked': 409,
  'answer-out-of-order': 409,
  'card-none': 409,
  'card-unknown': 409,
  'card-state-refused': 409,
} as const satisfies Record<OpenCheckFailure | AnswerFailure | TellFailure | SuspensionFailure, number>;

const TAGS = ['help-desk'];
const BODY_BYTES_MAX = 8_192;
const checkParams = z.object({ check: z.uuid() });
const checkView = z.object({
  checkId: z.uuid(),
  state: z.enum(['open', 'passed', 'failed', 'used']),
  questions: z.array(z.enum(QUESTIONS)).meta({ description: 'That may be asked now' }),
  rightsNeeded: z.int(),
  wrongsLeft: z.int(),
  endsAt: z.iso.datetime(),
});
const bodyOf = <Key extends z.ZodRawShape>(key: Key) =>
  z.strictObject({ requestId, purpose: z.enum(CHECK_PURPOSES), terminal, ...key });
const wish = z.discriminatedUnion('by', [
  bodyOf({
    by: z.literal('items'),
    person: z.strictObject({
      name: z.string().max(400),
      birthDate: z.string().max(10),
      address: z.string().max(800),
      sex: z.literal([1, 2, 3]).optional(),
    }),
  }),
  bodyOf({ by: z.literal('card'), cardId: z.string().regex(/^[0-9A-Z]{16}$/) }),
  bodyOf({ by: z.literal('application'), applicationId: z.string().regex(/^\d{23}$/) }),
]);
const withIso = <View extends CheckView>(view: View) => ({
  ...view,
  questions: [...view.questions],
  endsAt: new Date(view.endsAt).toISOString(),
});
const viewed = <View extends CheckView, Code extends string>(result: Result<View, Code>) =>
  result.ok ? ok(withIso(result.value)) : result;

export const AFFAIR = 'card-call';

/** @param openLimit of checks that are opened, by operator: nobody looks through the register by the telephone */
export function checkRoutes(context: HelpDeskContext, openLimit: RateLimit) {
  const common = { tags: TAGS, access: callOperator, bodyBytesMax: BODY_BYTES_MAX } as const;
  const open = route({
    ...common,
    rateLimit: openLimit,
    method: 'POST',
    path: '/help-desk/checks',
    summary: 'Somebody is on the line: find whom they mean, and what is to be asked',
    body: wish,
    responses: { 201: checkView },
    handler: async ({ body: { terminal: at, ...given }, actor, correlation }) =>
      viewed(await openCheck(context, accessOf(actor, at, correlation, SUSPENSION_ARTICLE, AFFAIR), given)),
  });
  const give = route({
    ...common,
    method: 'POST',
    path: '/help-desk/checks/:check/answers',
    summary: 'An answer of the caller; told is whether it is right',
    params: checkParams,
    body: z.strictObject({
      number: z.int().min(1).max(20).meta({ description: 'Of the check’s answers; again, the same answer' }),
      question: z.enum(QUESTIONS),
      answer: z.string().min(1).max(800),
      terminal,
    }),
    responses: { 200: checkView.extend({ isRight: z.boolean() }) },
    handler: async ({ params, body: { terminal: at, ...given }, actor, correlation }) =>
      viewed(
        await answerQuestion(context, accessOf(actor, at, correlation, SUSPENSION_ARTICLE, AFFAIR), {
          checkId: params.check,
          ...given,
        }),
      ),
  });
  const suspend = route({
    ...common,
    method: 'POST',
    path: '/help-desk/checks/:check/suspension',
    summary: 'Stop the card, at any hour; its certificates are held for good',
    timeoutMs: 30_000,
    params: checkParams,
    body: z.strictObject({ caller: z.enum(CALLERS), reason: z.enum(SUSPENSION_REASONS), terminal }),
    responses: { 200: z.object({ state: z.literal('suspended') }) },
    handler: ({ params, body: { terminal: at, ...call }, actor, correlation }) =>
      suspendForCaller(context, accessOf(actor, at, correlation, SUSPENSION_ARTICLE, 'card-suspension'), {
        checkId: params.check,
        ...call,
      }),
  });
  const standing = route({
    ...common,
    method: 'POST',
    path: '/help-desk/checks/:check/standing',
    summary: 'How the card stands, once, after questions that were answered rightly',
    params: checkParams,
    body: z.strictObject({ terminal }),
    responses: {
      200: z.object({ card: z.object({ state: z.enum(CARD_STATES), expiresOn: z.iso.date() }).nullable() }),
    },
    handler: ({ params, body, actor, correlation }) =>
      tellStanding(
        context,
        accessOf(actor, body.terminal, correlation, SUSPENSION_ARTICLE, AFFAIR),
        params.check,
      ),
  });
  return [open, give, suspend, standing] as const;
}
