/**
 * The states of an application (domain: received → accepted → manufacturing → made → handed over, or refused) and the one
 * function by which it changes. Nothing leads out of `handed-over` and `refused`; a card that fails its inspection leads
 * back to `accepted`, for another one.
 */
import { fail, ok, type Result } from '@ishizue/outcome';

export const APPLICATION_STATES = [
  'received',
  'accepted',
  'manufacturing',
  'made',
  'handed-over',
  'refused',
] as const;
export type ApplicationState = (typeof APPLICATION_STATES)[number];

export const APPLICATION_EVENTS = [
  'accept',
  'begin-making',
  'set-aside',
  'finish-making',
  'hand-over',
  'refuse',
] as const;
export type ApplicationEvent = (typeof APPLICATION_EVENTS)[number];

const NEXT: Readonly<
  Record<ApplicationState, Readonly<Partial<Record<ApplicationEvent, ApplicationState>>>>
> = {
  received: { accept: 'accepted', refuse: 'refused' },
  accepted: { 'begin-making': 'manufacturing', refuse: 'refused' },
  manufacturing: { 'finish-making': 'made', 'set-aside': 'accepted', refuse: 'refused' },
  made: { 'hand-over': 'handed-over', refuse: 'refused' },
  'handed-over': {},
  refused: {},
};

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
