/**
 * What every operation of cards is given. Of the certification authorities cards use three functions: as a port, so that the
 * making of a card can be tried with every step of it cut off.
 */
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { AuthenticatedHolder, HolderChallenge, IssueOrder, SignInAccess } from '@ishizue/jpki';
import type { Pseudonyms } from '@ishizue/ledger';
import type { Result } from '@ishizue/outcome';
import type { Access, RegistryContext } from '@ishizue/registry';
import type { RevocationReason } from '@ishizue/x509';
import type { CardPress } from './contents/card-press.ts';
import type { CardPrinting } from './printing/card-printing.ts';

export interface CardsContext {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly registry: RegistryContext;
  readonly certification: Certification;
  /** What chips say, and with what it is written and signed. */
  readonly press: CardPress;
  /** Absent where no faces are printed: the cards of tests. */
  readonly printing?: CardPrinting;
}

/** A challenge that a card in a reader signed, with its authentication certificate in DER. */
export type CardProof = Pick<HolderChallenge, 'certificate' | 'challenge' | 'signature'>;
export type ProvedCard = Pick<AuthenticatedHolder, 'cardId' | 'residentCode'>;

/** The certification authorities, as cards use them; every function may be called again with the same arguments. */
export interface Certification {
  issueCertificate(access: Access, order: IssueOrder): Promise<Result<{ readonly certificate: Uint8Array }>>;
  /** Revokes whatever certificates of the card are live. */
  revokeForCard(access: Access, cardId: string, reason: RevocationReason): Promise<Result<unknown>>;
  /** Which card signed with its authentication key, and whose its certificate is, with the status of this instant. */
  proveCard(access: SignInAccess, signed: CardProof): Promise<Result<ProvedCard>>;
}
