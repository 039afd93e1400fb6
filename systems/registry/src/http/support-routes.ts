/**
 * Support measures over HTTP, at the municipality's counter. They have a role of their own: who records moves does not
 * see whom somebody fears. Whether a copy may be given any registrar may ask; the answer names nobody.
 */
import { type Call, type OperatorActor, operatorWith, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { Access } from '../access.ts';
import type { RegistryContext } from '../registry-context.ts';
import { judgeCopyRequest } from '../support/judge-copy-request.ts';
import { applyForSupport, recordSupportStep } from '../support/record-support-step.ts';
import { supportOf, supportReminders } from '../support/support-lists.ts';
import {
  abuser,
  END_REASONS,
  OPINION_BODIES,
  SUPPORT_KINDS,
  type SupportMeasure,
  type SupportStep,
} from '../support/support-measure.ts';
import { PERSONS_MAX, TOLD_MAX } from '../support/support-message.ts';
import { REGISTRAR } from './municipal-routes.ts';

/** The role of an officer who decides on support measures. */
export const SUPPORT_OFFICER = 'support-officer';

export const supportStatuses = {
  'measure-not-found': 404,
  'resident-not-found': 404,
  'resident-not-current': 409,
  'municipality-unknown': 422,
  'event-date-invalid': 422,
  'event-in-the-future': 422,
  'step-out-of-order': 409,
  'opinion-missing': 409,
  'opinion-against': 409,
  'measure-not-in-force': 409,
  'extension-too-early': 409,
  'text-refused': 422,
  'request-id-reused': 409,
  'requester-is-abuser': 403,
  'requester-not-proved': 403,
  'body-not-verified': 403,
  'support-measure-in-force': 403,
} as const;

const residentCode = z.string().regex(/^\d{11}$/);
const municipalityCode = z.string().regex(/^\d{6}$/);
const measureId = z.string().regex(/^[0-9a-f-]{36}$/);
const on = z.iso.date();
const asked = {
  /** Chosen by the caller: the same request is recorded once. */
  requestId: z.string().regex(/^[0-9A-Za-z-]{8,64}$/),
  terminal: z.string().regex(/^[0-9a-z-]{1,32}$/),
};

const applicationBody = z.strictObject({
  on,
  residentCode,
  included: z
    .array(residentCode)
    .max(PERSONS_MAX - 1)
    .default([]),
  kind: z.enum(SUPPORT_KINDS),
  abusers: z.array(abuser).min(1).max(20),
  tell: z.array(municipalityCode).max(TOLD_MAX).default([]),
});

const stepBody: z.ZodType<SupportStep> = z.discriminatedUnion('act', [
  z.strictObject({
    act: z.literal('opinion'),
    body: z.enum(OPINION_BODIES),
    givenOn: on,
    finding: z.enum(['needed', 'not-needed']),
  }),
  z.strictObject({ act: z.enum(['grant', 'refuse', 'extend']), on }),
  z.strictObject({ act: z.literal('end'), on, reason: z.enum(END_REASONS) }),
  z.strictObject({
    act: z.literal('tell'),
    on,
    municipalities: z.array(municipalityCode).min(1).max(TOLD_MAX),
  }),
]);

const requesterBody = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('self'), isProvedByPhotograph: z.boolean() }),
  z.strictObject({ kind: z.literal('public-body'), isVerified: z.boolean() }),
  z.strictObject({ kind: z.literal('other'), ...abuser.shape }),
]);

const measureView = z.object({
  measureId: z.string(),
  residentCode: z.string(),
  persons: z.array(z.string()),
  kind: z.enum(SUPPORT_KINDS),
  state: z.enum(['applied', 'in-force', 'refused', 'ended']),
  abusers: z.array(abuser),
  opinion: z.object({ body: z.string(), givenOn: z.string(), finding: z.string() }).nullable(),
  appliedOn: z.string(),
  validFrom: z.string().nullable(),
  validUntil: z.string().nullable(),
  told: z.array(z.string()),
  notReached: z.array(z.string()).meta({ description: 'To be told by letter' }),
});
const flagView = z.object({
  origin: z.string(),
  validUntil: z.string(),
  abusers: z.array(abuser),
});
const dueView = z.object({
  due: z.enum(['opinion', 'decision', 'ends-soon', 'has-lapsed']),
  measureId: z.string(),
  residentCode: z.string(),
  appliedOn: z.string(),
  validUntil: z.string().nullable(),
});

/** The routes of one municipality; mount them with `supportStatuses`. */
export function supportRoutes(context: RegistryContext, municipality: string) {
  return [...caseRoutes(context, municipality), ...lookRoutes(context, municipality)] as const;
}

function caseRoutes(context: RegistryContext, municipality: string) {
  const apply = route({
    method: 'POST',
    path: '/support-measures',
    summary: 'Take an application for a support measure',
    tags: ['support'],
    access: operatorWith(SUPPORT_OFFICER),
    body: z.strictObject({ ...asked, application: applicationBody }),
    responses: { 201: measureView },
    handler: async ({ body, ...call }) => {
      const { requestId, application } = body;
      const access = accessOf(call, body.terminal);
      const step = { act: 'apply', ...application } as const;
      const applied = await applyForSupport(context, { municipality, access, requestId }, step);
      return applied.ok ? ok(viewOf(applied.value)) : applied;
    },
  });
  const step = route({
    method: 'POST',
    path: '/support-measures/:id/steps',
    summary: 'An opinion, a decision, an extension, the end of a measure, or further municipalities to tell',
    tags: ['support'],
    access: operatorWith(SUPPORT_OFFICER),
    params: z.object({ id: measureId }),
    body: z.strictObject({ ...asked, step: stepBody }),
    responses: { 201: measureView },
    handler: async ({ params, body, ...call }) => {
      const access = accessOf(call, body.terminal);
      const { requestId } = body;
      const order = { municipality, access, requestId };
      const recorded = await recordSupportStep(context, order, params.id, body.step);
      return recorded.ok ? ok(viewOf(recorded.value)) : recorded;
    },
  });
  return [apply, step] as const;
}

function lookRoutes(context: RegistryContext, municipality: string) {
  const lookUp = route({
    method: 'POST',
    path: '/support-measures/look-up',
    summary: 'The support measures of a person: cases here, and what is in force of whichever municipality',
    tags: ['support'],
    access: operatorWith(SUPPORT_OFFICER),
    body: z.strictObject({ residentCode, terminal: asked.terminal }),
    responses: { 200: z.object({ measures: z.array(measureView), flags: z.array(flagView) }) },
    handler: async ({ body, ...call }) => {
      const access = accessOf(call, body.terminal);
      const found = await supportOf(context, municipality, access, body.residentCode);
      const flags = found.flags.map((flag) => ({ ...flag, abusers: [...flag.abusers] }));
      return ok({ measures: found.measures.map(viewOf), flags });
    },
  });
  const reminders = route({
    method: 'POST',
    path: '/support-measures/reminders/list',
    summary: 'Measures that wait for an opinion or a decision, end within a month, or have run out',
    tags: ['support'],
    access: operatorWith(SUPPORT_OFFICER),
    body: z.strictObject({ terminal: asked.terminal }),
    responses: { 200: z.object({ measures: z.array(dueView) }) },
    handler: async ({ body, ...call }) =>
      ok({ measures: [...(await supportReminders(context, municipality, accessOf(call, body.terminal)))] }),
  });
  const judge = route({
    method: 'POST',
    path: '/copy-requests/judgement',
    summary: 'Whether a copy of a record may be given to who asks',
    tags: ['support'],
    access: operatorWith(SUPPORT_OFFICER, REGISTRAR),
    body: z.strictObject({
      residentCode,
      extent: z.enum(['person', 'household']),
      requester: requesterBody,
      terminal: asked.terminal,
    }),
    responses: { 200: z.object({ persons: z.int() }) },
    handler: ({ body, ...call }) =>
      judgeCopyRequest(context, municipality, accessOf(call, body.terminal), body),
  });
  return [lookUp, reminders, judge] as const;
}

const viewOf = (measure: SupportMeasure) => ({
  ...measure,
  persons: [...measure.persons],
  abusers: [...measure.abusers],
  told: [...measure.told],
  notReached: [...measure.notReached],
});

function accessOf(
  call: Pick<Call<unknown, unknown, unknown, OperatorActor>, 'actor' | 'correlation'>,
  terminal: string,
): Access {
  return {
    actorKind: 'operator',
    actor: call.actor.operator,
    terminal,
    article: '住民基本台帳法 第12条',
    affair: 'support-measure',
    correlation: call.correlation,
  };
}
