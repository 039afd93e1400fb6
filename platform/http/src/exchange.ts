/**
 * One request and its response, as the edge sees it: what is counted, measured and logged of it. Invariant: it holds
 * the pattern of the route and the kind of the actor, never the address that was asked for nor who asked.
 */
import type { IncomingMessage } from 'node:http';
import type { Actor } from './actor.ts';
import { newRequestId } from './request-id.ts';

/** The record of one exchange; routes fill in what they know. */
export interface Exchange {
  readonly requestId: string;
  /** `performance.now()` at the edge. */
  readonly startedAt: number;
  /** The pattern of the route. */
  route: string;
  actor: Actor['kind'] | 'unknown';
  /** The code of the problem that was answered. */
  code: string | undefined;
}

/** The route of requests that match none. */
const UNMATCHED_ROUTE = '(none)';

const exchanges = new WeakMap<IncomingMessage, Exchange>();

/** The record of a request, made when it is first asked for. */
export function exchangeOf(request: IncomingMessage): Exchange {
  const known = exchanges.get(request);
  if (known) return known;
  const made: Exchange = {
    requestId: newRequestId(),
    startedAt: performance.now(),
    route: UNMATCHED_ROUTE,
    actor: 'unknown',
    code: undefined,
  };
  exchanges.set(request, made);
  return made;
}
