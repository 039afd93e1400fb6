/**
 * Numbering's own officers over HTTP, at the national site: requests for numbers, counts, and number notices from the print
 * to the post. Resident codes travel in bodies, never in addresses; no route answers a number.
 */
import { type OperatorActor, operatorWith, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import { z } from 'zod';
import type { NumberingContext } from '../assign-numbers.ts';
import { listNotices } from '../notice/list-notices.ts';
import { NOTICE_AFFAIR, type NoticePrinting } from '../notice/notice-context.ts';
import { NOTICE_STATES, RETURN_REASONS } from '../notice/notice-lifecycle.ts';
import { printNotices } from '../notice/print-notices.ts';
import { takeNoticeSteps } from '../notice/take-notice-steps.ts';
import { listNumberRequests, numberingStatistics, refuseNumberRequest } from '../requests/centre-requests.ts';
import { REQUEST_KINDS, REQUEST_STATES, requestId } from '../requests/number-request.ts';

/** The role of an officer of the numbering centre. */
export const NUMBERING_OFFICER = 'numbering-officer';

/** What the centre's officers work with. */
export interface NumberingCentre extends NumberingContext, NoticePrinting {}

export const numberingStatuses = {
  'number-request-unknown': 404,
  'number-request-decided': 409,
  'batch-id-malformed': 422,
  'no-notice-queued': 404,
} as const;

const TAGS = ['numbering'];
const PRINT_TIMEOUT_MS = 15 * 60_000;
const terminal = z.string().regex(/^[0-9a-z-]{1,32}$/);
const municipality = z.string().regex(/^\d{6}$/);
const officer = operatorWith(NUMBERING_OFFICER);

const requestView = z.object({
  municipality: z.string(),
  requestId: z.string(),
  kind: z.enum(REQUEST_KINDS),
  residentCode: z.string(),
  state: z.enum(REQUEST_STATES),
  cause: z.string().nullable(),
  attempt: z.int().nullable(),
});
const statisticsView = z.object({
  numbers: z.int(),
  replaced: z.int(),
  requests: z.array(z.object({ kind: z.enum(REQUEST_KINDS), state: z.enum(REQUEST_STATES), count: z.int() })),
  notices: z.array(z.object({ state: z.string(), count: z.int() })),
  waitingSince: z.string().nullable(),
});
const noticeView = z.object({
  noticeId: z.int(),
  residentCode: z.string(),
  state: z.enum(NOTICE_STATES),
  stateOn: z.string(),
  municipality: z.string().nullable(),
  postingNumber: z.string().nullable(),
  returnReason: z.string().nullable(),
  trouble: z.string().nullable(),
});
const about = { noticeId: z.int().min(1), on: z.iso.date() };
const noticeOrder = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('post'), postingNumber: z.string().max(20), ...about }),
  z.strictObject({ step: z.literal('return'), returnReason: z.enum(RETURN_REASONS), ...about }),
  z.strictObject({ step: z.enum(['deliver', 'withdraw']), ...about }),
]);
const takenView = z.object({ state: z.enum(NOTICE_STATES).nullable(), refusal: z.string().nullable() });
const batchView = z.object({
  batchId: z.string(),
  printed: z.int(),
  withdrawn: z.int(),
  left: z.int(),
  files: z.array(z.object({ name: z.string(), notices: z.int(), bytes: z.int(), sha256: z.string() })),
});

/** The routes; mount them at the national site with `numberingStatuses`. */
export function numberingRoutes(centre: NumberingCentre) {
  return [...requestRoutes(centre), ...noticeRoutes(centre)] as const;
}

function requestRoutes(centre: NumberingCentre) {
  const list = route({
    method: 'POST',
    path: '/numbering/requests/list',
    summary: 'Requests for numbers in a state',
    tags: TAGS,
    access: officer,
    body: z.strictObject({
      state: z.enum(REQUEST_STATES),
      municipality: municipality.nullable().default(null),
      kind: z.enum(REQUEST_KINDS).nullable().default(null),
      terminal,
    }),
    responses: { 200: z.object({ requests: z.array(requestView) }) },
    handler: async ({ body: { terminal: at, ...search }, actor, correlation }) => {
      const access = officerAccess(actor, at, correlation, '番号法 第8条', 'numbering');
      return ok({ requests: [...(await listNumberRequests(centre, access, search))] });
    },
  });
  const refuse = route({
    method: 'POST',
    path: '/numbering/requests/refuse',
    summary: 'End a request that waits; the municipality is told',
    tags: TAGS,
    access: officer,
    body: z.strictObject({ municipality, requestId, terminal }),
    responses: { 200: requestView },
    handler: ({ body, actor, correlation }) =>
      refuseNumberRequest(
        centre,
        officerAccess(actor, body.terminal, correlation, '番号法 第8条', 'numbering'),
        body.municipality,
        body.requestId,
      ),
  });
  const statistics = route({
    method: 'GET',
    path: '/numbering/statistics',
    summary: 'How many numbers, requests and notices stand where; of nobody in particular',
    tags: TAGS,
    access: officer,
    responses: { 200: statisticsView },
    handler: async () => {
      const { requests, notices, ...counts } = await numberingStatistics(centre);
      return ok({ ...counts, requests: [...requests], notices: [...notices] });
    },
  });
  return [list, refuse, statistics] as const;
}

function noticeRoutes(centre: NumberingCentre) {
  const list = route({
    method: 'POST',
    path: '/numbering/notices/list',
    summary: 'Number notices in a state',
    tags: TAGS,
    access: officer,
    body: z.strictObject({ state: z.enum(NOTICE_STATES), terminal }),
    responses: { 200: z.object({ notices: z.array(noticeView) }) },
    handler: async ({ body, actor, correlation }) => {
      const access = officerAccess(actor, body.terminal, correlation, '番号法 第7条', NOTICE_AFFAIR);
      return ok({ notices: [...(await listNotices(centre, access, body.state))] });
    },
  });
  const print = route({
    method: 'POST',
    path: '/numbering/notices/batches',
    summary: 'Print the next notices of the queue; the same batch again is answered, not printed',
    tags: TAGS,
    access: officer,
    body: z.strictObject({
      batchId: z.string().max(64),
      noticesMax: z.int().min(1).max(5_000).default(5_000),
      terminal,
    }),
    timeoutMs: PRINT_TIMEOUT_MS,
    responses: { 200: batchView },
    handler: async ({ body, actor, correlation }) => {
      const access = officerAccess(actor, body.terminal, correlation, '番号法 第7条', NOTICE_AFFAIR);
      const order = { batchId: body.batchId, notices_max: body.noticesMax };
      const printed = await printNotices(centre, access, order);
      return printed.ok ? ok({ ...printed.value, files: [...printed.value.files] }) : printed;
    },
  });
  const steps = route({
    method: 'POST',
    path: '/numbering/notices/steps',
    summary: 'What became of notices in the post; each order has its own answer',
    tags: TAGS,
    access: officer,
    body: z.strictObject({ orders: z.array(noticeOrder).min(1).max(1_000), terminal }),
    responses: { 200: z.object({ taken: z.array(takenView) }) },
    handler: async ({ body, actor, correlation }) => {
      const access = officerAccess(actor, body.terminal, correlation, '番号法 第7条', NOTICE_AFFAIR);
      const taken = await takeNoticeSteps(centre, access, body.orders);
      return ok({
        taken: taken.map((one) =>
          one.ok ? { state: one.value.state, refusal: null } : { state: null, refusal: one.failure.code },
        ),
      });
    },
  });
  return [list, print, steps] as const;
}

function officerAccess(
  actor: OperatorActor,
  at: string,
  correlation: string,
  article: string,
  affair: string,
): Access {
  return { actorKind: 'operator', actor: actor.operator, terminal: at, article, affair, correlation };
}
