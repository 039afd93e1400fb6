/**
 * The routes of sign-in for programs: operators open a session by id and secret and get its token; whoever has a
 * session sees whom it stands for, and ends it. Pages of the portal call `Operators` and `Sessions` themselves.
 */
import { anyOf, anyOperator, empty, type RateLimit, route } from '@ishizue/http';
import { fail, ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { Operators } from './operators.ts';
import type { Sessions } from './sessions.ts';

/** The statuses of the failures of these routes. */
export const sessionStatuses = {
  'sign-in-refused': 401,
  'sign-in-busy': 503,
} as const;

const signInBody = z.strictObject({
  operator: z.string().max(20),
  secret: z.string().max(256),
});

const openedSession = z.object({ token: z.string(), expiresAt: z.iso.datetime() });

const sessionView = z.object({
  kind: z.enum(['person', 'operator', 'site']),
  site: z.string(),
  operator: z.string().optional(),
  roles: z.array(z.string()).optional(),
});

/** The routes; mount them with `sessionStatuses`. */
export function sessionRoutes(options: {
  readonly operators: Operators;
  readonly sessions: Sessions;
  readonly rateLimit: RateLimit;
}) {
  const { operators, sessions, rateLimit } = options;
  const signIn = route({
    method: 'POST',
    path: '/operator-sessions',
    summary: 'Sign in as an operator',
    tags: ['access'],
    access: 'public',
    body: signInBody,
    responses: { 201: openedSession },
    rateLimit,
    bodyBytesMax: 2048,
    handler: async ({ body, site }) => {
      const opened = await operators.signIn(site, body.operator, body.secret);
      if (opened.ok)
        return ok({ token: opened.value.token, expiresAt: opened.value.expiresAt.toISOString() });
      return opened.failure.code === 'sign-in-busy'
        ? fail('sign-in-busy', opened.failure.detail)
        : fail('sign-in-refused', opened.failure.detail);
    },
  });
  const show = route({
    method: 'GET',
    path: '/session',
    summary: 'Whom the session stands for',
    tags: ['access'],
    access: anyOf('person', anyOperator),
    responses: { 200: sessionView },
    handler: ({ actor }) =>
      ok(
        actor.kind === 'operator'
          ? { kind: actor.kind, site: actor.site, operator: actor.operator, roles: [...actor.roles] }
          : { kind: actor.kind, site: actor.site },
      ),
  });
  const signOut = route({
    method: 'DELETE',
    path: '/session',
    summary: 'Sign out',
    tags: ['access'],
    access: anyOf('person', anyOperator),
    responses: { 204: empty('Signed out') },
    handler: async ({ actor }) => {
      await sessions.revoke(actor.session);
      return ok(undefined);
    },
  });
  return [signIn, show, signOut] as const;
}
