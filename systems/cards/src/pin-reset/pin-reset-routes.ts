/**
 * The routes of PIN resets at the national site, for phones and kiosks: the card proves itself each time by a challenge that is
 * used once. Nobody else signs in. Flow: docs/flows/pin-reset.md.
 */
import { operatorWith, type RateLimit, route } from '@ishizue/http';
import { CARD_KINDS } from '@ishizue/jpki';
import { ok, type Result } from '@ishizue/outcome';
import { z } from 'zod';
import { CARD_CLERK } from '../card-clerk.ts';
import { countResets } from './count-resets.ts';
import { permitReset } from './permit-reset.ts';
import type { PinResets } from './pin-resets.ts';
import { reserveReset } from './reserve-reset.ts';

/** The statuses of the failures of these routes. */
export const pinResetStatuses = {
  'challenge-unknown': 410,
  'certificate-malformed': 422,
  'certificate-not-trusted': 401,
  'certificate-of-another-kind': 422,
  'challenge-signature-invalid': 401,
  'certificate-expired': 401,
  'certificate-not-yet-valid': 401,
  'certificate-revoked': 401,
  'certificate-unknown': 401,
  'card-unknown': 404,
  'card-state-refused': 409,
  'card-expired': 409,
  'pin-not-resettable': 409,
  'face-not-matched': 403,
  'outside-hours': 409,
  'token-unknown': 403,
  'token-used': 409,
  'token-expired': 410,
} as const;

/** Challenges that are consumed once; `Challenges` of @ishizue/access is one. */
export interface ResetChallenges {
  create(purpose: string): Promise<{ readonly id: string; readonly nonce: Buffer; readonly expiresAt: Date }>;
  consume(id: string, purpose: string): Promise<Result<Buffer, 'challenge-unknown'>>;
}

export interface PinResetRoutesOptions {
  readonly resets: PinResets;
  readonly challenges: ResetChallenges;
  readonly rateLimit: RateLimit;
}

const BODY_BYTES_MAX = 16_384;
const TAGS = ['pin-resets'];
const PURPOSE = 'pin-reset';
const terminal = z.string().regex(/^[0-9a-z-]{1,32}$/);
const proof = {
  challengeId: z.uuid(),
  certificate: z.base64().max(8192),
  signature: z.base64().max(2048),
};
const kind = z.enum(CARD_KINDS);

/** The routes; mount them at the national site with `pinResetStatuses`. */
export const pinResetRoutes = (options: PinResetRoutesOptions) =>
  [challenge(options), reserve(options), permit(options), counts(options)] as const;

const challenge = ({ challenges, rateLimit }: PinResetRoutesOptions) =>
  route({
    method: 'POST',
    path: '/pin-resets/challenges',
    summary: 'A challenge for the card to sign with the key whose PIN is known',
    tags: TAGS,
    access: 'public',
    rateLimit,
    body: z.strictObject({}),
    responses: { 201: z.object({ id: z.string(), challenge: z.base64(), expiresAt: z.iso.datetime() }) },
    handler: async () => {
      const { id, nonce, expiresAt } = await challenges.create(PURPOSE);
      return ok({ id, challenge: nonce.toString('base64'), expiresAt: expiresAt.toISOString() });
    },
  });

interface Proof {
  readonly challengeId: string;
  readonly certificate: string;
  readonly signature: string;
}

async function signedOf(challenges: ResetChallenges, shown: Proof) {
  const nonce = await challenges.consume(shown.challengeId, PURPOSE);
  if (!nonce.ok) return nonce;
  return ok({
    challenge: nonce.value,
    certificate: Buffer.from(shown.certificate, 'base64'),
    signature: Buffer.from(shown.signature, 'base64'),
  });
}

const reserve = ({ resets, challenges, rateLimit }: PinResetRoutesOptions) =>
  route({
    method: 'POST',
    path: '/pin-resets',
    summary: 'Reserve the reset of a PIN at a kiosk, from a phone',
    tags: TAGS,
    access: 'public',
    rateLimit,
    body: z.strictObject({ kind, ...proof, faceReference: z.string().regex(/^[0-9A-Za-z-]{1,64}$/) }),
    bodyBytesMax: BODY_BYTES_MAX,
    responses: { 201: z.object({ token: z.string(), expiresAt: z.iso.datetime() }) },
    handler: async ({ body, correlation }) => {
      const signed = await signedOf(challenges, body);
      if (!signed.ok) return signed;
      const wish = { kind: body.kind, signed: signed.value, faceReference: body.faceReference };
      const reserved = await reserveReset(resets, { terminal: 'phone', correlation }, wish);
      if (!reserved.ok) return reserved;
      const { token, expiresAt } = reserved.value;
      return ok({ token, expiresAt: new Date(expiresAt).toISOString() });
    },
  });

const permit = ({ resets, challenges, rateLimit }: PinResetRoutesOptions) =>
  route({
    method: 'POST',
    path: '/pin-resets/permissions',
    summary: 'The issuer’s permission for the card at a kiosk to take a new PIN',
    tags: TAGS,
    access: 'public',
    rateLimit,
    body: z.strictObject({
      kind,
      ...proof,
      token: z.string().regex(/^[0-9A-Za-z_-]{43}$/),
      nonce: z
        .base64()
        .max(24)
        .refine((text) => Buffer.from(text, 'base64').length === 16, 'not 16 bytes'),
      terminal,
    }),
    bodyBytesMax: BODY_BYTES_MAX,
    responses: { 200: z.object({ permission: z.base64() }) },
    handler: async ({ body, correlation }) => {
      const signed = await signedOf(challenges, body);
      if (!signed.ok) return signed;
      const permitted = await permitReset(
        resets,
        { terminal: body.terminal, correlation },
        {
          kind: body.kind,
          token: body.token,
          nonce: Buffer.from(body.nonce, 'base64'),
          signed: signed.value,
        },
      );
      return permitted.ok ? ok({ permission: permitted.value.toString('base64') }) : permitted;
    },
  });

const counts = ({ resets }: PinResetRoutesOptions) =>
  route({
    method: 'GET',
    path: '/pin-resets/counts',
    summary: 'How often kiosks were given permissions, by day and PIN',
    tags: TAGS,
    access: operatorWith(CARD_CLERK),
    query: z.object({ from: z.iso.date(), to: z.iso.date() }),
    responses: {
      200: z.object({ counts: z.array(z.object({ day: z.iso.date(), kind, count: z.int() })) }),
    },
    handler: async ({ query }) =>
      ok({ counts: [...(await countResets(resets.cards, query.from, query.to))] }),
  });
