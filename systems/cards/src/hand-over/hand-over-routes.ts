/**
 * The routes of a counter that hands cards over: open with what was shown and the scanned serial, complete with what the card in
 * the reader signed. Flow: docs/flows/hand-over.md.
 */
import { operatorWith, route } from '@ishizue/http';
import { IDENTITY_DOCUMENTS } from '@ishizue/jpki';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import { CARD_CLERK } from '../card-clerk.ts';
import { cardView, clerkAccess, terminal } from '../card-routes.ts';
import type { CardsContext } from '../cards-context.ts';
import { completeHandOver } from './complete-hand-over.ts';
import { ALL_GROUNDS, OLD_CARDS, RECEIVERS } from './hand-over-facts.ts';
import { openHandOver } from './open-hand-over.ts';

/** The statuses of the failures of these routes. */
export const handOverStatuses = {
  'card-unknown': 404,
  'card-state-refused': 409,
  'card-expired': 409,
  'card-at-another-municipality': 409,
  'card-not-at-counter': 409,
  'person-not-resident': 409,
  'data-changed': 409,
  'identity-not-proved': 422,
  'receiver-not-proved': 422,
  'ground-not-certified': 422,
  'representative-needed': 422,
  'photograph-needed': 422,
  'not-by-post': 409,
  'card-of-another-record': 409,
  'old-card-missing': 409,
  'request-id-reused': 409,
  'hand-over-unknown': 404,
  'hand-over-over': 409,
  'challenge-expired': 409,
  'card-not-proved': 403,
  'face-not-compared': 422,
  'photo-of-another-card': 409,
  'photo-does-not-resemble': 409,
} as const;

export const ARTICLE = '番号法 第17条';
const BODY_BYTES_MAX = 16_384;
const TAGS = ['cards'];
const clerk = operatorWith(CARD_CLERK);
const municipality = z.string().regex(/^[0-9]{6}$/);
const documents = z.array(z.enum(IDENTITY_DOCUMENTS)).max(8);

const openBody = z.strictObject({
  requestId: z.string().regex(/^[\x21-\x7e]{1,64}$/),
  applicationId: z.string().regex(/^[0-9]{23}$/),
  cardId: z.string().max(40).meta({ description: 'The serial, scanned from the card' }),
  municipality,
  receiver: z.enum(RECEIVERS),
  documents: documents.default([]),
  receiverDocuments: documents.default([]),
  ground: z.enum(ALL_GROUNDS).nullable().default(null),
  oldCard: z.enum(OLD_CARDS).default('none'),
  terminal,
});
const openedView = z.object({
  id: z.uuid(),
  challenge: z.base64(),
  expiresAt: z.iso.datetime(),
  signatureLeftOut: z
    .string()
    .nullable()
    .meta({ description: 'Why the card has no signature certificate yet; null where nothing is left out' }),
});
const completeBody = z.strictObject({
  municipality,
  certificate: z.base64().max(8_192).meta({ description: 'The authentication certificate, DER' }),
  signature: z.base64().max(2_048).meta({ description: 'Over the challenge, with the authentication key' }),
  resembles: z.boolean().meta({ description: 'Whether the face from the chip is the face at the counter' }),
  comparedWith: z
    .enum(['camera', 'document'])
    .nullable()
    .meta({ description: 'With what the face was compared; null by post, and where the card has no photo' }),
  faceSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .meta({ description: 'Of the photo (DF27) that was read from the chip; null where it has none' }),
  terminal,
});

/** For the national site; its failures have the statuses above. */
export function handOverRoutes(context: CardsContext) {
  const open = route({
    method: 'POST',
    path: '/cards/hand-overs',
    summary: 'Open a hand-over: the person, the documents, and the card that was scanned',
    tags: TAGS,
    access: clerk,
    body: openBody,
    bodyBytesMax: BODY_BYTES_MAX,
    responses: { 201: openedView },
    handler: async ({ body: { terminal: at, ...body }, actor, correlation }) => {
      const { requestId, applicationId, cardId, municipality: where, ...said } = body;
      const facts = { ...said, checkedBy: actor.operator };
      const opened = await openHandOver(context, clerkAccess(actor, at, correlation, ARTICLE), {
        requestId,
        applicationId,
        cardId,
        municipality: where,
        facts,
      });
      if (!opened.ok) return opened;
      const { handOverId, challenge, expiresAt, signatureLeftOut } = opened.value;
      return ok({
        id: handOverId,
        challenge: challenge.toString('base64'),
        expiresAt: expiresAt.toISOString(),
        signatureLeftOut,
      });
    },
  });
  const complete = route({
    method: 'POST',
    path: '/cards/hand-overs/:id/completion',
    summary: 'Hand the card over: it signed the challenge, and the face was compared',
    tags: TAGS,
    access: clerk,
    params: z.object({ id: z.uuid() }),
    body: completeBody,
    bodyBytesMax: BODY_BYTES_MAX,
    responses: { 200: cardView },
    handler: ({ params, body, actor, correlation }) => {
      const { certificate, signature, faceSha256, terminal: at, ...said } = body;
      return completeHandOver(context, clerkAccess(actor, at, correlation, ARTICLE), {
        ...said,
        handOverId: params.id,
        certificate: Buffer.from(certificate, 'base64'),
        signature: Buffer.from(signature, 'base64'),
        faceSha256: faceSha256 === null ? null : Buffer.from(faceSha256, 'hex'),
      });
    },
  });
  return [open, complete] as const;
}
