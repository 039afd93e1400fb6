/**
 * The routes of card applications at the national site. Clerks take applications and have cards made; whoever has an
 * application id sees the application's state. Resident codes come in bodies, never in addresses. What follows the
 * making is in shipment/ and hand-over/.
 */

import { type OperatorActor, operatorWith, type RateLimit, route } from '@ishizue/http';
import { IDENTITY_DOCUMENTS } from '@ishizue/jpki';
import { ok } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import { z } from 'zod';
import { APPLICATION_STATES } from './application/application-lifecycle.ts';
import { applyForCard } from './application/apply-for-card.ts';
import { findApplicationState } from './application/find-application-state.ts';
import { CARD_STATES } from './card/card-lifecycle.ts';
import { CARD_CLERK } from './card-clerk.ts';
import type { CardsContext } from './cards-context.ts';
import type { CardWorkshop } from './making/card-workshop.ts';
import { makeCard } from './making/make-card.ts';

/** The statuses of the failures of these routes. */
export const cardStatuses = {
  'resident-code-malformed': 422,
  'resident-code-check-digit': 422,
  'stay-date-invalid': 422,
  'stay-expired': 422,
  'birth-date-unknown': 422,
  'request-id-reused': 409,
  'person-unknown': 422,
  'person-not-resident': 409,
  'card-already-valid': 409,
  'application-already-open': 409,
  'terms-unknown': 422,
  'terms-differ': 409,
  'terms-used': 409,
  'terms-over': 409,
  'terms-needed': 409,
  'ground-not-proved': 409,
  'application-id-malformed': 422,
  'application-unknown': 404,
  'application-refused': 409,
  'data-changed': 409,
  'card-already-void': 409,
  'card-void-meanwhile': 409,
  'workshop-failed': 503,
  'certificate-refused': 502,
  'card-defective': 503,
  'identity-not-proved': 422,
  'making-elsewhere': 409,
  'number-missing': 409,
  'photo-not-made': 503,
  'face-not-printable': 422,
} as const;

const BODY_BYTES_MAX = 4096;
const TAGS = ['cards'];
export const terminal = z.string().regex(/^[0-9a-z-]{1,32}$/);
const clerk = operatorWith(CARD_CLERK);

const applicationPath = z.object({ id: z.string().max(40) });
const applicationView = z.object({ applicationId: z.string(), state: z.enum(APPLICATION_STATES) });
const stateView = z.object({ state: z.enum(APPLICATION_STATES) });
export const cardView = z.object({
  cardId: z.string(),
  applicationId: z.string(),
  state: z.enum(CARD_STATES),
  issuedOn: z.iso.date(),
  expiresOn: z.iso.date(),
});
const applicationBody = z.strictObject({
  requestId: z.string().regex(/^[\x21-\x7e]{1,64}$/),
  residentCode: z.string().max(40),
  stayExpiresOn: z.iso.date().optional(),
  documentsAtVisit: z
    .array(z.enum(IDENTITY_DOCUMENTS))
    .min(1)
    .max(8)
    .optional()
    .meta({ description: 'Shown at this application: the card goes by post (申請時来庁方式)' }),
  terminal,
});
const actBody = z.strictObject({ terminal });

export interface CardRoutesOptions {
  readonly context: CardsContext;
  readonly workshop: CardWorkshop;
  /** Of looks at an application's state, which nobody has to sign in for. */
  readonly stateRateLimit: RateLimit;
}

/** The routes; mount them at the national site with `cardStatuses`. */
export function cardRoutes({ context, workshop, stateRateLimit }: CardRoutesOptions) {
  const apply = route({
    method: 'POST',
    path: '/cards/applications',
    summary: 'Apply for a card',
    tags: TAGS,
    access: clerk,
    body: applicationBody,
    bodyBytesMax: BODY_BYTES_MAX,
    responses: { 201: applicationView },
    handler: ({ body: { terminal: at, documentsAtVisit: documents, ...wish }, actor, correlation }) =>
      applyForCard(context, clerkAccess(actor, at, correlation, '番号法 第16条の2'), {
        ...wish,
        ...(documents && { visit: { documents, checkedBy: actor.operator } }),
      }),
  });
  const make = route({
    method: 'POST',
    path: '/cards/applications/:id/make',
    summary: 'Make the card of an application, or go on making it',
    tags: TAGS,
    access: clerk,
    params: applicationPath,
    body: actBody,
    bodyBytesMax: BODY_BYTES_MAX,
    timeoutMs: 60_000, // RSA keys are made on the card
    responses: { 200: cardView },
    handler: ({ params, body, actor, correlation }) =>
      makeCard(
        context,
        clerkAccess(actor, body.terminal, correlation, '番号法 第16条の2'),
        params.id,
        workshop,
      ),
  });
  const state = route({
    method: 'GET',
    path: '/cards/applications/:id',
    summary: 'The state of an application, for whoever has its id',
    tags: TAGS,
    access: 'public',
    params: applicationPath,
    rateLimit: stateRateLimit,
    responses: { 200: stateView },
    handler: async ({ params, correlation }) => {
      const found = await findApplicationState(context, holderAccess(correlation), params.id);
      return found.ok ? ok({ state: found.value }) : found;
    },
  });
  return [apply, make, state] as const;
}

/** A clerk's act on cards. */
export const clerkAccess = (
  actor: OperatorActor,
  at: string,
  correlation: string,
  article: string,
): Access => ({
  actorKind: 'operator',
  actor: actor.operator,
  terminal: at,
  article,
  affair: 'card-issue',
  correlation,
});

/** Nobody signed in: what is known is that they hold the application's id. */
const holderAccess = (correlation: string): Access => ({
  actorKind: 'system',
  actor: 'holder-of-application-id',
  terminal: '',
  article: '番号法 第16条の2',
  affair: 'card-application-state',
  correlation,
});
