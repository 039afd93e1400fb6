/**
 * By when the next step of a ticket is due, in business days, by its state and urgency. The agreements of the real help desk
 * are not published: the figures are ours, and a version of its own is what another agreement is.
 */
import { addBusinessDays, type IsoDate } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';
import type { TicketState } from './ticket-lifecycle.ts';

export const URGENCIES = ['normal', 'urgent'] as const;
export type Urgency = (typeof URGENCIES)[number];

/** Business days until the ticket must have left the state; null: nothing is due any more. */
type Deadlines = Readonly<Record<TicketState, number | null>>;

const DEADLINE_RULES = new DatedRules<Readonly<Record<Urgency, Deadlines>>>('ticket deadlines', [
  {
    validFrom: '2015-10-05',
    source: 'ours',
    rule: {
      normal: { new: 1, classified: 3, answered: 10, escalated: 10, resolved: null, faq: null },
      urgent: { new: 0, classified: 1, answered: 3, escalated: 3, resolved: null, faq: null },
    },
  },
]);

/** @param urgency as classified; a new ticket counts as normal */
export function dueOn(state: TicketState, urgency: Urgency | null, today: IsoDate): IsoDate | null {
  const days = DEADLINE_RULES.get(today)[urgency ?? 'normal'][state];
  return days === null ? null : addBusinessDays(today, days);
}
