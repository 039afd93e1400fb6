/**
 * The states of a ticket (domain rules 15: new → classified → answered | escalated → resolved → faq) and the one function by
 * which they change. An answer that did not do is escalated. Nothing leads out of `faq`. The database keeps the same steps
 * (migrations/0001-help-desk.sql).
 */
import { fail, ok, type Result } from '@ishizue/outcome';

export const TICKET_STATES = ['new', 'classified', 'answered', 'escalated', 'resolved', 'faq'] as const;
export type TicketState = (typeof TICKET_STATES)[number];

/** `assign` gives it to somebody, `link` to an incident: the state stays. */
export const TICKET_EVENTS = [
  'classify',
  'answer',
  'escalate',
  'resolve',
  'publish',
  'assign',
  'link',
] as const;
export type TicketEvent = (typeof TICKET_EVENTS)[number];

const stay = (state: TicketState) => ({ assign: state, link: state });

const NEXT: Readonly<Record<TicketState, Readonly<Partial<Record<TicketEvent, TicketState>>>>> = {
  new: { classify: 'classified', ...stay('new') },
  classified: { answer: 'answered', escalate: 'escalated', ...stay('classified') },
  answered: { escalate: 'escalated', resolve: 'resolved', ...stay('answered') },
  escalated: { resolve: 'resolved', ...stay('escalated') },
  resolved: { publish: 'faq', ...stay('resolved') },
  faq: {},
};

/** The state after an event, or the refusal of an event that the state does not allow. */
export function nextTicketState(
  state: TicketState,
  event: TicketEvent,
): Result<TicketState, 'ticket-state-refused'> {
  const next = NEXT[state][event];
  return next === undefined
    ? fail('ticket-state-refused', `a ticket that is ${state} does not ${event}`)
    : ok(next);
}
