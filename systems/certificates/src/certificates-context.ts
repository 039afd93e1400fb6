/**
 * What the operations of this system are given. Who the holder of a card is, and challenges, come through ports that the
 * wiring fills (@ishizue/jpki, @ishizue/access): this system checks no certificates itself.
 */
import type { Sql } from '@ishizue/db';
import type { Result } from '@ishizue/outcome';
import type { RegistryContext } from '@ishizue/registry';
import type { Press } from './paper/press.ts';

/** What a card shows: its authentication certificate (DER) and a signature over the challenge. */
export interface CardProof {
  readonly certificate: Buffer;
  readonly challenge: Buffer;
  readonly signature: Buffer;
}

export interface CardHolder {
  readonly residentCode: string;
  readonly serial: string;
  readonly cardId: string;
}

/**
 * `card-not-proved`: signature, path or profile is wrong. `certificate-not-current`: revoked, expired or unknown.
 * `certificate-status-unknown`: nobody can say now.
 */
export type HolderRefusal = 'card-not-proved' | 'certificate-not-current' | 'certificate-status-unknown';

/** Proves the holder with the status of this instant; `at` goes to the ledger. */
export type AuthenticateHolder = (
  proof: CardProof,
  at: { readonly terminal: string; readonly correlation: string },
) => Promise<Result<CardHolder, HolderRefusal>>;

/** Challenges that are consumed once; `Challenges` of @ishizue/access is one. */
export interface ChallengeSource {
  create(purpose: string): Promise<{ readonly id: string; readonly nonce: Buffer; readonly expiresAt: Date }>;
  consume(id: string, purpose: string): Promise<Result<Buffer, 'challenge-unknown'>>;
}

export interface CertificatesContext
  extends Pick<RegistryContext, 'clock' | 'pseudonyms' | 'municipalities' | 'wake'> {
  /** The pool of `ishizue_certificates`. */
  readonly sql: Sql;
  /** For the look-ups in the registers, which write their own ledger entries. */
  readonly registry: RegistryContext;
  readonly press: Press;
  readonly challenges: ChallengeSource;
  readonly authenticateHolder: AuthenticateHolder;
  /** Whether a municipality takes part: its links are open and its site answers. */
  readonly participates: (municipality: string) => boolean;
  /** The mayor's name (family and given name with U+3000 between), as it is printed. */
  readonly mayorOf: (municipality: string) => string;
  /** Leaves out the hours of the service: for demonstrations and drills. */
  readonly alwaysOpen: boolean;
}
