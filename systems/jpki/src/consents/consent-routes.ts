/**
 * Consents and latest attributes over HTTP: for verifiers' machines (requests signed by RFC 9421 under the key of the client
 * certificate), for holders (a withdrawal is signed by the card, so it needs no session) and for clerks at a counter.
 * Persons' codes travel in bodies, never in addresses.
 */
import { answer, bytes, empty, type OperatorActor, operatorWith, type RateLimit, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import { z } from 'zod';
import type { JpkiContext } from '../jpki-context.ts';
import { verifierName } from '../verifiers/verifier-terms.ts';
import { CONSENT_ITEMS, withdrawalStatement } from './consent-statement.ts';
import { draftConsent } from './draft-consent.ts';
import { giveConsent } from './give-consent.ts';
import { latestAttributes } from './latest-attributes.ts';
import {
  CONSENT_CLERK,
  consentsOf,
  type OwnConsent,
  withdrawAtCounter,
  withdrawBySignature,
} from './withdraw-consent.ts';

const TAGS = ['consents'];
const onBehalfOf = verifierName.optional().meta({ description: 'The delegating firm for which it is asked' });
const signed = {
  certificate: z.base64().max(8_192).meta({ description: 'The holder’s signature certificate in DER' }),
  signature: z.base64().max(2_048).meta({ description: 'PKCS#1 v1.5, SHA-256, over the statement in UTF-8' }),
};
const items = z
  .array(z.enum(CONSENT_ITEMS))
  .min(1)
  .max(CONSENT_ITEMS.length)
  .refine((given) => new Set(given).size === given.length, 'named twice');
const iso = (ms: number): string => new Date(ms).toISOString();
const octets = (base64: string): Buffer => Buffer.from(base64, 'base64');

const drafting = (context: JpkiContext, rateLimit: RateLimit) =>
  route({
    method: 'POST',
    path: '/verifier-services/consent-drafts',
    summary: 'A statement of consent for a holder to read and to sign with the signature key',
    tags: TAGS,
    access: 'site',
    rateLimit,
    body: z.strictObject({ onBehalfOf, items, lastDay: z.iso.date() }),
    responses: { 201: z.object({ id: z.uuid(), statement: z.string(), draftEndsAt: z.iso.datetime() }) },
    handler: async ({ body, actor, correlation }) => {
      const caller = { verifier: actor.site, onBehalfOf: body.onBehalfOf, correlation };
      const draft = await draftConsent(context, caller, body);
      return draft.ok ? ok({ ...draft.value, draftEndsAt: iso(draft.value.draftEndsAt) }) : draft;
    },
  });

const giving = (context: JpkiContext, rateLimit: RateLimit) =>
  route({
    method: 'POST',
    path: '/verifier-services/consents',
    summary: 'Hand in the statement that the holder has signed',
    tags: TAGS,
    access: 'site',
    rateLimit,
    bodyBytesMax: 16_384,
    body: z.strictObject({ onBehalfOf, id: z.uuid(), ...signed }),
    responses: { 201: z.object({ id: z.uuid(), expiresAt: z.iso.datetime() }) },
    handler: async ({ body, actor, correlation }) => {
      const caller = { verifier: actor.site, onBehalfOf: body.onBehalfOf, correlation };
      const { id, certificate, signature } = body;
      const statement = { id, certificate: octets(certificate), signature: octets(signature) };
      const given = await giveConsent(context, caller, statement);
      return given.ok ? ok({ id: given.value.id, expiresAt: iso(given.value.expiresAt) }) : given;
    },
  });

const asking = (context: JpkiContext, rateLimit: RateLimit) =>
  route({
    method: 'POST',
    path: '/verifier-services/latest-attributes',
    summary: 'The items consented to, as the resident register has them now',
    tags: TAGS,
    access: 'site',
    rateLimit,
    body: z.strictObject({ onBehalfOf, consent: z.uuid() }),
    responses: {
      200: z.strictObject({
        name: z.string().optional(),
        birthDate: z.string().optional(),
        sex: z.int().optional().meta({ description: '1 male, 2 female, 3 unknown' }),
        address: z.string().optional(),
      }),
    },
    handler: ({ body, actor, correlation }) => {
      const caller = { verifier: actor.site, onBehalfOf: body.onBehalfOf, correlation };
      return latestAttributes(context, caller, body.consent);
    },
  });

const consentPath = z.object({ id: z.uuid() });

const withdrawing = (context: JpkiContext, rateLimit: RateLimit) =>
  [
    route({
      method: 'GET',
      path: '/consents/:id/withdrawal-statement',
      summary: 'The statement by which a holder withdraws the consent of this id, to be signed',
      tags: TAGS,
      access: 'public',
      rateLimit,
      params: consentPath,
      responses: { 200: bytes('text/plain; charset=utf-8', 'The statement') },
      handler: ({ params }) => ok(Buffer.from(withdrawalStatement(params.id))),
    }),
    route({
      method: 'POST',
      path: '/consents/:id/withdrawal',
      summary: 'Withdraw a consent by the holder’s signature over the statement; again, it changes nothing',
      tags: TAGS,
      access: 'public',
      rateLimit,
      bodyBytesMax: 16_384,
      params: consentPath,
      body: z.strictObject(signed),
      responses: { 204: empty() },
      handler: async ({ params, body, correlation }) => {
        const statement = { certificate: octets(body.certificate), signature: octets(body.signature) };
        const done = await withdrawBySignature(context, { ...params, ...statement, correlation });
        return done.ok ? answer(204, undefined) : done;
      },
    }),
  ] as const;

const residentCode = z.string().regex(/^\d{11}$/);
const terminal = z.string().regex(/^[0-9a-z-]{1,32}$/);

const consentView = z.object({
  id: z.uuid(),
  verifier: z.string(),
  purpose: z.string(),
  items,
  givenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  withdrawnAt: z.iso.datetime().nullable(),
});

const viewOf = ({ givenAt, expiresAt, withdrawnAt, ...consent }: OwnConsent) => ({
  ...consent,
  items: [...consent.items],
  givenAt: iso(givenAt),
  expiresAt: iso(expiresAt),
  withdrawnAt: withdrawnAt === null ? null : iso(withdrawnAt),
});

interface ClerkCall {
  readonly actor: OperatorActor;
  readonly body: { readonly terminal: string };
  readonly correlation: string;
}

const clerkAccess = ({ actor, body, correlation }: ClerkCall, affair: string): Access => ({
  actorKind: 'operator',
  actor: actor.operator,
  terminal: body.terminal,
  article: '公的個人認証法 第18条',
  affair,
  correlation,
});

const counter = (context: JpkiContext) =>
  [
    route({
      method: 'POST',
      path: '/consents/searches',
      summary: 'The consents of the holder at the counter',
      tags: TAGS,
      access: operatorWith(CONSENT_CLERK),
      body: z.strictObject({ residentCode, terminal }),
      responses: { 200: z.array(consentView) },
      handler: async (call) => {
        const access = clerkAccess(call, 'consent-list');
        return ok((await consentsOf(context, access, call.body.residentCode)).map(viewOf));
      },
    }),
    route({
      method: 'POST',
      path: '/consents/:id/counter-withdrawal',
      summary: 'Withdraw a consent for the holder at the counter',
      tags: TAGS,
      access: operatorWith(CONSENT_CLERK),
      params: consentPath,
      body: z.strictObject({ residentCode, terminal }),
      responses: { 204: empty() },
      handler: async (call) => {
        const access = clerkAccess(call, 'consent-withdrawal');
        const wish = { ...call.params, residentCode: call.body.residentCode };
        const done = await withdrawAtCounter(context, access, wish);
        return done.ok ? answer(204, undefined) : done;
      },
    }),
  ] as const;

/** How often: each verifier its services, each address withdrawals, for which nobody signs in. */
export interface VerifierServiceLimits {
  readonly services: RateLimit;
  readonly withdrawals: RateLimit;
}

/** The routes of consents, for verifiers, holders and clerks. */
export const consentRoutes = (context: JpkiContext, { services, withdrawals }: VerifierServiceLimits) =>
  [
    drafting(context, services),
    giving(context, services),
    asking(context, services),
    ...withdrawing(context, withdrawals),
    ...counter(context),
  ] as const;
