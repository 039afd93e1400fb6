/**
 * Showing the card (住民基本台帳法 art. 24-2, 30-44; 12-4): it signs a challenge that is bound to the act and to the municipality
 * whose counter asks, so that what was signed for one is worth nothing to another. The proof travels with the request, and
 * the municipality that gives data away proves it again itself.
 */
import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';
import { z } from 'zod';
import type { CardRefusal, MovesContext } from './moves-context.ts';

export type CardPurpose = 'move-out' | 'move-in' | 'wide-area-copy';

/** The card as the counter's terminal shows it. */
export interface CardAtCounter {
  readonly challengeId: string;
  readonly certificate: Buffer;
  readonly signature: Buffer;
}

/** What a relayed request carries, base64. */
export const carriedProof = z.strictObject({
  nonce: z.base64().max(64),
  certificate: z.base64().max(8_192),
  signature: z.base64().max(2_048),
});
export type CarriedProof = Readonly<z.infer<typeof carriedProof>>;

export interface ProvedCard {
  readonly residentCode: string;
  readonly cardId: string;
  readonly proof: CarriedProof;
}

export type CardFailure = CardRefusal | 'challenge-unknown';

/** What a card signs. */
const boundChallenge = (purpose: CardPurpose, municipality: string, nonce: Buffer): Buffer =>
  createHash('sha256').update(`ishizue ${purpose} ${municipality}\n`).update(nonce).digest();

const storedPurpose = (purpose: CardPurpose, municipality: string): string => `${purpose}-${municipality}`;

/** A challenge for a card at a municipality's counter. */
export async function challengeCard(
  moves: MovesContext,
  municipality: string,
  purpose: CardPurpose,
): Promise<{ readonly id: string; readonly challenge: Buffer; readonly expiresAt: Date }> {
  const { id, nonce, expiresAt } = await moves.challenges.create(storedPurpose(purpose, municipality));
  return { id, challenge: boundChallenge(purpose, municipality, nonce), expiresAt };
}

/** Proves the card at the counter; the challenge is spent by it. */
export async function proveAtCounter(
  moves: MovesContext,
  municipality: string,
  purpose: CardPurpose,
  card: CardAtCounter,
  at: { readonly terminal: string; readonly correlation: string },
): Promise<Result<ProvedCard, CardFailure>> {
  const nonce = await moves.challenges.consume(card.challengeId, storedPurpose(purpose, municipality));
  if (!nonce.ok) return nonce;
  const { certificate, signature } = card;
  const challenge = boundChallenge(purpose, municipality, nonce.value);
  const proved = await moves.proveCard({ certificate, signature, challenge }, at);
  if (!proved.ok) return proved;
  const proof = {
    nonce: nonce.value.toString('base64'),
    certificate: certificate.toString('base64'),
    signature: signature.toString('base64'),
  };
  return ok({ ...proved.value, proof });
}

/**
 * Proves a card again from what another municipality's request carries.
 * @throws where the certificate's status cannot be had now: the request waits
 */
export async function proveCarried(
  moves: MovesContext,
  request: {
    readonly from: string;
    readonly residentCode: string;
    readonly correlation: string;
    readonly proof: CarriedProof;
  },
  purpose: CardPurpose,
): Promise<Result<{ readonly cardId: string }, CardRefusal>> {
  const { from, residentCode, correlation, proof } = request;
  const proved = await moves.proveCard(
    {
      certificate: Buffer.from(proof.certificate, 'base64'),
      signature: Buffer.from(proof.signature, 'base64'),
      challenge: boundChallenge(purpose, from, Buffer.from(proof.nonce, 'base64')),
    },
    { terminal: 'link', correlation },
  );
  if (!proved.ok) {
    if (proved.failure.code === 'certificate-status-unknown')
      throw new Error('the status of a card is not to be had at the moment');
    return proved;
  }
  if (proved.value.residentCode !== residentCode)
    return fail('card-not-proved', 'the card is another person’s');
  return ok({ cardId: proved.value.cardId });
}
