/**
 * The public pages: FAQ search, chat, and the status of an application (docs/flows/call-centre.md). Nobody signs in. What a
 * visitor looks for in an application travels in a body, never in an address; a chat's token is in its address, which no page
 * elsewhere is told (Referrer-Policy).
 */
import { randomUUID } from 'node:crypto';
import { findApplicationState } from '@ishizue/cards';
import {
  type Answer,
  answer,
  type Call,
  empty,
  form,
  html,
  type Problem,
  page,
  type RateLimit,
  redirect,
  route,
  type SafeHtml,
} from '@ishizue/http';
import { fail, type Result } from '@ishizue/outcome';
import { frame, LANGUAGES, type Language, preferredLanguage } from '@ishizue/sign-in';
import { z } from 'zod';
import {
  askForPerson,
  endAsVisitor,
  openChat,
  showChat,
  TEXT_CHARACTERS_MAX,
  writeAsVisitor,
} from '../chat/visitor-chat.ts';
import { findFaq, findFaqTitles, searchFaq } from '../faq/search-faq.ts';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { maskNumbers } from '../mask-numbers.ts';
import { recordUnknownApplication, STATUS_ACCESS } from '../status-access.ts';
import { helpStylesheetRoute } from './assets.ts';
import { chatPage } from './chat-page.ts';
import { faqPage, HELP_PATH, helpPage } from './help-page.ts';
import { STATUS_PATH, statusPage } from './status-page.ts';

const helpStatuses = { 'chat-unknown': 404, 'faq-unknown': 404 } as const;

export interface HelpRateLimits {
  /** Of pages, by address. */
  readonly pages: RateLimit;
  /** Of chats that are begun. */
  readonly chats: RateLimit;
  /** Of looks at an application. */
  readonly status: RateLimit;
}

const TAGS = ['help'];
const lang = z.enum(LANGUAGES).optional().catch(undefined);
const query = z.object({ lang });
const chatParams = z.object({ token: z.string().regex(/^[\w-]{32}$/) });
const nothing = form(z.object({}));

type Asked = Pick<
  Call<unknown, { readonly lang?: Language | undefined }, unknown, unknown>,
  'query' | 'headers'
>;

const languageOf = ({ query: { lang: chosen }, headers }: Asked): Language =>
  chosen ?? preferredLanguage(headers['accept-language']);

const shown = <Status extends number>(
  status: Status,
  language: Language,
  body: SafeHtml,
): Answer<Status, SafeHtml> => answer(status, body, { 'content-language': language });

const faqRoutes = (context: HelpDeskContext, rateLimit: RateLimit) =>
  [
    route({
      method: 'GET',
      path: HELP_PATH,
      summary: 'Questions and answers, searched',
      tags: TAGS,
      access: 'public',
      rateLimit,
      query: z.object({ lang, q: z.string().max(200).catch('') }),
      responses: { 200: page('The page') },
      handler: async (asked) => {
        const language = languageOf(asked);
        const question = maskNumbers(asked.query.q.trim());
        const found = question === '' ? [] : await searchFaq(context, language, question);
        return shown(
          200,
          language,
          helpPage({ language, question, found, forgeryField: asked.forgeryField() }),
        );
      },
    }),
    route({
      method: 'GET',
      path: `${HELP_PATH}/questions/:id`,
      summary: 'One question and its answer',
      tags: TAGS,
      access: 'public',
      rateLimit,
      params: z.object({ id: z.string().regex(/^[a-z0-9-]{1,60}$/) }),
      query,
      responses: { 200: page('The page') },
      handler: async (asked) => {
        const language = languageOf(asked);
        const entry = await findFaq(context, language, asked.params.id);
        return entry
          ? shown(200, language, faqPage(language, entry))
          : fail('faq-unknown', 'there is no such entry');
      },
    }),
  ] as const;

type ChatCall = Pick<
  Call<z.output<typeof chatParams>, z.output<typeof query>, unknown, unknown>,
  'params' | 'query' | 'headers' | 'forgeryField'
>;

async function showPage(
  context: HelpDeskContext,
  asked: ChatCall,
  refusal?: string,
): Promise<Result<Answer<200 | 409, SafeHtml>, 'chat-unknown'> | Answer<200 | 409, SafeHtml>> {
  const { token } = asked.params;
  const chat = await showChat(context, token);
  if (!chat.ok) return chat;
  const { session, messages } = chat.value;
  const language = asked.query.lang ?? session.language;
  const faq = await findFaqTitles(context, language, [...new Set(messages.flatMap(({ faqIds }) => faqIds))]);
  const page_ = { language, token, session, messages, faq, nextMessageId: randomUUID(), refusal };
  return shown(
    refusal === undefined ? 200 : 409,
    language,
    chatPage({ ...page_, forgeryField: asked.forgeryField() }),
  );
}

/** Does what the visitor wished, and goes back to the chat; a refusal is shown on its page. */
async function act(context: HelpDeskContext, asked: ChatCall, done: Result<undefined>) {
  if (!done.ok) return showPage(context, asked, done.failure.code);
  const chosen = asked.query.lang;
  return redirect(`${HELP_PATH}/chats/${asked.params.token}${chosen === undefined ? '' : `?lang=${chosen}`}`);
}

const chatting = (context: HelpDeskContext, { pages, chats }: HelpRateLimits) => {
  const common = { tags: TAGS, access: 'public', rateLimit: pages, params: chatParams, query } as const;
  const responses = {
    200: page('The chat'),
    303: empty('Back to the chat'),
    409: page('The chat, with a refusal'),
  };
  return [
    route({
      method: 'POST',
      path: `${HELP_PATH}/chats`,
      summary: 'Begin a chat',
      tags: TAGS,
      access: 'public',
      rateLimit: chats,
      query,
      body: nothing,
      responses: { 303: empty('To the chat') },
      handler: async (asked) => {
        const language = languageOf(asked);
        return redirect(`${HELP_PATH}/chats/${await openChat(context, language)}?lang=${language}`);
      },
    }),
    route({
      ...common,
      method: 'GET',
      path: `${HELP_PATH}/chats/:token`,
      summary: 'A chat, for whoever began it',
      responses: { 200: page('The chat'), 409: page('The chat, with a refusal') },
      handler: (asked) => showPage(context, asked),
    }),
    route({
      ...common,
      method: 'POST',
      path: `${HELP_PATH}/chats/:token/messages`,
      summary: 'Write a message; the same message id is taken once',
      bodyBytesMax: 16_384,
      body: form(
        z.object({
          messageId: z.string().regex(/^[0-9A-Za-z-]{8,48}$/),
          text: z.string().max(TEXT_CHARACTERS_MAX * 4),
        }),
      ),
      responses,
      handler: async (asked) =>
        act(context, asked, await writeAsVisitor(context, asked.params.token, asked.body)),
    }),
    route({
      ...common,
      method: 'POST',
      path: `${HELP_PATH}/chats/:token/person`,
      summary: 'Ask to speak to a person',
      body: nothing,
      responses,
      handler: async (asked) => act(context, asked, await askForPerson(context, asked.params.token)),
    }),
    route({
      ...common,
      method: 'POST',
      path: `${HELP_PATH}/chats/:token/end`,
      summary: 'End the chat',
      body: nothing,
      responses,
      handler: async (asked) => act(context, asked, await endAsVisitor(context, asked.params.token)),
    }),
  ] as const;
};

const statusRoutes = (context: HelpDeskContext, rateLimit: RateLimit) =>
  [
    route({
      method: 'GET',
      path: STATUS_PATH,
      summary: 'The page that asks for an application id',
      tags: TAGS,
      access: 'public',
      query,
      responses: { 200: page('The page') },
      handler: (asked) => {
        const language = languageOf(asked);
        return shown(200, language, statusPage({ language, found: undefined }));
      },
    }),
    route({
      method: 'POST',
      path: STATUS_PATH,
      summary: 'How an application stands, for whoever has its id',
      tags: TAGS,
      access: 'public',
      rateLimit,
      bodyBytesMax: 1_024,
      query,
      body: form(z.object({ applicationId: z.string().max(80) })),
      responses: { 200: page('The page: the same for whatever was asked') },
      handler: async (asked) => {
        const language = languageOf(asked);
        const id = asked.body.applicationId.normalize('NFKC').replaceAll(/[\s-]/g, '');
        const access = { ...STATUS_ACCESS, correlation: asked.correlation };
        const state = await findApplicationState(context.cards, access, id);
        if (!state.ok && state.failure.code === 'application-unknown')
          await recordUnknownApplication(context, access);
        const found = state.ok ? state.value : state.failure.code;
        return shown(200, language, statusPage({ language, found }));
      },
    }),
  ] as const;

const problemPage = ({ code, status, requestId }: Problem): SafeHtml =>
  frame({
    language: 'ja',
    title: 'ページを表示できません / The page cannot be shown',
    main: html`<p class="refusal" role="alert"><code>${status} ${code}</code></p>
<p><a href="${HELP_PATH}">よくある質問 / <span lang="en">Questions</span></a></p>
<p class="note"><code>${requestId}</code></p>`,
  });

/** The routes of the pages, to be mounted without a prefix. */
export const helpRoutes = (context: HelpDeskContext, limits: HelpRateLimits) =>
  ({
    routes: [
      ...faqRoutes(context, limits.pages),
      ...chatting(context, limits),
      ...statusRoutes(context, limits.status),
      helpStylesheetRoute,
    ],
    statuses: helpStatuses,
    pages: { problem: problemPage },
  }) as const;
