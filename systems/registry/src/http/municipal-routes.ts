/**
 * The municipal counter over HTTP: events and look-ups. Codes of persons travel in bodies, never in addresses. The
 * article of each act is the reason's own.
 */
import { type Call, empty, type OperatorActor, operatorWith, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { Access } from '../access.ts';
import { formatAddress } from '../identity/address.ts';
import { EVENT_REASONS } from '../identity/event-reason.ts';
import type { CounterEvent } from '../municipal/decide-event.ts';
import { readHousehold } from '../municipal/read-household.ts';
import { recordEvent } from '../municipal/record-event.ts';
import { requestNumber } from '../municipal/request-number.ts';
import { openConflicts } from '../municipal/residence-conflicts.ts';
import type { Resident } from '../municipal/resident.ts';
import { searchResident } from '../municipal/search-resident.ts';
import { clearNumber, type Opened } from '../numbers/number-cipher.ts';
import type { RegistryContext } from '../registry-context.ts';
import { eventBody, sealEvent } from './event-body.ts';

/** The role of an officer who records events. */
export const REGISTRAR = 'registrar';

const ARTICLES: Readonly<Record<CounterEvent['reason'], string>> = {
  'move-in': '住民基本台帳法 第22条',
  birth: '住民基本台帳法 第8条',
  'move-within': '住民基本台帳法 第23条',
  'minor-correction': '住民基本台帳法 第14条',
  'move-out': '住民基本台帳法 第24条',
  death: '住民基本台帳法 第8条',
  'ex-officio-entry': '住民基本台帳法 第8条',
  'ex-officio-removal': '住民基本台帳法 第8条',
  'ex-officio-correction': '住民基本台帳法 第8条',
  'alias-change': '住民基本台帳法施行令 第30条の16',
  'former-surname-change': '住民基本台帳法施行令 第30条の14',
  'resident-code-change': '住民基本台帳法 第30条の4',
  'ex-officio-code-change': '住民基本台帳法 第8条',
  undo: '住民基本台帳法 第14条',
};

export const municipalStatuses = {
  'resident-not-found': 404,
  'resident-not-current': 409,
  'resident-already-current': 409,
  'event-date-invalid': 422,
  'event-in-the-future': 422,
  'event-before-birth': 422,
  'notice-day-invalid': 422,
  'event-before-entry': 422,
  'event-before-move-out': 422,
  'birth-date-invalid': 422,
  'identity-differs': 409,
  'address-unchanged': 422,
  'correction-changes-nothing': 422,
  'ward-unknown': 422,
  'resident-code-malformed': 422,
  'resident-code-check-digit': 422,
  'household-not-found': 404,
  'household-ambiguous': 422,
  'household-has-head': 409,
  'household-changed-since': 409,
  'relationship-unknown': 422,
  'not-the-last-event': 409,
  'resident-code-retired': 409,
  'code-change-final': 409,
  'nationality-does-not-fit': 422,
  'parent-not-current': 409,
  'text-refused': 422,
  'move-planned': 409,
  'residence-conflict-open': 409,
  'resident-codes-exhausted': 503,
  'request-id-reused': 409,
  'no-single-match': 404,
} as const;

const recorded = z.object({
  residentCode: z.string(),
  residentNumber: z.string(),
  sequence: z.int(),
  reason: z.enum(EVENT_REASONS),
  eventDate: z.string(),
});

const residentView = z.object({
  residentCode: z.string(),
  residentNumber: z.string(),
  householdNumber: z.string(),
  relationship: z.string(),
  name: z.string(),
  nameKana: z.string(),
  birthDate: z.string(),
  sex: z.int(),
  address: z.string(),
  individualNumber: clearNumber.nullable(),
  becameResidentOn: z.string(),
  sequence: z.int(),
});

const openConflict = z.object({
  at: z.string(),
  residentCode: z.string(),
  entering: z.string(),
  holding: z.string(),
  sequence: z.int(),
  code: z.string(),
  eventDate: z.string(),
});

/** The routes of one municipality's counter. */
export function municipalRoutes(context: RegistryContext, municipality: string) {
  const recordRoute = route({
    method: 'POST',
    path: '/events',
    summary: 'Record an event of the register',
    tags: ['registry'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({
      /** Chosen by the caller: the same request is recorded once. */
      requestId: z.string().regex(/^[0-9A-Za-z-]{8,64}$/),
      terminal: z.string().regex(/^[0-9a-z-]{1,32}$/),
      event: eventBody,
    }),
    responses: { 201: recorded },
    handler: ({ body, ...call }) =>
      recordEvent(
        context,
        municipality,
        accessOf(call, body.terminal, ARTICLES[body.event.reason]),
        body.requestId,
        sealEvent(context.numbers, body.event),
      ),
  });
  const lookUpRoute = route({
    method: 'POST',
    path: '/residents/look-up',
    summary: 'The record of a resident, alone or with the household',
    tags: ['registry'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({
      residentCode: z.string().regex(/^\d{11}$/),
      extent: z.enum(['person', 'household']).default('person'),
      terminal: z.string().regex(/^[0-9a-z-]{1,32}$/),
    }),
    responses: { 200: z.object({ residents: z.array(residentView) }) },
    handler: async ({ body, ...call }) => {
      const access = accessOf(call, body.terminal, '住民基本台帳法 第1条');
      const found = await readHousehold(context, municipality, access, body.residentCode, body.extent);
      if (!found.ok) return found;
      const opened = context.numbers.openIn(found.value);
      return ok({ residents: opened.map((resident) => viewOf(context, municipality, resident)) });
    },
  });
  const searchRoute = route({
    method: 'POST',
    path: '/residents/search',
    summary: 'The one resident with a name and a birth date; several matches are none',
    tags: ['registry'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({
      name: z.string().trim().min(1).max(100),
      birthDate: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
      terminal: z.string().regex(/^[0-9a-z-]{1,32}$/),
    }),
    responses: { 200: residentView },
    handler: async ({ body, ...call }) => {
      const access = accessOf(call, body.terminal, '住民基本台帳法 第1条');
      const found = await searchResident(context, municipality, access, body);
      if (!found.ok) return found;
      return ok(viewOf(context, municipality, context.numbers.openRow(found.value)));
    },
  });
  const numberRoute = route({
    method: 'POST',
    path: '/number-requests',
    summary: 'Ask the numbering centre for a resident’s number again',
    tags: ['numbering'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({
      residentCode: z.string().regex(/^\d{11}$/),
      terminal: z.string().regex(/^[0-9a-z-]{1,32}$/),
    }),
    responses: { 202: empty('Asked; the number comes over the link') },
    handler: ({ body, ...call }) =>
      requestNumber(context, municipality, accessOf(call, body.terminal, '番号法 第8条'), body.residentCode),
  });
  const conflictsRoute = route({
    method: 'POST',
    path: '/residence-conflicts/list',
    summary: 'Entries that an upper site holds back and that concern this municipality',
    tags: ['registry'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({ terminal: z.string().regex(/^[0-9a-z-]{1,32}$/) }),
    responses: { 200: z.object({ conflicts: z.array(openConflict) }) },
    handler: async ({ body, ...call }) => {
      const access = accessOf(call, body.terminal, '住民基本台帳法 第14条');
      return ok({ conflicts: [...(await openConflicts(context, municipality, access))] });
    },
  });
  return [recordRoute, lookUpRoute, searchRoute, numberRoute, conflictsRoute] as const;
}

function viewOf(context: RegistryContext, municipality: string, resident: Opened<Resident>) {
  return { ...resident, address: formatAddress(context.municipalities, municipality, resident) };
}

function accessOf(
  call: Pick<Call<unknown, unknown, unknown, OperatorActor>, 'actor' | 'correlation'>,
  terminal: string,
  article: string,
): Access {
  return {
    actorKind: 'operator',
    actor: call.actor.operator,
    terminal,
    article,
    affair: 'resident-registration',
    correlation: call.correlation,
  };
}
