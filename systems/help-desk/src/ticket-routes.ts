/** Tickets over HTTP, for the clerks who answer them: each act names the step that it was decided on. */
import { operatorWith, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { HelpDeskContext } from './help-desk-context.ts';
import { requestId, TICKET_CLERK } from './operator-access.ts';
import { URGENCIES } from './tickets/deadline-rules.ts';
import { TICKET_EVENTS, TICKET_STATES } from './tickets/ticket-lifecycle.ts';
import type { Ticket } from './tickets/ticket-store.ts';
import { actOnTicket, openTicket, overdueTickets, ticketWithHistory } from './tickets/tickets.ts';
import { TOPICS } from './topics.ts';

export const ticketStatuses = {
  'ticket-unknown': 404,
  'ticket-state-refused': 409,
  'ticket-changed-meanwhile': 409,
  'text-holds-a-number': 422,
  'request-id-reused': 409,
} as const;

const TAGS = ['help-desk'];
const clerk = operatorWith(TICKET_CLERK);
const ticketParams = z.object({ ticket: z.coerce.number().int().min(1).max(2_147_483_647) });
const owner = z.string().regex(/^o-[0-9a-z]{4,20}$/);
const ticketView = z.object({
  ticketId: z.int(),
  asker: z.string(),
  subject: z.string(),
  state: z.enum(TICKET_STATES),
  sequence: z.int(),
  topic: z.enum(TOPICS).nullable(),
  urgency: z.enum(URGENCIES).nullable(),
  owner: z.string().nullable(),
  dueOn: z.iso.date().nullable(),
});
const step = z.object({
  sequence: z.int(),
  event: z.enum(['open', ...TICKET_EVENTS]),
  state: z.enum(TICKET_STATES),
  owner: z.string().nullable(),
  dueOn: z.iso.date().nullable(),
  incident: z.string().nullable(),
  note: z.string().nullable(),
  operator: z.string(),
  changedAt: z.iso.datetime(),
});
/** `resident`, or the site that asks. */
export const ticketAsker = z.string().regex(/^(resident|municipal\/\d{6}|prefectural\/\d{2})$/);
const at = { sequence: z.int().min(1), note: z.string().trim().min(1).max(4_000).optional() };
/** An act of a clerk upon a ticket, without the ticket. */
export const ticketAct = z.discriminatedUnion('event', [
  z.strictObject({
    event: z.literal('classify'),
    topic: z.enum(TOPICS),
    urgency: z.enum(URGENCIES),
    ...at,
  }),
  z.strictObject({ event: z.literal('assign'), owner, ...at }),
  z.strictObject({
    event: z.literal('link'),
    incident: z.string().regex(/^[A-Z]{1,4}-[0-9A-Z-]{1,30}$/),
    ...at,
  }),
  z.strictObject({ event: z.literal(['answer', 'escalate', 'resolve']), ...at }),
]);

/** The routes; mount them below the national site with `ticketStatuses`. */
export function ticketRoutes(context: HelpDeskContext) {
  const open = route({
    method: 'POST',
    path: '/help-desk/tickets',
    summary: 'Enter a question that is to be answered later',
    tags: TAGS,
    access: clerk,
    body: z.strictObject({
      requestId,
      asker: ticketAsker,
      subject: z.string().trim().min(1).max(2_000),
    }),
    responses: { 201: ticketView },
    handler: ({ body, actor }) => openTicket(context, actor.operator, body),
  });
  const change = route({
    method: 'POST',
    path: '/help-desk/tickets/:ticket/acts',
    summary: 'Classify, answer, escalate, resolve, assign, or link to an incident',
    tags: TAGS,
    access: clerk,
    params: ticketParams,
    body: ticketAct,
    responses: { 200: ticketView },
    handler: ({ params, body, actor }) =>
      actOnTicket(context, actor.operator, { ticketId: params.ticket, ...body }),
  });
  const show = route({
    method: 'GET',
    path: '/help-desk/tickets/:ticket',
    summary: 'A ticket with its history',
    tags: TAGS,
    access: clerk,
    params: ticketParams,
    responses: { 200: ticketView.extend({ history: z.array(step) }) },
    handler: async ({ params }) => {
      const found = await ticketWithHistory(context, params.ticket);
      if (!found.ok) return found;
      const history = found.value.history.map(({ changedAt, ...rest }) => ({
        ...rest,
        changedAt: changedAt.toISOString(),
      }));
      return ok({ ...found.value, history });
    },
  });
  const overdue = route({
    method: 'GET',
    path: '/help-desk/tickets',
    summary: 'Tickets whose next step is over its day, the longest first',
    tags: TAGS,
    access: clerk,
    responses: { 200: z.object({ overdue: z.array(ticketView) }) },
    handler: async () =>
      ok({ overdue: [...(await overdueTickets(context))].map((one): Ticket => ({ ...one })) }),
  });
  return [open, change, show, overdue] as const;
}
