/**
 * Moves for tests: challenges in memory, and a card whose certificate is its holder's resident code and whose signature is a
 * hash of the challenge.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { fail, ok } from '@ishizue/outcome';
import { type CardAtCounter, type CardPurpose, challengeCard } from '../moves/card-proof.ts';
import type { MovesContext } from '../moves/moves-context.ts';
import type { RegistryContext } from '../registry-context.ts';

export interface StandInMoves extends MovesContext {
  /** Resident codes of persons whose papers are stopped. */
  readonly stopped: Set<string>;
  /** Resident codes of persons whose certificates are revoked. */
  readonly revoked: Set<string>;
}

const signatureOf = (certificate: Buffer, challenge: Buffer): Buffer =>
  createHash('sha256').update(certificate).update(challenge).digest();

export function standInMoves(registry: RegistryContext, municipalities: readonly string[]): StandInMoves {
  const stopped = new Set<string>();
  const revoked = new Set<string>();
  const open = new Map<string, { readonly purpose: string; readonly nonce: Buffer }>();
  return {
    registry,
    stopped,
    revoked,
    participates: (municipality) => municipalities.includes(municipality),
    isStopped: (_municipality, codes) => Promise.resolve(codes.some((code) => stopped.has(code))),
    challenges: {
      create: (purpose) => {
        const id = randomUUID();
        const nonce = randomBytes(32);
        open.set(id, { purpose, nonce });
        return Promise.resolve({ id, nonce, expiresAt: new Date(registry.clock.now() + 120_000) });
      },
      consume: (id, purpose) => {
        const found = open.get(id);
        open.delete(id);
        return Promise.resolve(
          found?.purpose === purpose ? ok(found.nonce) : fail('challenge-unknown', 'unknown or used'),
        );
      },
    },
    proveCard: ({ certificate, challenge, signature }) => {
      const residentCode = certificate.toString();
      if (!signature.equals(signatureOf(certificate, challenge)))
        return Promise.resolve(fail('card-not-proved', 'wrong signature'));
      if (revoked.has(residentCode)) return Promise.resolve(fail('certificate-not-current', 'revoked'));
      return Promise.resolve(ok({ residentCode, cardId: 'card-1' }));
    },
  };
}

/** The card of a person, shown at a municipality's counter. */
export async function shownCard(
  moves: MovesContext,
  municipality: string,
  purpose: CardPurpose,
  residentCode: string,
): Promise<CardAtCounter> {
  const { id, challenge } = await challengeCard(moves, municipality, purpose);
  const certificate = Buffer.from(residentCode);
  return { challengeId: id, certificate, signature: signatureOf(certificate, challenge) };
}
