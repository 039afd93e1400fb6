/**
 * What operators do with tickets. A ticket holds a question, never a person: a text with a long number in it is refused. Each
 * act names the step of the ticket that it was decided on, so that two operators do not answer one ticket twice and an act
 * that is sent again changes nothing.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { holdsLongNumber } from '../mask-numbers.ts';
import type { Topic } from '../topics.ts';
import { dueOn, type Urgency } from './deadline-rules.ts';
import { nextTicketState, type TicketEvent } from './ticket-lifecycle.ts';
import {
  findOverdue,
  findTicket,
  findTicketByRequest,
  type HistoryStep,
  historyOf,
  insertStep,
  insertTicket,
  type Ticket,
  takeTicketTurn,
} from './ticket-store.ts';

export interface NewTicket {
  readonly requestId: string;
  readonly asker: string;
  readonly subject: string;
}

export type TicketFailure =
  | 'ticket-unknown'
  | 'ticket-state-refused'
  /** Somebody else was there first: look again. */
  | 'ticket-changed-meanwhile'
  | 'text-holds-a-number';
export type OpenTicketFailure = 'text-holds-a-number' | 'request-id-reused';

/** An act upon a ticket at the step `sequence`. */
export type TicketAct = {
  readonly ticketId: number;
  readonly sequence: number;
  readonly note?: string | undefined;
} & (
  | { readonly event: 'classify'; readonly topic: Topic; readonly urgency: Urgency }
  | { readonly event: 'assign'; readonly owner: string }
  | { readonly event: 'link'; readonly incident: string }
  | { readonly event: 'answer' | 'escalate' | 'resolve' }
);

interface PublishAct {
  readonly event: 'publish';
  readonly ticketId: number;
  readonly sequence: number;
}

const refuseNumbers = (): Result<never, 'text-holds-a-number'> =>
  fail('text-holds-a-number', 'a number of eleven digits or more: take it out');

export function openTicket(
  context: HelpDeskContext,
  operator: string,
  given: NewTicket,
): Promise<Result<Ticket, OpenTicketFailure>> {
  if (holdsLongNumber(given.subject)) return Promise.resolve(refuseNumbers());
  const now = context.clock.now();
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`ticket request ${given.requestId}`}, 0))`;
    const earlier = await findTicketByRequest(tx, given.requestId);
    if (earlier)
      return earlier.asker === given.asker && earlier.subject === given.subject
        ? ok(earlier)
        : fail('request-id-reused', 'this request id was used for another ticket');
    const ticketId = await insertTicket(tx, given, new Date(now));
    const blank = { topic: null, urgency: null, owner: null, incident: null, note: null };
    const due = dueOn('new', null, dateInTokyo(now));
    const step = {
      ticketId,
      sequence: 1,
      event: 'open',
      state: 'new',
      dueOn: due,
      operator,
      ...blank,
    } as const;
    await insertStep(tx, step, new Date(now));
    return ok(await getTicket(tx, ticketId));
  });
}

export function actOnTicket(
  context: HelpDeskContext,
  operator: string,
  act: TicketAct,
): Promise<Result<Ticket, TicketFailure>> {
  if (act.note !== undefined && holdsLongNumber(act.note)) return Promise.resolve(refuseNumbers());
  return inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) => stepTicket(tx, context, operator, act));
}

/** In the caller's transaction; `publish` comes with the FAQ entry that it makes. */
export async function stepTicket(
  tx: Tx,
  { clock }: HelpDeskContext,
  operator: string,
  act: TicketAct | PublishAct,
): Promise<Result<Ticket, Exclude<TicketFailure, 'text-holds-a-number'>>> {
  await takeTicketTurn(tx, act.ticketId);
  const ticket = await findTicket(tx, act.ticketId);
  if (!ticket) return fail('ticket-unknown', 'there is no such ticket');
  if (await wasDone(tx, operator, act)) return ok(ticket);
  if (ticket.sequence !== act.sequence)
    return fail('ticket-changed-meanwhile', `the ticket is at step ${ticket.sequence}`);
  const event: TicketEvent = act.event;
  const next = nextTicketState(ticket.state, event);
  if (!next.ok) return next;
  const urgency = act.event === 'classify' ? act.urgency : ticket.urgency;
  const now = clock.now();
  await insertStep(
    tx,
    {
      ticketId: act.ticketId,
      sequence: act.sequence + 1,
      event,
      state: next.value,
      topic: act.event === 'classify' ? act.topic : ticket.topic,
      urgency,
      owner: act.event === 'assign' ? act.owner : (ticket.owner ?? operator),
      // who only hands it on wins no time
      dueOn: next.value === ticket.state ? ticket.dueOn : dueOn(next.value, urgency, dateInTokyo(now)),
      incident: act.event === 'link' ? act.incident : null,
      note: 'note' in act ? (act.note ?? null) : null,
      operator,
    },
    new Date(now),
  );
  return ok(await getTicket(tx, act.ticketId));
}

/** Whether the step after the named one is this very act, by the same operator: then it was sent again. */
async function wasDone(tx: Tx, operator: string, act: TicketAct | PublishAct): Promise<boolean> {
  const owner = act.event === 'assign' ? act.owner : null;
  const incident = act.event === 'link' ? act.incident : null;
  const [row] = await tx`
    SELECT 1 FROM help_desk.ticket_change
    WHERE ticket_id = ${act.ticketId} AND sequence = ${act.sequence + 1} AND event = ${act.event}
      AND operator = ${operator} AND incident IS NOT DISTINCT FROM ${incident} AND coalesce(${owner}, owner) = owner`;
  return row !== undefined;
}

async function getTicket(tx: Tx, ticketId: number): Promise<Ticket> {
  const ticket = await findTicket(tx, ticketId);
  if (!ticket) throw new Error('a ticket is gone');
  return ticket;
}

export function ticketWithHistory(
  context: HelpDeskContext,
  ticketId: number,
): Promise<Result<Ticket & { readonly history: readonly HistoryStep[] }, 'ticket-unknown'>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE, isSnapshot: true }, async (tx) => {
    const ticket = await findTicket(tx, ticketId);
    if (!ticket) return fail('ticket-unknown', 'there is no such ticket');
    return ok({ ...ticket, history: await historyOf(tx, ticketId) });
  });
}

/** Whose next step is over its day. */
export const overdueTickets = (context: HelpDeskContext): Promise<readonly Ticket[]> =>
  inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    findOverdue(tx, dateInTokyo(context.clock.now())),
  );
