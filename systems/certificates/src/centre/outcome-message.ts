/** How the municipality hears what became of its paper, under the same request id. */
import type { AddressedMessage } from '@ishizue/link';
import { CERTIFICATE_OUTCOME, toMunicipality } from '../messages.ts';
import type { KioskRequest } from './request-store.ts';

export type RequestOutcome = 'delivered' | 'refused' | 'timed-out' | 'stopped';

export function outcomeMessage(
  request: Pick<KioskRequest, 'requestId' | 'municipality'>,
  outcome: RequestOutcome,
  at: Date,
): AddressedMessage {
  if (request.municipality === null) throw new Error('a request without a municipality has no outcome there');
  return {
    link: toMunicipality(request.municipality),
    subject: request.requestId,
    topic: CERTIFICATE_OUTCOME,
    body: { requestId: request.requestId, outcome, at: at.toISOString() },
  };
}
