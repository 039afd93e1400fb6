/**
 * What a municipality's programs ask over HTTP, below the municipality: requests signed by RFC 9421 under the program's key.
 * The verdict is 200; what does not hold is a problem with its code.
 */
import { type Call, type RateLimit, route, type SiteActor } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { ProgramCall } from './as-program.ts';
import type { LocalContext } from './local-context.ts';
import { LOCAL_KINDS } from './local-kind.ts';
import { type LocalVerifyFailure, openChallenge, verifyForProgram } from './verify-for-program.ts';

export const localProgramStatuses = {
  'program-unknown': 403,
  'program-suspended': 403,
  'not-set-up': 503,
  'challenge-unknown': 409,
  'certificate-malformed': 422,
  'certificate-not-trusted': 422,
  'certificate-expired': 422,
  'certificate-not-yet-valid': 422,
  'certificate-of-another-kind': 422,
  'challenge-signature-invalid': 422,
  'certificate-unknown': 422,
  'certificate-revoked': 422,
  'list-unavailable': 503,
  'list-refused': 503,
  'list-stale': 503,
  'answer-unavailable': 503,
  'answer-refused': 503,
  'pseudonym-unavailable': 503,
} as const satisfies Record<LocalVerifyFailure, number>;

const TAGS = ['local-authentication'];
const BODY_BYTES_MAX = 32_768;
const octets = (bytesMax: number) => z.base64().max(Math.ceil(bytesMax / 3) * 4);

const verificationBody = z.strictObject({
  challenge: z.uuid(),
  kind: z.enum(LOCAL_KINDS).default('authentication').meta({ description: 'Of a card, or of a phone' }),
  certificate: octets(12_288).meta({ description: 'In DER, base64' }),
  signature: octets(8_192).meta({ description: 'Over the UTF-8 octets of the statement, base64' }),
  withPseudonym: z
    .boolean()
    .default(true)
    .meta({ description: 'False where people need not be known again' }),
});

/** The routes of one municipality; mount them with `localProgramStatuses`. The limit counts each program. */
export function localProgramRoutes(context: LocalContext, municipality: string, rateLimit: RateLimit) {
  const callOf = ({
    actor,
    correlation,
  }: Pick<Call<unknown, unknown, unknown, SiteActor>, 'actor' | 'correlation'>) =>
    ({ municipality, site: actor.site, correlation }) satisfies ProgramCall;
  const challenge = route({
    method: 'POST',
    path: '/local-authentication/challenges',
    summary: 'A statement for somebody’s card or phone to sign: for this program, two minutes, one try',
    tags: TAGS,
    access: 'site',
    rateLimit,
    body: z.strictObject({}),
    responses: {
      200: z.object({ challenge: z.uuid(), statement: z.string(), endsAt: z.iso.datetime() }),
    },
    handler: async (call) => {
      const opened = await openChallenge(context, callOf(call));
      if (!opened.ok) return opened;
      return ok({ ...opened.value, endsAt: new Date(opened.value.endsAt).toISOString() });
    },
  });
  const verification = route({
    method: 'POST',
    path: '/local-authentication/verifications',
    summary: 'Whether a signed challenge holds, and the pseudonym that its holder has at this municipality',
    tags: TAGS,
    access: 'site',
    rateLimit,
    bodyBytesMax: BODY_BYTES_MAX,
    body: verificationBody,
    responses: {
      200: z.object({
        kind: z.enum(LOCAL_KINDS),
        pseudonym: z.string().nullable().meta({ description: '28 letters; survives renewal' }),
        certificateEndsAt: z.iso.datetime(),
      }),
    },
    handler: async ({ body, ...call }) => {
      const verified = await verifyForProgram(context, callOf(call), {
        ...body,
        certificate: Buffer.from(body.certificate, 'base64'),
        signature: Buffer.from(body.signature, 'base64'),
      });
      if (!verified.ok) return verified;
      const { kind, pseudonym = null, certificateEndsAt } = verified.value;
      return ok({ kind, pseudonym, certificateEndsAt: new Date(certificateEndsAt).toISOString() });
    },
  });
  return [challenge, verification] as const;
}
