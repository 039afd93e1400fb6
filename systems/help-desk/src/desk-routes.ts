/** Chats, tickets, FAQ and figures, for the operators of the national site. None of them holds anything of a person. */
import { operatorWith, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import { answerRate } from './calls/answer-rate.ts';
import type { ChatSession } from './chat/chat-store.ts';
import { endAsOperator, readChat, takeNextChat, writeAsOperator } from './chat/operator-chat.ts';
import { publishFaq, withdrawFaq } from './faq/publish-faq.ts';
import type { HelpDeskContext } from './help-desk-context.ts';
import { CALL_LEAD, callOperator, FAQ_REVIEWER } from './operator-access.ts';
import { CALL_LANGUAGES, TOPICS } from './topics.ts';

export const deskStatuses = {
  'chats-too-many': 409,
  'chat-unknown': 404,
  'chat-ended': 409,
  'chat-full': 409,
  'message-malformed': 422,
  'ticket-unknown': 404,
  'ticket-state-refused': 409,
  'ticket-changed-meanwhile': 409,
  'text-holds-a-number': 422,
  'text-holds-a-person': 422,
  'language-missing': 422,
  'language-repeated': 422,
  'faq-id-taken': 409,
  'faq-unknown': 404,
  'reviewer-answered-it': 403,
} as const;

const TAGS = ['help-desk'];
const sessionParams = z.object({ session: z.uuid() });
const sessionView = z.object({
  sessionId: z.uuid(),
  language: z.enum(['ja', 'en']),
  state: z.enum(['open', 'waiting', 'talking', 'ended']),
  messages: z.int(),
});
const viewOf = ({ sessionId, language, state, messages }: ChatSession) => ({
  sessionId,
  language,
  state,
  messages,
});
const messageView = z.object({
  number: z.int(),
  author: z.enum(['visitor', 'operator', 'bot']),
  text: z.string(),
  faqIds: z.array(z.string()),
  sentAt: z.iso.datetime(),
});
const done = z.object({ done: z.literal(true) });
const whenDone = async <Code extends string>(
  result: Promise<
    | { readonly ok: true }
    | { readonly ok: false; readonly failure: { readonly code: Code; readonly detail: string } }
  >,
) => {
  const settled = await result;
  return settled.ok ? ok({ done: true } as const) : settled;
};

function chatRoutes(context: HelpDeskContext) {
  const common = { tags: TAGS, access: callOperator, params: sessionParams } as const;
  return [
    route({
      method: 'POST',
      path: '/help-desk/chats/next',
      summary: 'Take the chat that waits longest; null where nobody waits',
      tags: TAGS,
      access: callOperator,
      body: z.strictObject({}),
      responses: { 200: z.object({ chat: sessionView.nullable() }) },
      handler: async ({ actor }) => {
        const taken = await takeNextChat(context, actor.operator);
        return taken.ok ? ok({ chat: taken.value ? viewOf(taken.value) : null }) : taken;
      },
    }),
    route({
      ...common,
      method: 'GET',
      path: '/help-desk/chats/:session',
      summary: 'What was said after a message, in a chat of one’s own',
      query: z.object({ after: z.coerce.number().int().min(0).max(10_000).default(0) }),
      responses: { 200: z.object({ chat: sessionView, said: z.array(messageView) }) },
      handler: async ({ actor, params, query }) => {
        const read = await readChat(context, actor.operator, params.session, query.after);
        if (!read.ok) return read;
        const said = read.value.messages.map(({ sentAt, faqIds, ...message }) => ({
          ...message,
          faqIds: [...faqIds],
          sentAt: sentAt.toISOString(),
        }));
        return ok({ chat: viewOf(read.value.session), said });
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: '/help-desk/chats/:session/messages',
      summary: 'Write to the visitor; the same message id is taken once',
      bodyBytesMax: 16_384,
      body: z.strictObject({
        messageId: z.string().regex(/^[0-9A-Za-z-]{8,48}$/),
        text: z.string().max(4_000),
      }),
      responses: { 200: done },
      handler: ({ actor, params, body }) =>
        whenDone(writeAsOperator(context, actor.operator, { sessionId: params.session, ...body })),
    }),
    route({
      ...common,
      method: 'POST',
      path: '/help-desk/chats/:session/end',
      summary: 'End the chat',
      body: z.strictObject({}),
      responses: { 200: done },
      handler: ({ actor, params }) => whenDone(endAsOperator(context, actor.operator, params.session)),
    }),
  ] as const;
}

function faqRoutes(context: HelpDeskContext) {
  const reviewer = operatorWith(FAQ_REVIEWER);
  const text = z.strictObject({
    language: z.enum(CALL_LANGUAGES),
    question: z.string().trim().min(1).max(300),
    answer: z.string().trim().min(1).max(3_000),
    words: z.string().trim().max(300).default(''),
  });
  const faqView = z.object({ faqId: z.string() });
  const faqId = z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+){0,9}$/)
    .max(60);
  return [
    route({
      method: 'POST',
      path: '/help-desk/faq',
      summary: 'Publish an entry made out of a resolved ticket that others answered',
      tags: TAGS,
      access: reviewer,
      bodyBytesMax: 65_536,
      body: z.strictObject({
        faqId,
        ticketId: z.int().min(1),
        sequence: z.int().min(1),
        texts: z.array(text).max(6),
      }),
      responses: { 201: faqView },
      handler: ({ actor, body }) => publishFaq(context, actor.operator, body),
    }),
    route({
      method: 'POST',
      path: '/help-desk/faq/:id/withdraw',
      summary: 'Take an entry out of search',
      tags: TAGS,
      access: reviewer,
      params: z.object({ id: faqId }),
      body: z.strictObject({}),
      responses: { 200: faqView },
      handler: ({ params }) => withdrawFaq(context, params.id),
    }),
  ] as const;
}

const rate = {
  offered: z.int(),
  answered: z.int(),
  abandoned: z.int(),
  percent: z.string().nullable(),
  isMet: z.boolean().nullable(),
};
const report = z.object({
  fiscalYear: z.int(),
  target_percent: z.int(),
  source: z.string(),
  total: z.object(rate),
  months: z.array(z.object({ month: z.string(), ...rate })),
  topics: z.array(z.object({ topic: z.enum(TOPICS), ...rate })),
  byProgram: z.int(),
});

const rateRoute = (context: HelpDeskContext) =>
  route({
    method: 'GET',
    path: '/help-desk/answer-rate',
    summary: 'Answered of offered, by month and topic of a fiscal year, beside the figure to be kept',
    tags: TAGS,
    access: operatorWith(CALL_LEAD),
    query: z.object({ year: z.coerce.number().int().min(2016).max(2999) }),
    responses: { 200: report },
    handler: async ({ query }) => {
      const { months, topics, ...rest } = await answerRate(context, query.year);
      return ok({ ...rest, months: [...months], topics: [...topics] });
    },
  });

/** The routes; mount them below the national site with `deskStatuses`. */
export const deskRoutes = (context: HelpDeskContext) =>
  [...chatRoutes(context), ...faqRoutes(context), rateRoute(context)] as const;
