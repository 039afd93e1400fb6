/**
 * Operators in a browser: they sign in by the id and the secret that open a session for programs too, see what their roles open, and
 * sign out. Invariants: the token is in the session cookie and nowhere else; a session that the browser had is ended by
 * the next; nobody is sent to another origin. Flow: docs/flows/desk.md steps 1 to 4.
 */
import type { Clock } from '@ishizue/clock';
import {
  answer,
  anyOperator,
  empty,
  form,
  page,
  type RateLimit,
  redirect,
  route,
  type SessionCookie,
} from '@ishizue/http';
import { inLanguage, languageOf, TERMINAL } from '@ishizue/pages';
import { z } from 'zod';
import type { Operators } from '../operators.ts';
import type { OpenedSession, Sessions } from '../sessions.ts';
import { type DeskEntry, deskPage, signInPage } from './desk-pages.ts';

export interface DeskOptions {
  readonly siteName: string;
  readonly clock: Clock;
  readonly operators: Operators;
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  /** The one of the sign-in for programs. */
  readonly rateLimit: RateLimit;
  readonly entries: readonly DeskEntry[];
}

const TAGS = ['pages'];
const BODY_BYTES_MAX = 4_096;
const language = { lang: z.string().max(5).optional() };
const returning = z.object({
  ...language,
  return: z.string().max(1_000).optional(),
  out: z.string().optional(),
});
const signInForm = form(
  z.object({
    operator: z.string().trim().max(20),
    secret: z.string().max(256),
    terminal: z.string().regex(/^[0-9a-z-]{1,32}$/),
  }),
);

/** Where a sign-in leads to: a path of our own, or nothing. */
const ownPath = (wanted: string | undefined): string | undefined =>
  wanted !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(wanted) ? wanted : undefined;

/** The routes, below the site; mount them with `deskProblems`. They have no failures of their own. */
export const deskRoutes = (options: DeskOptions) =>
  [...signInRoutes(options), ...insideRoutes(options)] as const;

function signInRoutes(options: DeskOptions) {
  const { operators, sessions, siteName, rateLimit } = options;
  return [
    route({
      method: 'GET',
      path: '/desk/sign-in',
      summary: 'The page on which an operator signs in',
      tags: TAGS,
      access: 'public',
      query: returning,
      responses: { 200: page(), 303: empty('Signed in already') },
      handler: ({ actor, site, query, headers, forgeryField }) => {
        const shown = languageOf(query.lang, headers['accept-language']);
        const back = ownPath(query.return);
        if (actor.kind === 'operator' && actor.site === site)
          return redirect(back ?? inLanguage(`/${site}/desk`, shown));
        const terminal = TERMINAL.read(headers['cookie']?.toString()) ?? '';
        const told = query.out === undefined ? undefined : ('signed-out' as const);
        const common = { language: shown, site, siteName, terminal, back, told };
        return answer(200, signInPage({ ...common, forgeryField: forgeryField() }));
      },
    }),
    route({
      method: 'POST',
      path: '/desk/sign-in',
      summary: 'Sign in as an operator, in a browser',
      tags: TAGS,
      access: 'public',
      rateLimit,
      bodyBytesMax: BODY_BYTES_MAX,
      query: returning,
      body: signInForm,
      responses: { 303: empty('Signed in'), 401: page('Refused'), 503: page('Too much to do') },
      handler: async ({ actor, site, query, headers, body, forgeryField }) => {
        const shown = languageOf(query.lang, headers['accept-language']);
        const back = ownPath(query.return);
        const { operator, secret, terminal } = body;
        const opened = await operators.signIn(site, operator, secret);
        if (opened.ok) {
          if ('session' in actor) await sessions.revoke(actor.session);
          return answer(303, undefined, {
            ...redirect(back ?? inLanguage(`/${site}/desk`, shown)).headers,
            'set-cookie': [sessionCookieOf(options, opened.value), TERMINAL.write(terminal)],
          });
        }
        const isBusy = opened.failure.code === 'sign-in-busy';
        const told = isBusy ? 'sign-in-busy' : 'sign-in-refused';
        const common = { language: shown, site, siteName, operator, terminal, back, told } as const;
        const again = signInPage({ ...common, forgeryField: forgeryField() });
        return isBusy ? answer(503, again) : answer(401, again);
      },
    }),
  ] as const;
}

const sessionCookieOf = ({ cookie, clock }: DeskOptions, { token, expiresAt }: OpenedSession): string =>
  cookie.write(token, Math.max(1, Math.floor((expiresAt.getTime() - clock.now()) / 1000)), 'Strict');

function insideRoutes({ sessions, cookie, siteName, entries }: DeskOptions) {
  return [
    route({
      method: 'GET',
      path: '/desk',
      summary: 'What the roles of the operator open',
      tags: TAGS,
      access: anyOperator,
      query: z.object(language),
      responses: { 200: page() },
      handler: ({ actor, site, query, headers, forgeryField }) =>
        answer(
          200,
          deskPage({
            language: languageOf(query.lang, headers['accept-language']),
            siteName,
            signedIn: { site, operator: actor.operator, forgeryField: forgeryField() },
            entries: entries.filter(({ roles }) => roles.some((role) => actor.roles.includes(role))),
          }),
        ),
    }),
    route({
      method: 'POST',
      path: '/desk/sign-out',
      summary: 'Sign out, in a browser',
      tags: TAGS,
      access: anyOperator,
      query: z.object(language),
      body: form(z.object({})),
      responses: { 303: empty('Signed out') },
      handler: async ({ actor, site, query, headers }) => {
        await sessions.revoke(actor.session);
        const shown = languageOf(query.lang, headers['accept-language']);
        return answer(303, undefined, {
          ...redirect(inLanguage(`/${site}/desk/sign-in?out=1`, shown)).headers,
          'set-cookie': cookie.clear(),
        });
      },
    }),
  ] as const;
}
