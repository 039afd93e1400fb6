/**
 * What every operation of cards is given. Of the certification authorities cards use two functions: as a port, so that the
 * making of a card can be tried with every step of it cut off.
 */
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { IssueOrder } from '@ishizue/jpki';
import type { Pseudonyms } from '@ishizue/ledger';
import type { Result } from '@ishizue/outcome';
import type { Access, RegistryContext } from '@ishizue/registry';
import type { RevocationReason } from '@ishizue/x509';
import type { CardPress } from './contents/card-press.ts';

export interface CardsContext {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly registry: RegistryContext;
  readonly certification: Certification;
  readonly press: CardPress;
}

/** The certification authorities, as cards use them; both functions may be called again with the same arguments. */
export interface Certification {
  issueCertificate(access: Access, order: IssueOrder): Promise<Result<{ readonly certificate: Uint8Array }>>;
  /** Revokes whatever certificates of the card are live. */
  revokeForCard(access: Access, cardId: string, reason: RevocationReason): Promise<Result<unknown>>;
}
