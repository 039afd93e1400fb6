/**
 * Links between serial numbers over HTTP, for verifiers' machines: requests signed by RFC 9421 under the key of the client
 * certificate. Serial numbers travel in bodies, never in addresses.
 */
import { type RateLimit, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { JpkiContext } from '../jpki-context.ts';
import { CERTIFICATE_KINDS } from '../profile/certificate-kind.ts';
import { verifierName } from '../verifiers/verifier-terms.ts';
import { type LinkAnswer, linkSerials } from './link-serials.ts';
import { SERIAL_LINKS } from './pick-links.ts';

const AT_ONCE_MAX = 500;
const serial = z
  .string()
  .regex(/^(?!00[0-7])[0-7][0-9a-f]{7}$/)
  .meta({ description: 'Eight hexadecimal digits' });

const links = z.object({
  serial,
  result: z.enum(['ok', 'certificate-unknown']),
  older: z.array(serial).optional().meta({ description: 'What it renewed, the newest first' }),
  newer: z.array(serial).optional().meta({ description: 'What renewed it, the oldest first' }),
  other: serial.nullable().optional().meta({ description: 'The other kind’s on the same card' }),
});

export const serialLinkRoute = (context: JpkiContext, rateLimit: RateLimit) =>
  route({
    method: 'POST',
    path: '/verifier-services/serial-links',
    summary:
      'From serial numbers to older and newer ones of the holder, and to the other certificate of the card',
    tags: ['verifiers'],
    access: 'site',
    rateLimit,
    body: z.strictObject({
      onBehalfOf: verifierName.optional().meta({ description: 'The delegating firm for which it is asked' }),
      kind: z.enum(CERTIFICATE_KINDS),
      serials: z.array(serial).min(1).max(AT_ONCE_MAX),
      links: z.array(z.enum(SERIAL_LINKS)).min(1).max(SERIAL_LINKS.length),
    }),
    responses: { 200: z.object({ answers: z.array(links) }) },
    handler: async ({ body, actor, correlation }) => {
      const { onBehalfOf, kind } = body;
      const serials = body.serials.map((each) => Number.parseInt(each, 16));
      const caller = { verifier: actor.site, onBehalfOf, correlation };
      const answered = await linkSerials(context, caller, { kind, serials, links: body.links });
      if (!answered.ok) return answered;
      return ok({ answers: answered.value.map((each, index) => viewOf(serials[index] ?? 0, each)) });
    },
  });

const hex = (number: number): string => number.toString(16).padStart(8, '0');

function viewOf(asked: number, answer: LinkAnswer) {
  if (!answer.ok) return { serial: hex(asked), result: answer.failure.code };
  const { older, newer, other } = answer.value;
  return {
    serial: hex(asked),
    result: 'ok' as const,
    ...(older && { older: older.map(hex) }),
    ...(newer && { newer: newer.map(hex) }),
    ...(other !== undefined && { other: other === null ? null : hex(other) }),
  };
}
