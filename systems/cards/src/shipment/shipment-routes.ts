/**
 * The routes between factory and counter: the factory takes, packs, sends and takes back; the municipality scans, closes, sets
 * up and declares lost. Flow: docs/flows/card-making.md.
 */
import { bytes, empty, type OperatorActor, operatorWith, route } from '@ishizue/http';
import type { Typeface } from '@ishizue/pdf';
import { z } from 'zod';
import { CARD_CLERK } from '../card-clerk.ts';
import { cardView, clerkAccess, terminal } from '../card-routes.ts';
import type { CardsContext } from '../cards-context.ts';
import { recordDestroyed } from '../delivery-notices/destroy-undelivered.ts';
import { deliverInHouse } from '../hand-over/in-one-house.ts';
import type { CardWorkshop } from '../making/card-workshop.ts';
import { runFactory } from '../making/run-factory.ts';
import { BATCH_MAX } from '../making/take-orders.ts';
import { readCardImage } from '../printing/print-card.ts';
import { loseCard } from './lose-card.ts';
import { PARCEL_CARDS_MAX } from './parcel-store.ts';
import { printParcelList } from './print-parcel-list.ts';
import { closeParcel, scanArrival } from './receive-parcel.ts';
import { packParcel, sendParcel } from './send-parcel.ts';
import { setUpCard } from './set-up-card.ts';
import { takeBackParcel } from './take-back-parcel.ts';

/** The role of an operator of the factory. */
export const CARD_FACTORY = 'card-factory';

/** The statuses of the failures of these routes. */
export const shipmentStatuses = {
  'factory-malformed': 422,
  'batch-out-of-bounds': 422,
  'nothing-to-send': 409,
  'request-id-reused': 409,
  'print-unknown': 404,
  'print-differs': 409,
  'number-missing': 409,
  'face-not-printable': 422,
  'parcel-unknown': 404,
  'parcel-not-underway': 409,
  'parcel-of-another-municipality': 409,
  'too-many-cards': 422,
  'card-unknown': 404,
  'card-not-in-parcel': 409,
  'card-scanned-before': 409,
  'card-already-void': 409,
  'card-state-refused': 409,
  'card-expired': 409,
  'card-at-another-municipality': 409,
  'card-not-at-counter': 409,
  'person-not-resident': 409,
  'data-changed': 409,
  'card-not-void': 409,
  'card-was-handed-over': 409,
  'application-state-refused': 409,
} as const;

const BODY_BYTES_MAX = 16_384;
const RUN_TIMEOUT_MS = 600_000;
const TAGS = ['cards'];
const municipality = z.string().regex(/^[0-9]{6}$/);
const cardId = z.string().regex(/^[0-9A-Z]{16}$/);
const cardIds = z.array(cardId).max(PARCEL_CARDS_MAX);
const cardPath = z.object({ id: cardId });
const parcelPath = z.object({ number: z.string().max(20) });
const at = z.strictObject({ terminal });
const parcelView = z.object({
  number: z.string(),
  municipality: z.string(),
  state: z.string(),
  stateOn: z.iso.date(),
  cards: z.array(z.object({ cardId: z.string(), state: z.string() })).readonly(),
});
const common = { tags: TAGS, bodyBytesMax: BODY_BYTES_MAX } as const;

export const accessOf = (actor: OperatorActor, where: string, correlation: string) =>
  clerkAccess(actor, where, correlation, '番号法 第16条の2');

/** For the national site; failures have the statuses above. */
export const shipmentRoutes = (options: ShipmentRoutesOptions) =>
  [...factoryRoutes(options), ...parcelRoutes(options), ...municipalRoutes(options.context)] as const;

export interface ShipmentRoutesOptions {
  readonly context: CardsContext;
  readonly workshop: CardWorkshop;
  /** Of the lists in parcels. */
  readonly typeface: Typeface;
}

function factoryRoutes({ context, workshop }: ShipmentRoutesOptions) {
  const access = operatorWith(CARD_FACTORY);
  const run = route({
    ...common,
    method: 'POST',
    path: '/cards/factory-runs',
    summary: 'Make what is due next: express first, then by due date',
    access,
    body: z.strictObject({
      factory: z.string().max(40),
      ordersMax: z.int().min(1).max(BATCH_MAX).default(20),
      terminal,
    }),
    timeoutMs: RUN_TIMEOUT_MS,
    responses: {
      200: z.object({
        taken: z.int(),
        made: z.array(z.string()).readonly(),
        troubles: z.array(z.object({ applicationId: z.string(), code: z.string() })).readonly(),
      }),
    },
    handler: ({ body, actor, correlation }) =>
      runFactory(context, accessOf(actor, body.terminal, correlation), {
        factory: body.factory,
        orders_max: body.ordersMax,
        workshop,
      }),
  });
  const image = route({
    ...common,
    method: 'POST',
    path: '/cards/:id/print',
    summary: 'The image of both faces, until the card is sent',
    access,
    params: cardPath,
    body: at,
    responses: { 200: bytes('application/pdf', 'Both faces at card size') },
    handler: ({ params, body, actor, correlation }) =>
      readCardImage(context, accessOf(actor, body.terminal, correlation), params.id),
  });
  return [run, image] as const;
}

function parcelRoutes({ context, typeface }: ShipmentRoutesOptions) {
  const access = operatorWith(CARD_FACTORY);
  const pack = route({
    ...common,
    method: 'POST',
    path: '/cards/parcels',
    summary: 'Pack the cards that are made for a municipality',
    access,
    body: z.strictObject({
      requestId: z.string().regex(/^[\x21-\x7e]{1,64}$/),
      municipality,
      cardIds: cardIds.optional(),
      terminal,
    }),
    responses: { 201: parcelView },
    handler: ({ body: { terminal: where, cardIds: only, ...order }, actor, correlation }) =>
      packParcel(context, accessOf(actor, where, correlation), { ...order, ...(only && { cardIds: only }) }),
  });
  const send = route({
    ...common,
    method: 'POST',
    path: '/cards/parcels/:number/dispatch',
    summary: 'The parcel has left the factory',
    access,
    params: parcelPath,
    body: at,
    responses: { 200: parcelView },
    handler: ({ params, body, actor, correlation }) =>
      sendParcel(context, accessOf(actor, body.terminal, correlation), params.number),
  });
  const takeBack = route({
    ...common,
    method: 'POST',
    path: '/cards/parcels/:number/return',
    summary: 'A parcel, or cards of it, came back to the factory',
    access,
    params: parcelPath,
    body: z.strictObject({ cardIds, isWhole: z.boolean(), terminal }),
    responses: { 200: parcelView },
    handler: ({ params, body: { terminal: where, ...scanned }, actor, correlation }) =>
      takeBackParcel(context, accessOf(actor, where, correlation), { parcel: params.number, ...scanned }),
  });
  const list = route({
    ...common,
    method: 'POST',
    path: '/cards/parcels/:number/list',
    summary: 'The list that lies in the parcel',
    access,
    params: parcelPath,
    body: at,
    responses: { 200: bytes('application/pdf', 'Serials in bar codes') },
    handler: ({ params }) => printParcelList(context, typeface, params.number),
  });
  return [pack, send, takeBack, list] as const;
}

function municipalRoutes(context: CardsContext) {
  const access = operatorWith(CARD_CLERK);
  const scan = route({
    ...common,
    method: 'POST',
    path: '/cards/parcels/:number/arrivals',
    summary: 'A card was scanned out of a parcel that arrived',
    access,
    params: parcelPath,
    body: z.strictObject({ municipality, cardId: z.string().max(64), terminal }),
    responses: { 204: empty() },
    handler: ({ params, body, actor, correlation }) =>
      scanArrival(context, accessOf(actor, body.terminal, correlation), { parcel: params.number, ...body }),
  });
  const close = route({
    ...common,
    method: 'POST',
    path: '/cards/parcels/:number/closing',
    summary: 'All that came in a parcel is scanned; what is missing is named',
    access,
    params: parcelPath,
    body: z.strictObject({ municipality, terminal }),
    responses: { 200: parcelView.extend({ missing: z.array(z.string()).readonly() }) },
    handler: ({ params, body, actor, correlation }) =>
      closeParcel(context, accessOf(actor, body.terminal, correlation), { parcel: params.number, ...body }),
  });
  const setUp = route({
    ...common,
    method: 'POST',
    path: '/cards/:id/set-up',
    summary: 'Set a card up before its hand-over',
    access,
    params: cardPath,
    body: z.strictObject({ municipality, terminal }),
    responses: { 200: cardView },
    handler: ({ params, body, actor, correlation }) =>
      setUpCard(context, accessOf(actor, body.terminal, correlation), { cardId: params.id, ...body }),
  });
  const lose = route({
    ...common,
    method: 'POST',
    path: '/cards/:id/loss-underway',
    summary: 'A card was lost before it was handed over: it is void, and another one is made',
    access,
    params: cardPath,
    body: at,
    responses: { 200: cardView },
    handler: ({ params, body, actor, correlation }) =>
      loseCard(context, accessOf(actor, body.terminal, correlation), params.id),
  });
  const deliver = route({
    ...common,
    method: 'POST',
    path: '/cards/:id/delivery',
    summary: 'Where factory and counter are one house: a parcel of one, sent, scanned and set up',
    access,
    params: cardPath,
    body: at,
    responses: { 200: cardView },
    handler: ({ params, body, actor, correlation }) =>
      deliverInHouse(context, accessOf(actor, body.terminal, correlation), params.id),
  });
  const destroyed = route({
    ...common,
    method: 'POST',
    path: '/cards/:id/destruction',
    summary: 'A void card that nobody was handed was destroyed',
    access,
    params: cardPath,
    body: at,
    responses: { 204: empty() },
    handler: ({ params, body, actor, correlation }) =>
      recordDestroyed(context, accessOf(actor, body.terminal, correlation), params.id),
  });
  return [scan, close, setUp, lose, destroyed, deliver] as const;
}
