/**
 * The states of an application (domain: received, deficient until it is put right → accepted → manufacturing → made →
 * shipped → arrived → set up → notified → handed over, or undelivered, or refused) and the one function by which it
 * changes. Nothing leads out of the last three. Back to `accepted`, for another card, leads a card that fails its
 * inspection and one that is lost; back to `made` one that came back to the factory.
 */
import { fail, ok, type Result } from '@ishizue/outcome';

export const APPLICATION_STATES = [
  'received',
  'deficient',
  'accepted',
  'manufacturing',
  'made',
  'shipped',
  'arrived',
  'set-up',
  'notified',
  'handed-over',
  'undelivered',
  'refused',
] as const;
export type ApplicationState = (typeof APPLICATION_STATES)[number];

export const APPLICATION_EVENTS = [
  'return',
  'resubmit',
  'accept',
  'begin-making',
  'set-aside',
  'finish-making',
  'send',
  'come-back',
  'arrive',
  'set-up',
  'notify',
  'hand-over',
  'lose',
  'destroy',
  'refuse',
] as const;
export type ApplicationEvent = (typeof APPLICATION_EVENTS)[number];

/** What may befall a card that is made, wherever it is. */
const ON_THE_WAY = { lose: 'accepted', refuse: 'refused' } as const;

const NEXT: Readonly<
  Record<ApplicationState, Readonly<Partial<Record<ApplicationEvent, ApplicationState>>>>
> = {
  received: { accept: 'accepted', return: 'deficient', refuse: 'refused' },
  deficient: { resubmit: 'received', refuse: 'refused' },
  accepted: { 'begin-making': 'manufacturing', refuse: 'refused' },
  manufacturing: { 'finish-making': 'made', 'set-aside': 'accepted', refuse: 'refused' },
  made: { ...ON_THE_WAY, send: 'shipped' },
  shipped: { ...ON_THE_WAY, arrive: 'arrived', 'come-back': 'made' },
  arrived: { ...ON_THE_WAY, 'set-up': 'set-up', destroy: 'undelivered' },
  'set-up': { ...ON_THE_WAY, notify: 'notified', 'hand-over': 'handed-over', destroy: 'undelivered' },
  notified: { ...ON_THE_WAY, 'hand-over': 'handed-over', destroy: 'undelivered' },
  'handed-over': {},
  undelivered: {},
  refused: {},
};

/** Whether the card of an application in this state is made and not yet in its holder's hands. */
export const isCardUnderway = (state: ApplicationState): boolean => NEXT[state].lose !== undefined;

/** The state after an event, or the refusal of an event that the state does not allow. */
export function nextApplicationState(
  state: ApplicationState,
  event: ApplicationEvent,
): Result<ApplicationState, 'application-state-refused'> {
  const next = NEXT[state][event];
  return next === undefined
    ? fail('application-state-refused', `an application that is ${state} does not ${event}`)
    : ok(next);
}
