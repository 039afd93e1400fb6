/**
 * A call in a browser: the same acts as for programs (check-routes.ts), with the same role, limit and ledger entries. What is said of
 * a person travels in bodies, never in an address. Flow: docs/flows/desk.md step 10.
 */
import { randomUUID } from 'node:crypto';
import {
  answer,
  type Call,
  empty,
  form,
  type OperatorActor,
  page,
  type RateLimit,
  redirect,
  route,
} from '@ishizue/http';
import { inLanguage, languageOf, terminalOf } from '@ishizue/pages';
import { z } from 'zod';
import { AFFAIR } from '../check-routes.ts';
import { searchFaq } from '../faq/search-faq.ts';
import { type HelpDeskContext, SUSPENSION_REASONS } from '../help-desk-context.ts';
import { maskNumbers } from '../mask-numbers.ts';
import { accessOf, callOperator, requestId } from '../operator-access.ts';
import { answerQuestion } from '../questions/answer-question.ts';
import { openCheck } from '../questions/open-check.ts';
import { CHECK_PURPOSES, FOUND_BY, QUESTIONS } from '../questions/question-rules.ts';
import { readCheck } from '../questions/read-check.ts';
import { tellStanding } from '../questions/tell-standing.ts';
import { SUSPENSION_ARTICLE } from '../suspension/settle-suspension.ts';
import { CALLERS, suspendForCaller } from '../suspension/suspend-for-caller.ts';
import { CALLS_PATH, type CheckPage, callPage, checkPage } from './call-pages.ts';
import type { CallRefusal } from './call-words.ts';

const lang = { lang: z.string().max(5).optional() };
const common = { tags: ['pages'], access: callOperator, bodyBytesMax: 8_192 } as const;
const checkParams = z.object({ check: z.uuid() });
const text = z.string().trim().max(800).default('');
const typedForm = form(
  z.object({
    requestId,
    purpose: z.enum(CHECK_PURPOSES),
    by: z.enum(FOUND_BY),
    name: text,
    birthDate: text,
    address: text,
    cardId: text,
    applicationId: text,
  }),
);
type Typed = z.output<typeof typedForm.schema>;

type Posted<Params = unknown> = Call<Params, { readonly lang?: string | undefined }, unknown, OperatorActor>;
type OfCheck = Posted<z.output<typeof checkParams>>;

const shownIn = ({ query, headers }: Pick<Posted, 'query' | 'headers'>) =>
  languageOf(query.lang, headers['accept-language']);
const entered = ({ actor, headers, correlation }: Posted, affair: string) =>
  accessOf(actor, terminalOf(headers), correlation, SUSPENSION_ARTICLE, affair);

/** @param openLimit the one of the routes for programs */
export const callPages = (context: HelpDeskContext, openLimit: RateLimit) =>
  [...openingPages(context, openLimit), ...checkPages(context)] as const;

/** What is typed, in the form that opens a check; undefined where something is missing. */
function wishOf({ requestId: id, purpose, by, name, birthDate, address, ...numbers }: Typed) {
  const common_ = { requestId: id, purpose };
  if (by === 'items')
    return name && birthDate && address
      ? { ...common_, by, person: { name, birthDate, address } }
      : undefined;
  const number = numbers[by === 'card' ? 'cardId' : 'applicationId']
    .normalize('NFKC')
    .replaceAll(/[\s-]/g, '');
  if (by === 'card')
    return /^[0-9A-Z]{16}$/i.test(number) ? { ...common_, by, cardId: number.toUpperCase() } : undefined;
  return /^\d{23}$/.test(number) ? { ...common_, by, applicationId: number } : undefined;
}

const openingPages = (context: HelpDeskContext, openLimit: RateLimit) =>
  [
    route({
      ...common,
      method: 'GET',
      path: CALLS_PATH,
      summary: 'The page on which a call is taken',
      query: z.object({ ...lang, q: z.string().max(200).catch('') }),
      responses: { 200: page() },
      handler: async (call) => {
        const language = shownIn(call);
        const question = maskNumbers(call.query.q.trim());
        const found = question === '' ? [] : await searchFaq(context, language, question);
        return answer(200, callPage(call, { language, requestId: randomUUID(), question, found }));
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: CALLS_PATH,
      summary: 'Open a check from the page',
      rateLimit: openLimit,
      query: z.object(lang),
      body: typedForm,
      responses: { 303: empty('To the check'), 422: page('Refused') },
      handler: async (call) => {
        const language = shownIn(call);
        const again = (refused: CallRefusal) =>
          answer(
            422,
            callPage(call, { language, requestId: randomUUID(), question: '', found: [], refused }),
          );
        const wish = wishOf(call.body);
        if (!wish) return again('not-typed');
        const opened = await openCheck(context, entered(call, AFFAIR), wish);
        if (!opened.ok) return again(opened.failure.code);
        return redirect(inLanguage(`${CALLS_PATH}/${opened.value.checkId}`, language));
      },
    }),
  ] as const;

/** The page of a check as it stands; of one that is not this operator’s the page on which calls are taken. */
async function showCheck(
  context: HelpDeskContext,
  call: OfCheck,
  besides: Pick<CheckPage, 'refused' | 'told' | 'standing'> = {},
) {
  const language = shownIn(call);
  const check = await readCheck(context, call.actor.operator, call.params.check);
  if (check.ok)
    return answer(besides.refused ? 409 : 200, checkPage(call, { language, check: check.value, ...besides }));
  const blank = { language, requestId: randomUUID(), question: '', found: [] };
  return answer(409, callPage(call, { ...blank, refused: check.failure.code }));
}

const checkPages = (context: HelpDeskContext) => {
  const ofCheck = { ...common, params: checkParams } as const;
  const responses = { 200: page(), 303: empty('Done'), 409: page('Refused') };
  const back = (call: OfCheck, told: string) =>
    redirect(inLanguage(`${CALLS_PATH}/${call.params.check}?told=${told}`, shownIn(call)));
  return [
    route({
      ...ofCheck,
      method: 'GET',
      path: `${CALLS_PATH}/:check`,
      summary: 'A check, for the operator who opened it',
      query: z.object({ ...lang, told: z.enum(['right', 'wrong', 'suspended']).optional().catch(undefined) }),
      responses,
      handler: (call) => showCheck(context, call, { told: call.query.told }),
    }),
    route({
      ...ofCheck,
      method: 'POST',
      path: `${CALLS_PATH}/:check/answers`,
      summary: 'Compare an answer of the caller, from the page',
      query: z.object(lang),
      body: form(
        z.object({
          number: z.coerce.number().int().min(1).max(20),
          question: z.enum(QUESTIONS),
          answer: z.string().trim().min(1).max(800),
        }),
      ),
      responses,
      handler: async (call) => {
        const given = { checkId: call.params.check, ...call.body };
        const answered = await answerQuestion(context, entered(call, AFFAIR), given);
        if (!answered.ok) return showCheck(context, call, { refused: answered.failure.code });
        return back(call, answered.value.isRight ? 'right' : 'wrong');
      },
    }),
    route({
      ...ofCheck,
      method: 'POST',
      path: `${CALLS_PATH}/:check/suspension`,
      summary: 'Stop the card, from the page',
      timeoutMs: 30_000,
      query: z.object(lang),
      body: form(z.object({ caller: z.enum(CALLERS), reason: z.enum(SUSPENSION_REASONS) })),
      responses,
      handler: async (call) => {
        const wish = { checkId: call.params.check, ...call.body };
        const done = await suspendForCaller(context, entered(call, 'card-suspension'), wish);
        return done.ok ? back(call, 'suspended') : showCheck(context, call, { refused: done.failure.code });
      },
    }),
    route({
      ...ofCheck,
      method: 'POST',
      path: `${CALLS_PATH}/:check/standing`,
      summary: 'How the card stands, once, on the page',
      query: z.object(lang),
      body: form(z.object({})),
      responses,
      handler: async (call) => {
        const told = await tellStanding(context, entered(call, AFFAIR), call.params.check);
        return showCheck(context, call, told.ok ? { standing: told.value } : { refused: told.failure.code });
      },
    }),
  ] as const;
};
