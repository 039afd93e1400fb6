/** A card shown at a municipality's counter, over HTTP: its challenge, and its certificate with the signature over it. */
import { operatorWith, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import { type CardAtCounter, type CardPurpose, challengeCard } from '../moves/card-proof.ts';
import type { MovesContext } from '../moves/moves-context.ts';
import { REGISTRAR } from './municipal-routes.ts';

/** A card shown at the counter. */
export const cardBody = z.strictObject({
  challengeId: z.uuid(),
  certificate: z.base64().max(8_192).meta({ description: 'The authentication certificate, DER' }),
  signature: z.base64().max(2_048),
});

export const cardFrom = (body: z.infer<typeof cardBody>): CardAtCounter => ({
  challengeId: body.challengeId,
  certificate: Buffer.from(body.certificate, 'base64'),
  signature: Buffer.from(body.signature, 'base64'),
});

/** The route that gives a card its challenge. */
export function cardChallengeRoute(
  moves: MovesContext,
  municipality: string,
  purpose: CardPurpose,
  path: `/${string}`,
) {
  return route({
    method: 'POST',
    path,
    summary: `A challenge for a card at this counter: ${purpose}`,
    tags: ['moves'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({}),
    responses: { 201: z.object({ id: z.string(), challenge: z.base64(), expiresAt: z.iso.datetime() }) },
    handler: async () => {
      const { id, challenge, expiresAt } = await challengeCard(moves, municipality, purpose);
      return ok({ id, challenge: challenge.toString('base64'), expiresAt: expiresAt.toISOString() });
    },
  });
}
