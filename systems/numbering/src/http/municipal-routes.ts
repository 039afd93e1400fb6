/**
 * Numbering at a municipality's counter: another number for a person (番号法 art. 7 (2)), how its requests stand, and what
 * became of a notice that the post brought back. Resident codes travel in bodies, never in addresses.
 */
import { empty, type OperatorActor, operatorWith, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { type Access, REGISTRAR } from '@ishizue/registry';
import { z } from 'zod';
import { municipalStepBody, tellNoticeStep } from '../notice/municipal-steps.ts';
import { NOTICE_AFFAIR } from '../notice/notice-context.ts';
import {
  listNumberOrders,
  type NumberDesk,
  numberOrder,
  orderNumber,
} from '../requests/municipal-requests.ts';
import { REQUEST_KINDS, REQUEST_STATES } from '../requests/number-request.ts';

export const municipalNumberingStatuses = {
  'resident-not-found': 404,
  'resident-not-current': 409,
  'resident-code-malformed': 422,
  'resident-code-check-digit': 422,
  'request-id-reused': 409,
  'notice-step-invalid': 422,
  'notice-date-in-the-future': 422,
} as const;

const TAGS = ['numbering'];
const terminal = z.string().regex(/^[0-9a-z-]{1,32}$/);
const registrar = operatorWith(REGISTRAR);

const orderView = z.object({
  requestId: z.string(),
  kind: z.enum(REQUEST_KINDS),
  residentCode: z.string(),
  basis: z.string().optional(),
  evidence: z.string().optional(),
  state: z.enum(REQUEST_STATES),
  cause: z.string().nullable(),
});

/** The routes of one municipality's counter. */
export function municipalNumberingRoutes(desk: NumberDesk, municipality: string) {
  const order = route({
    method: 'POST',
    path: '/number-orders',
    summary: 'Ask the centre for a person’s first or another number, under an id of one’s own',
    tags: TAGS,
    access: registrar,
    body: z.strictObject({ order: numberOrder, terminal }),
    responses: { 202: orderView },
    handler: ({ body, actor, correlation }) => {
      const article = body.order.kind === 'first' ? '番号法 第8条' : '番号法 第7条';
      const access = accessOf(actor, body.terminal, correlation, article, 'numbering');
      return orderNumber(desk, municipality, access, body.order);
    },
  });
  const list = route({
    method: 'POST',
    path: '/number-orders/list',
    summary: 'How the municipality’s requests for numbers stand',
    tags: TAGS,
    access: registrar,
    body: z.strictObject({ terminal }),
    responses: { 200: z.object({ orders: z.array(orderView) }) },
    handler: async ({ body, actor, correlation }) => {
      const access = accessOf(actor, body.terminal, correlation, '番号法 第8条', 'numbering');
      return ok({ orders: [...(await listNumberOrders(desk, municipality, access))] });
    },
  });
  const step = route({
    method: 'POST',
    path: '/number-notices/steps',
    summary: 'Tell the centre what became of a notice that came back',
    tags: TAGS,
    access: registrar,
    body: z.strictObject({ step: municipalStepBody, terminal }),
    responses: { 202: empty('Told; what the centre refuses is parked there') },
    handler: ({ body, actor, correlation }) => {
      const access = accessOf(actor, body.terminal, correlation, '番号法 第7条', NOTICE_AFFAIR);
      return tellNoticeStep(desk, municipality, access, body.step);
    },
  });
  return [order, list, step] as const;
}

function accessOf(
  actor: OperatorActor,
  at: string,
  correlation: string,
  article: string,
  affair: string,
): Access {
  return { actorKind: 'operator', actor: actor.operator, terminal: at, article, affair, correlation };
}
