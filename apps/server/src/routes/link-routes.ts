/**
 * The door for envelopes of sites in other processes. Nobody signs in here: an envelope is believed for its signature,
 * which the receivers check before anything else.
 */
import { route } from '@ishizue/http';
import { ENVELOPE_WIRE_BYTES_MAX, ENVELOPES_PATH, type Receivers } from '@ishizue/link';
import { z } from 'zod';

export const linkStatuses = {
  'envelope-malformed': 400,
  'digest-mismatch': 400,
  'sequence-range': 400,
  'too-large': 413,
  'link-unknown': 404,
  'key-unknown': 403,
  'signature-wrong': 403,
  'receiver-busy': 503,
  'receiver-unavailable': 503,
  'signing-unavailable': 503,
} as const;

export function linkRoutes(receivers: Receivers) {
  const take = route({
    method: 'POST',
    path: ENVELOPES_PATH,
    summary: 'Take an envelope of a link and acknowledge it',
    tags: ['links'],
    access: 'public',
    bodyBytesMax: ENVELOPE_WIRE_BYTES_MAX,
    body: z.unknown(),
    responses: { 200: z.object({ header: z.string(), signature: z.string() }) },
    handler: ({ body }) => receivers.receive(body),
  });
  return [take] as const;
}
