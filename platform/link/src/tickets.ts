/**
 * Decisions on parked messages, each in one transaction under the link's lock: a ticket is decided once. Retrying
 * applies the message and then, in order, what was held behind it; dropping leaves the message out and goes on with those.
 */
import type { Clock } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Application, applyMessages } from './apply-messages.ts';
import type { Registration } from './handler.ts';
import { beginTicket, endTicket, type TicketDecision, type TicketState } from './inbox.ts';
import type { LinkName } from './link-name.ts';
import { planReceipt } from './plan-receipt.ts';
import { sendEncoded } from './send.ts';

export type TicketCode = 'ticket-unknown' | 'ticket-closed' | 'ticket-refused-again';

export interface TicketOrder {
  readonly registration: Registration;
  readonly link: LinkName;
  readonly linkId: number;
  readonly ticketId: number;
  readonly clock: Clock;
  /** What is to be done with the parked message itself. */
  readonly wish: { readonly kind: 'retry' } | { readonly kind: 'drop'; readonly reason: string };
}

/** What a decision did. */
export interface TicketOutcome {
  /** Messages applied now, the parked one included. */
  readonly applied: number;
  /** Messages behind it that were refused in turn and have tickets of their own. */
  readonly parked: number;
  readonly hasSent: boolean;
}

/** Carries out a decision. A message that is refused again keeps its ticket, with the new code. */
export function decideTicket(order: TicketOrder): Promise<Result<TicketOutcome, TicketCode>> {
  const { registration, link, linkId, ticketId } = order;
  return inTransaction(registration.pool, { site: link.to }, async (tx) => {
    const state = await beginTicket(tx, ticketId, linkId);
    if (!state) return fail('ticket-closed', 'the ticket has been decided');
    const done = await applyChain(tx, order, state);
    const [refused] = done.parked;
    if (refused?.message.seq === state.parked.seq) {
      const decision: TicketDecision = { resolution: null, failure: refused.failure };
      await endTicket(tx, ticketId, linkId, decision, { released: [], hold: [], parked: [] });
      return fail('ticket-refused-again', `${refused.failure.code}: ${refused.failure.detail}`);
    }
    await settle(tx, order, state, done);
    await sendEncoded(tx, done.outgoing);
    return ok({
      applied: done.applied.length,
      parked: done.parked.length,
      hasSent: done.outgoing.length > 0,
    });
  });
}

/** Applies the parked message, unless it is dropped, and those behind it up to the first gap. */
function applyChain(tx: Tx, order: TicketOrder, state: TicketState): Promise<Application> {
  const { registration, link, clock, wish } = order;
  const { parked } = state;
  const plan = planReceipt(state, []);
  const messages = wish.kind === 'retry' ? [parked, ...plan.apply] : plan.apply;
  return applyMessages(tx, { topics: registration.topics, link, clock }, messages);
}

/** Closes the ticket; what was not applied stays held: behind a new ticket, or behind a gap. */
function settle(tx: Tx, order: TicketOrder, state: TicketState, done: Application): Promise<void> {
  const { linkId, ticketId, wish } = order;
  const decision: TicketDecision =
    wish.kind === 'retry'
      ? { resolution: 'applied', reason: null }
      : { resolution: 'dropped', reason: wish.reason };
  const gone = new Set([...done.applied, ...done.parked.map(({ message }) => message)].map(({ seq }) => seq));
  const isParked = done.parked.length > 0 || state.parkedSubjects.size > 0;
  const reason = isParked ? ('behind-parked' as const) : ('gap' as const);
  return endTicket(tx, ticketId, linkId, decision, {
    released: state.held.map(({ seq }) => seq).filter((seq) => gone.has(seq)),
    hold: state.held.filter(({ seq }) => !gone.has(seq)).map((message) => ({ message, reason })),
    parked: done.parked,
  });
}
