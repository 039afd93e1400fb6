/**
 * The states of a kiosk request and the events between them (domain: opened → authenticated → accepted → routed →
 * rendered → delivered, or an end without a paper). Pure. Invariants: an end is an end; `delivered` is reached once and
 * only through every state before it; a request that timed out can never deliver, whatever still arrives.
 */
import { fail, ok, type Result } from '@ishizue/outcome';

export const REQUEST_STATES = [
  'opened',
  'authenticated',
  'accepted',
  'routed',
  'rendered',
  'delivered',
  'refused',
  'timed-out',
  'stopped',
] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

export const REQUEST_EVENTS = [
  'authenticate',
  'accept',
  'route',
  'render',
  'deliver',
  'refuse',
  'time-out',
  'stop',
] as const;
export type RequestEvent = (typeof REQUEST_EVENTS)[number];

const ENDS = { refuse: 'refused', 'time-out': 'timed-out' } as const;

const TRANSITIONS: Readonly<Record<RequestState, Readonly<Partial<Record<RequestEvent, RequestState>>>>> = {
  opened: { authenticate: 'authenticated', ...ENDS },
  authenticated: { accept: 'accepted', ...ENDS },
  accepted: { route: 'routed', ...ENDS },
  routed: { render: 'rendered', stop: 'stopped', ...ENDS },
  rendered: { deliver: 'delivered', stop: 'stopped', ...ENDS },
  delivered: {},
  refused: {},
  'timed-out': {},
  stopped: {},
};

/** The state after an event. */
export function stateAfter(
  state: RequestState,
  event: RequestEvent,
): Result<RequestState, 'transition-not-allowed'> {
  const next = TRANSITIONS[state][event];
  return next === undefined ? fail('transition-not-allowed', `no ${event} in state ${state}`) : ok(next);
}

/** Whether nothing more can happen. */
export const isEnd = (state: RequestState): boolean => Object.keys(TRANSITIONS[state]).length === 0;
