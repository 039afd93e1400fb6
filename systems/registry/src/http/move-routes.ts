/**
 * The counter's routes for moves between municipalities (住民基本台帳法 art. 22, 24, 24-2). Codes of persons travel in bodies, and
 * a card is shown as its certificate and a signature over a challenge of this counter. Mount beside `municipalRoutes`, with
 * `moveStatuses`. Flow: docs/flows/moves.md.
 */
import { type Call, empty, type OperatorActor, operatorWith, route } from '@ishizue/http';
import { ok, type Result } from '@ishizue/outcome';
import { z } from 'zod';
import type { Access } from '../access.ts';
import { EVENT_REASONS } from '../identity/event-reason.ts';
import { cancelPlannedMove } from '../moves/cancel-planned-move.ts';
import { declareMoveOut } from '../moves/declare-move-out.ts';
import {
  benefits,
  moveId,
  moveOutInformation,
  municipalityCode,
  NO_BENEFITS,
  personalDetails,
  residentCode,
} from '../moves/move-out-information.ts';
import type { MovesContext } from '../moves/moves-context.ts';
import {
  informationRequestState,
  readIncomingMove,
  requestInformation,
} from '../moves/read-incoming-move.ts';
import { recordMoveIn } from '../moves/record-move-in.ts';
import { settleArrival, unsettledArrivals } from '../moves/unsettled-arrivals.ts';
import { clearNumber } from '../numbers/number-cipher.ts';
import { cardBody, cardChallengeRoute, cardFrom } from './card-at-counter.ts';
import { municipalStatuses, REGISTRAR } from './municipal-routes.ts';

/** The statuses of the failures of these routes. */
export const moveStatuses = {
  ...municipalStatuses,
  'challenge-unknown': 410,
  'card-not-proved': 403,
  'certificate-not-current': 403,
  'certificate-status-unknown': 503,
  'card-not-of-mover': 403,
  'declarer-not-head': 422,
  'not-one-household': 422,
  'already-planned': 409,
  'destination-not-elsewhere': 422,
  'came-from-itself': 422,
  'asked-of-itself': 422,
  'municipality-not-served': 422,
  'planned-date-invalid': 422,
  'special-move-in-over': 409,
  'move-not-planned': 409,
  'nobody-expected': 404,
  'mover-not-expected': 409,
  'request-unknown': 404,
  'arrival-unknown': 404,
} as const;

const date = z.iso.date();
const terminal = z.string().regex(/^[0-9a-z-]{1,32}$/);
const requestId = moveId;
const MOVERS_MAX = 20;
const relationship = z.string().trim().min(1).max(30);

/** The routes of one municipality's counter. */
export function moveRoutes(moves: MovesContext, municipality: string) {
  return [...leavingRoutes(moves, municipality), ...arrivingRoutes(moves, municipality)] as const;
}

function leavingRoutes(moves: MovesContext, municipality: string) {
  const challenge = cardChallengeRoute(moves, municipality, 'move-out', '/moves/out/challenges');
  const declare = route({
    method: 'POST',
    path: '/moves/out',
    summary: 'Declare a move to another municipality, on paper or with the card',
    tags: ['moves'],
    access: operatorWith(REGISTRAR),
    bodyBytesMax: 32_768,
    body: z.strictObject({
      /** Chosen by the caller, and the id of the move from then on. */
      requestId,
      terminal,
      channel: z.enum(['counter', 'portal']).default('counter'),
      movers: z
        .array(z.strictObject({ residentCode, benefits: benefits.default(NO_BENEFITS) }))
        .min(1)
        .max(MOVERS_MAX),
      plannedOn: date,
      destinationMunicipality: municipalityCode,
      destination: z.string().trim().min(1).max(200),
      card: cardBody.exactOptional(),
    }),
    responses: { 201: z.object({ moveId: z.string(), movers: z.array(z.string()) }) },
    handler: async ({ body, ...call }) => {
      const { requestId: id, terminal: at, card, ...declared } = body;
      const access = accessOf(call, at, '住民基本台帳法 第24条');
      const declaration = card ? { ...declared, card: cardFrom(card) } : declared;
      const outcome = await declareMoveOut(moves, municipality, access, id, declaration);
      return outcome.ok ? ok({ ...outcome.value, movers: [...outcome.value.movers] }) : outcome;
    },
  });
  const cancel = route({
    method: 'POST',
    path: '/moves/out/cancellations',
    summary: 'Take back the planned move of persons who do not go',
    tags: ['moves'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({ moveId, residentCodes: z.array(residentCode).min(1).max(MOVERS_MAX), terminal }),
    responses: { 204: empty('Taken back') },
    handler: ({ body, ...call }) =>
      cancelPlannedMove(moves, municipality, accessOf(call, body.terminal, '住民基本台帳法 第24条'), body),
  });
  const unsettled = route({
    method: 'POST',
    path: '/moves/arrivals/list',
    summary: 'Move-in notices of other municipalities that wait for an officer',
    tags: ['moves'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({ terminal }),
    responses: { 200: z.object({ arrivals: z.array(arrivalView) }) },
    handler: async ({ body, ...call }) => {
      const access = accessOf(call, body.terminal, '住民基本台帳法 第9条');
      return ok({ arrivals: [...(await unsettledArrivals(moves, municipality, access))] });
    },
  });
  const settle = route({
    method: 'POST',
    path: '/moves/arrivals/settlements',
    summary: 'Note that such a notice has been seen to',
    tags: ['moves'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({ arrivalId: z.int().min(1), terminal }),
    responses: { 204: empty('Settled') },
    handler: ({ body, ...call }) =>
      settleArrival(
        moves,
        municipality,
        accessOf(call, body.terminal, '住民基本台帳法 第9条'),
        body.arrivalId,
      ),
  });
  return [challenge, declare, cancel, unsettled, settle] as const;
}

const arrivalView = z.object({
  arrivalId: z.int(),
  atMunicipality: z.string(),
  residentCode: z.string(),
  movedOn: z.string(),
  address: z.string(),
  code: z.string(),
});

const home = {
  requestId,
  terminal,
  movedOn: date,
  address: z.strictObject({
    wardCode: municipalityCode.nullable().default(null),
    postalCode: z
      .string()
      .regex(/^\d{7}$/)
      .nullable()
      .default(null),
    town: z.string().max(100),
    lot: z.string().trim().min(1).max(60),
    building: z.string().trim().min(1).max(120).nullable().default(null),
  }),
  joins: z.strictObject({ householdNumber: z.string().trim().min(1).max(15) }).exactOptional(),
};

const recordedMoveIn = z.object({
  residents: z.array(
    z.object({
      residentCode: z.string(),
      residentNumber: z.string(),
      sequence: z.int(),
      reason: z.enum(EVENT_REASONS),
      eventDate: z.string(),
    }),
  ),
  isLate: z.boolean().meta({ description: 'Declared later than the law allows; the officer reports it' }),
});

const moveInBody = z.discriminatedUnion('basis', [
  z.strictObject({
    basis: z.literal('special'),
    ...home,
    card: cardBody,
    movers: z.array(z.strictObject({ residentCode, relationship })).min(1).max(MOVERS_MAX),
  }),
  z.strictObject({
    basis: z.literal('certificate'),
    ...home,
    from: municipalityCode,
    plannedOn: date,
    previousAddress: z.string().trim().min(1).max(200),
    movers: z
      .array(
        z.strictObject({
          residentCode,
          individualNumber: clearNumber.nullable().default(null),
          details: personalDetails,
          relationship,
        }),
      )
      .min(1)
      .max(MOVERS_MAX),
  }),
]);

/** The information as officers read it. */
const openedInformation = moveOutInformation.extend({ individualNumber: clearNumber.nullable() });

function arrivingRoutes(moves: MovesContext, municipality: string) {
  const challenge = cardChallengeRoute(moves, municipality, 'move-in', '/moves/in/challenges');
  const read = route({
    method: 'POST',
    path: '/moves/in/expected',
    summary: 'The move-out information on the holder of a card, and on those who move with them',
    tags: ['moves'],
    access: operatorWith(REGISTRAR),
    bodyBytesMax: 16_384,
    body: z.strictObject({ card: cardBody, terminal }),
    responses: { 200: z.object({ movers: z.array(openedInformation) }) },
    handler: async ({ body, ...call }) => {
      const access = accessOf(call, body.terminal, '住民基本台帳法 第24条の2');
      const found = await readIncomingMove(moves, municipality, access, cardFrom(body.card));
      return found.ok ? ok({ movers: [...moves.registry.numbers.openIn(found.value)] }) : found;
    },
  });
  const ask = route({
    method: 'POST',
    path: '/moves/in/requests',
    summary: 'Ask the old municipality for the information of a person who planned to go elsewhere',
    tags: ['moves'],
    access: operatorWith(REGISTRAR),
    bodyBytesMax: 16_384,
    body: z.strictObject({ from: municipalityCode, card: cardBody, terminal }),
    responses: { 202: z.object({ requestId: z.string() }) },
    handler: ({ body, ...call }) => {
      const access = accessOf(call, body.terminal, '住民基本台帳法 第24条の2');
      return requestInformation(moves, municipality, access, body.from, cardFrom(body.card));
    },
  });
  const state = route({
    method: 'GET',
    path: '/moves/in/requests/:id',
    summary: 'What has become of such a request',
    tags: ['moves'],
    access: operatorWith(REGISTRAR),
    params: z.object({ id: z.string().regex(/^[a-z2-7]{26}$/) }),
    responses: {
      200: z.object({ state: z.enum(['open', 'answered', 'refused']), code: z.string().nullable() }),
    },
    handler: ({ params }) => informationRequestState(moves, municipality, params.id),
  });
  const moveIn = route({
    method: 'POST',
    path: '/moves/in',
    summary: 'Record that persons have moved in from another municipality',
    tags: ['moves'],
    access: operatorWith(REGISTRAR),
    bodyBytesMax: 65_536,
    body: moveInBody,
    responses: { 201: recordedMoveIn },
    handler: async ({ body, ...call }) => {
      const { requestId: id, terminal: at, ...moveInOf } = body;
      const access = accessOf(call, at, '住民基本台帳法 第22条');
      const declared =
        moveInOf.basis === 'special'
          ? { ...moveInOf, card: cardFrom(moveInOf.card) }
          : { ...moveInOf, movers: moves.registry.numbers.sealIn(moveInOf.movers) };
      return mutable(await recordMoveIn(moves, municipality, access, id, declared));
    },
  });
  return [challenge, read, ask, state, moveIn] as const;
}

type RecordedMoveInResult = Awaited<ReturnType<typeof recordMoveIn>>;

/** The answer as the schema's type has it. */
const mutable = (
  result: RecordedMoveInResult,
): Result<z.infer<typeof recordedMoveIn>, Extract<RecordedMoveInResult, { ok: false }>['failure']['code']> =>
  result.ok ? ok({ ...result.value, residents: [...result.value.residents] }) : result;

function accessOf(
  call: Pick<Call<unknown, unknown, unknown, OperatorActor>, 'actor' | 'correlation'>,
  terminalOfCall: string,
  article: string,
): Access {
  return {
    actorKind: 'operator',
    actor: call.actor.operator,
    terminal: terminalOfCall,
    article,
    affair: 'resident-registration',
    correlation: call.correlation,
  };
}
