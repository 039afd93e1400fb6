/**
 * Households over HTTP: acts of the officer (世帯変更), and the households that wait for a head. Mount with
 * `householdStatuses` at a municipality.
 */
import { type Call, type OperatorActor, operatorWith, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { Access } from '../access.ts';
import type { HouseholdAct } from '../households/household-act.ts';
import { householdsWithoutHead } from '../households/households-without-head.ts';
import { recordHouseholdAct } from '../households/record-household-act.ts';
import type { RegistryContext } from '../registry-context.ts';
import { REGISTRAR } from './municipal-routes.ts';

export const householdStatuses = {
  'resident-not-found': 404,
  'resident-not-current': 409,
  'event-date-invalid': 422,
  'event-in-the-future': 422,
  'event-before-birth': 422,
  'event-before-entry': 422,
  'household-not-found': 404,
  'relationship-unknown': 422,
  'household-without-head': 422,
  'household-with-several-heads': 422,
  'member-named-twice': 422,
  'member-not-named': 422,
  'act-does-not-fit': 422,
  'addresses-differ': 422,
  'act-not-found': 404,
  'act-follows-event': 409,
  'households-changed-since': 409,
  'request-id-reused': 409,
} as const;

const MEMBERS_MAX = 200;
const terminalName = z.string().regex(/^[0-9a-z-]{1,32}$/);
const householdNumber = z.string().regex(/^\d{1,15}$/);
const residentCode = z.string().regex(/^\d{11}$/);
const eventDate = z.iso.date();

const households = z
  .array(
    z.strictObject({
      /** Null: a new household. */
      householdNumber: householdNumber.nullable(),
      members: z
        .array(z.strictObject({ residentCode, relationship: z.string().min(1).max(30) }))
        .min(1)
        .max(MEMBERS_MAX),
    }),
  )
  .min(1)
  .max(2);

/** A household act as JSON; what the schema lets through, the act's own rule judges. */
const householdActBody: z.ZodType<HouseholdAct> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['split', 'merge', 'transfer', 'head-change', 'relationship-change']),
    eventDate,
    households,
  }),
  z.strictObject({ kind: z.literal('undo'), eventDate, undoes: z.int().min(1) }),
]);

const recordedAct = z.object({
  actNumber: z.int(),
  kind: z.enum(['split', 'merge', 'transfer', 'head-change', 'relationship-change', 'undo']),
  eventDate: z.string(),
  members: z.array(
    z.object({ residentNumber: z.string(), householdNumber: z.string(), relationship: z.string() }),
  ),
});

const waitingHousehold = z.object({
  householdNumber: z.string(),
  since: z.string().nullable(),
  members: z.array(
    z.object({
      residentCode: z.string(),
      name: z.string(),
      relationship: z.string(),
      birthDate: z.string(),
    }),
  ),
});

/** The routes of one municipality's households. */
export function householdRoutes(context: RegistryContext, municipality: string) {
  const actRoute = route({
    method: 'POST',
    path: '/household-acts',
    summary: 'Record a change of households; of everybody in them is said who they are after it',
    tags: ['registry'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({
      /** Chosen by the caller: the same request is recorded once. */
      requestId: z.string().regex(/^[0-9A-Za-z-]{8,64}$/),
      terminal: terminalName,
      act: householdActBody,
    }),
    responses: { 201: recordedAct },
    handler: async ({ body, ...call }) => {
      const { requestId, act } = body;
      const access = accessOf(call, body.terminal);
      const recorded = await recordHouseholdAct(context, municipality, access, requestId, act);
      return recorded.ok ? ok({ ...recorded.value, members: [...recorded.value.members] }) : recorded;
    },
  });
  const waitingRoute = route({
    method: 'POST',
    path: '/households/without-head/list',
    summary: 'Households whose head is gone, each with its members in the order suggested for the next head',
    tags: ['registry'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({ terminal: terminalName }),
    responses: { 200: z.object({ households: z.array(waitingHousehold) }) },
    handler: async ({ body, ...call }) => {
      const found = await householdsWithoutHead(context, municipality, accessOf(call, body.terminal));
      return ok({
        households: found.map((household) => ({ ...household, members: [...household.members] })),
      });
    },
  });
  return [actRoute, waitingRoute] as const;
}

function accessOf(
  call: Pick<Call<unknown, unknown, unknown, OperatorActor>, 'actor' | 'correlation'>,
  terminal: string,
): Access {
  return {
    actorKind: 'operator',
    actor: call.actor.operator,
    terminal,
    article: '住民基本台帳法 第25条',
    affair: 'resident-registration',
    correlation: call.correlation,
  };
}
