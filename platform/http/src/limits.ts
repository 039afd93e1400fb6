/**
 * The bounds of a server. Every one has a value from the start; a part of the house may narrow or widen them when it
 * mounts the server, and routes may do so for their own body and time.
 */

/** Sizes in bytes, times in milliseconds. */
export interface HttpLimits {
  /** Body of a request, unless its route says otherwise. */
  readonly bodyBytesMax: number;
  /** Request line and headers together. */
  readonly headerBytesMax: number;
  readonly headersMax: number;
  /** Until all headers are there. */
  readonly headersMs: number;
  /** Until the whole request is there. */
  readonly requestMs: number;
  /** Until the answer begins, unless the route says otherwise. */
  readonly handlerMs: number;
  /** An open connection without a request. */
  readonly keepAliveMs: number;
  /** A connection on which nothing moves. */
  readonly idleMs: number;
  readonly connectionsMax: number;
  /** Requests without a finished response; above it requests are refused with `overloaded`. */
  readonly inFlightMax: number;
  /** What `Retry-After` says then. */
  readonly retryAfterSeconds: number;
  /** What a closing server waits for its last responses. */
  readonly drainMs: number;
}

/** The bounds where nothing else is said. */
export const defaultLimits: HttpLimits = {
  bodyBytesMax: 1_048_576,
  headerBytesMax: 16_384,
  headersMax: 100,
  headersMs: 10_000,
  requestMs: 300_000,
  handlerMs: 30_000,
  keepAliveMs: 5_000,
  idleMs: 120_000,
  connectionsMax: 4_096,
  inFlightMax: 1_024,
  retryAfterSeconds: 2,
  drainMs: 10_000,
};
