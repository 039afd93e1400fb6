/**
 * What moves and wide-area copies are given besides the registry's own context. Who holds a card, challenges and support
 * measures come through ports that the wiring fills: the registry checks no certificates itself.
 */
import type { Result } from '@ishizue/outcome';
import type { RegistryContext } from '../registry-context.ts';

/** What a card shows: its authentication certificate (DER) and a signature over the challenge. */
export interface ShownCard {
  readonly certificate: Buffer;
  readonly challenge: Buffer;
  readonly signature: Buffer;
}

export type CardRefusal = 'card-not-proved' | 'certificate-not-current' | 'certificate-status-unknown';

/** Proves the holder of a card with the status of this instant; `at` goes to the ledger. */
export type ProveCard = (
  shown: ShownCard,
  at: { readonly terminal: string; readonly correlation: string },
) => Promise<Result<{ readonly residentCode: string; readonly cardId: string }, CardRefusal>>;

/** Challenges that are consumed once. */
export interface Challenges {
  create(purpose: string): Promise<{ readonly id: string; readonly nonce: Buffer; readonly expiresAt: Date }>;
  consume(id: string, purpose: string): Promise<Result<Buffer, 'challenge-unknown'>>;
}

export interface MovesContext {
  readonly registry: RegistryContext;
  readonly challenges: Challenges;
  readonly proveCard: ProveCard;
  /** Whether a municipality takes part: links lead to it. */
  readonly participates: (municipality: string) => boolean;
  /** Whether papers stop the issue of one of the persons there, besides the register's support measures (支援措置). */
  readonly isStopped: (municipality: string, residentCodes: readonly string[]) => Promise<boolean>;
}
