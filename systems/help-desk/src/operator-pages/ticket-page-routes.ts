/** Tickets in a browser: the same acts as for programs (ticket-routes.ts). Flow: docs/flows/desk.md step 11. */
import { randomUUID } from 'node:crypto';
import {
  answer,
  type Call,
  empty,
  form,
  type OperatorActor,
  operatorWith,
  page,
  redirect,
  route,
} from '@ishizue/http';
import { inLanguage, languageOf } from '@ishizue/pages';
import { z } from 'zod';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { requestId, TICKET_CLERK } from '../operator-access.ts';
import { ticketAct, ticketAsker } from '../ticket-routes.ts';
import { actOnTicket, openTicket, overdueTickets, ticketWithHistory } from '../tickets/tickets.ts';
import { TICKETS_PATH, ticketPage, ticketsPage } from './ticket-pages.ts';
import type { TicketRefusal } from './ticket-words.ts';

const lang = z.object({ lang: z.string().max(5).optional() });
const common = { tags: ['pages'], access: operatorWith(TICKET_CLERK), bodyBytesMax: 65_536 } as const;
const ticketParams = z.object({ ticket: z.coerce.number().int().min(1).max(2_147_483_647) });
const typed = z
  .string()
  .max(4_000)
  .transform((given) => given.replaceAll('\r\n', '\n').trim());
/** As a form has it: what is empty is absent, and an act judges the rest. */
const actForm = form(z.record(z.string().max(20), typed));
const newTicket = z.object({ requestId, asker: ticketAsker, subject: z.string().min(1).max(2_000) });

type Asked = Call<unknown, z.output<typeof lang>, unknown, OperatorActor>;
const shownIn = ({ query, headers }: Pick<Asked, 'query' | 'headers'>) =>
  languageOf(query.lang, headers['accept-language']);

async function showAll(context: HelpDeskContext, call: Asked, refused?: TicketRefusal) {
  const overdue = await overdueTickets(context);
  const shown = { language: shownIn(call), requestId: randomUUID(), overdue, refused };
  return answer(refused === undefined ? 200 : 409, ticketsPage(call, shown));
}

async function showOne(context: HelpDeskContext, call: Asked, ticketId: number, refused?: TicketRefusal) {
  const found = await ticketWithHistory(context, ticketId);
  if (!found.ok) return showAll(context, call, found.failure.code);
  const shown = { language: shownIn(call), ticket: found.value, refused };
  return answer(refused === undefined ? 200 : 409, ticketPage(call, shown));
}

const responses = { 200: page(), 303: empty('Done'), 409: page('Refused') };

/** The pages, for the national site, without a prefix; they have no failures of their own. */
export const ticketPages = (context: HelpDeskContext) =>
  [
    route({
      ...common,
      method: 'GET',
      path: TICKETS_PATH,
      summary: 'Tickets that are overdue, and a new one',
      query: lang,
      responses,
      handler: (call) => showAll(context, call),
    }),
    route({
      ...common,
      method: 'GET',
      path: `${TICKETS_PATH}/find`,
      summary: 'To a ticket by its number',
      query: lang.extend({
        number: z
          .string()
          .trim()
          .regex(/^\d{1,10}$/)
          .catch('0'),
      }),
      responses,
      handler: (call) => showOne(context, call, Number(call.query.number)),
    }),
    route({
      ...common,
      method: 'POST',
      path: TICKETS_PATH,
      summary: 'Enter a ticket from the page',
      query: lang,
      body: actForm,
      responses,
      handler: async (call) => {
        const given = newTicket.safeParse(call.body);
        if (!given.success) return showAll(context, call, 'not-typed');
        const opened = await openTicket(context, call.actor.operator, given.data);
        if (!opened.ok) return showAll(context, call, opened.failure.code);
        return redirect(inLanguage(`${TICKETS_PATH}/${opened.value.ticketId}`, shownIn(call)));
      },
    }),
    route({
      ...common,
      method: 'GET',
      path: `${TICKETS_PATH}/:ticket`,
      summary: 'A ticket with its history and the steps that may follow',
      params: ticketParams,
      query: lang,
      responses,
      handler: (call) => showOne(context, call, call.params.ticket),
    }),
    route({
      ...common,
      method: 'POST',
      path: `${TICKETS_PATH}/:ticket`,
      summary: 'A step of a ticket, from its page',
      params: ticketParams,
      query: lang,
      body: actForm,
      responses,
      handler: async (call) => {
        const ticketId = call.params.ticket;
        const filled = Object.entries(call.body).filter(([, value]) => value !== '');
        const given = ticketAct.safeParse({
          ...Object.fromEntries(filled),
          sequence: Number(call.body['sequence']),
        });
        if (!given.success) return showOne(context, call, ticketId, 'not-typed');
        const done = await actOnTicket(context, call.actor.operator, { ticketId, ...given.data });
        if (!done.ok) return showOne(context, call, ticketId, done.failure.code);
        return redirect(inLanguage(`${TICKETS_PATH}/${ticketId}`, shownIn(call)));
      },
    }),
  ] as const;
