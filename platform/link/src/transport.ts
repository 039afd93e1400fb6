/** How envelopes reach the site at the other end. A transport limits the time it takes; the dispatcher tries again. */
import type { Result } from '@ishizue/outcome';
import type { Acknowledgement } from './acknowledgement.ts';
import type { Envelope } from './envelope.ts';

export interface Transport {
  /** Answers the acknowledgement, or the receiver's code, `transport-timeout` or `transport-failed`. */
  deliver(toSite: string, envelope: Envelope): Promise<Result<Acknowledgement>>;
}

/** A code that came from outside, if it looks like one: it is stored and shown. */
export function isCode(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 100 && /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(value);
}
