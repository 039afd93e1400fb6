/**
 * Rows of tickets. A ticket changes by one more row of its history and in no other way: the database's trigger takes the state
 * over, under the row's lock, where the step is one that the state allows.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { Topic } from '../topics.ts';
import type { Urgency } from './deadline-rules.ts';
import type { TicketEvent, TicketState } from './ticket-lifecycle.ts';

export interface Ticket {
  readonly ticketId: number;
  /** `resident`, or the site that asks. */
  readonly asker: string;
  readonly subject: string;
  readonly state: TicketState;
  /** Of the ticket's changes, from 1. */
  readonly sequence: number;
  readonly topic: Topic | null;
  readonly urgency: Urgency | null;
  readonly owner: string | null;
  /** When its next step is due; null when nothing is due any more. */
  readonly dueOn: IsoDate | null;
}

export interface TicketStep {
  readonly ticketId: number;
  readonly sequence: number;
  readonly event: TicketEvent | 'open';
  readonly state: TicketState;
  readonly topic: Topic | null;
  readonly urgency: Urgency | null;
  readonly owner: string | null;
  readonly dueOn: IsoDate | null;
  readonly incident: string | null;
  readonly note: string | null;
  readonly operator: string;
}

const columns = (tx: Tx) => tx`
  ticket_id AS "ticketId", asker, subject, state, sequence, topic, urgency, owner, due_on AS "dueOn"`;

export async function findTicket(tx: Tx, ticketId: number): Promise<Ticket | undefined> {
  const [row] = await tx<Ticket[]>`SELECT ${columns(tx)} FROM help_desk.ticket WHERE ticket_id = ${ticketId}`;
  return row && { ...row };
}

export async function findTicketByRequest(tx: Tx, requestId: string): Promise<Ticket | undefined> {
  const [row] = await tx<
    Ticket[]
  >`SELECT ${columns(tx)} FROM help_desk.ticket WHERE request_id = ${requestId}`;
  return row && { ...row };
}

/** Of whoever changes tickets: taken before the ticket is looked at. */
export async function takeTicketTurn(tx: Tx, ticketId: number): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`ticket ${ticketId}`}, 0))`;
}

/** Tickets whose next step was due before a day, the longest due first; at most 1,000. */
export const findOverdue = (tx: Tx, today: IsoDate): Promise<readonly Ticket[]> => tx<Ticket[]>`
  SELECT ${columns(tx)} FROM help_desk.ticket WHERE due_on < ${today} ORDER BY due_on, ticket_id LIMIT 1000`;

export async function insertTicket(
  tx: Tx,
  ticket: { readonly requestId: string; readonly asker: string; readonly subject: string },
  at: Date,
): Promise<number> {
  const [row] = await tx<{ ticketId: number }[]>`
    INSERT INTO help_desk.ticket (request_id, asker, subject, opened_at)
    VALUES (${ticket.requestId}, ${ticket.asker}, ${ticket.subject}, ${at}) RETURNING ticket_id AS "ticketId"`;
  if (!row) throw new Error('a ticket was not stored');
  return row.ticketId;
}

export async function insertStep(tx: Tx, step: TicketStep, at: Date): Promise<void> {
  await tx`
    INSERT INTO help_desk.ticket_change (ticket_id, sequence, event, state, topic, urgency, owner, due_on, incident, note,
      operator, changed_at)
    VALUES (${step.ticketId}, ${step.sequence}, ${step.event}, ${step.state}, ${step.topic}, ${step.urgency},
      ${step.owner}, ${step.dueOn}, ${step.incident}, ${step.note}, ${step.operator}, ${at})`;
}

export interface HistoryStep extends Omit<TicketStep, 'ticketId' | 'topic' | 'urgency'> {
  readonly changedAt: Date;
}

export const historyOf = (tx: Tx, ticketId: number): Promise<readonly HistoryStep[]> => tx<HistoryStep[]>`
  SELECT sequence, event, state, owner, due_on AS "dueOn", incident, note, operator, changed_at AS "changedAt"
  FROM help_desk.ticket_change WHERE ticket_id = ${ticketId} ORDER BY sequence LIMIT 1000`;
