/** A holder's own sign-ins over HTTP, behind the sign-in of “who looked at me”: see them, end one. */
import { answer, empty, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import { endOwnAct, ownActs } from './acts/own-acts.ts';
import type { SignInContext } from './sign-in-context.ts';

export const ownActStatuses = { 'act-unknown': 404 } as const;

const actView = z.object({
  act: z.uuid(),
  signedAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  clients: z.array(z.object({ organisation: z.string(), items: z.array(z.string()) })),
});

/** The routes; mount them without a prefix. */
export const ownActRoutes = (context: SignInContext) =>
  [
    route({
      method: 'GET',
      path: '/me/sign-ins',
      summary: 'Where I have signed in with the card, and what may be told there',
      tags: ['resident'],
      access: 'person',
      responses: { 200: z.array(actView) },
      handler: async ({ actor, correlation }) => {
        const self = { pseudonym: Buffer.from(actor.holder, 'hex'), correlation };
        const acts = await ownActs(context, self);
        return ok(
          acts.map(({ act, signedAt, endsAt, endedAt, clients }) => ({
            act,
            signedAt: signedAt.toISOString(),
            endsAt: endsAt.toISOString(),
            endedAt: endedAt?.toISOString() ?? null,
            clients: clients.map(({ organisation, items }) => ({ organisation, items: [...items] })),
          })),
        );
      },
    }),
    route({
      method: 'POST',
      path: '/me/sign-ins/:act/end',
      summary: 'End one of my sign-ins: its sessions and tokens answer nothing more',
      tags: ['resident'],
      access: 'person',
      params: z.object({ act: z.uuid() }),
      body: z.strictObject({}),
      responses: { 204: empty() },
      handler: async ({ actor, params, correlation }) => {
        const self = { pseudonym: Buffer.from(actor.holder, 'hex'), correlation };
        const done = await endOwnAct(context, self, params.act);
        return done.ok ? answer(204, undefined) : done;
      },
    }),
  ] as const;
