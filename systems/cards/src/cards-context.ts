/**
 * What every operation of cards is given. Certificates are asked for through a port of two functions, so that nothing here
 * knows how the certification authorities work.
 */
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { Pseudonyms } from '@ishizue/ledger';
import type { Result } from '@ishizue/outcome';
import type { Access, RegistryContext } from '@ishizue/registry';
import type { RevocationReason } from '@ishizue/x509';

export interface CardsContext {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly registry: RegistryContext;
  readonly certification: Certification;
}

export type CertificateKind = 'authentication' | 'signature';

/** What is asked of a certification authority: a certificate for a card's key. */
export interface CertificateOrder {
  readonly kind: CertificateKind;
  /** The same id gets the same certificate. */
  readonly requestId: string;
  readonly residentCode: string;
  readonly cardId: string;
  readonly cardExpiresOn: string;
  readonly certificationRequest: Buffer;
}

/** The certification authorities, as cards use them; both functions may be called again with the same arguments. */
export interface Certification {
  issueCertificate(
    access: Access,
    order: CertificateOrder,
  ): Promise<Result<{ readonly certificate: Uint8Array }>>;
  /** Revokes whatever certificates of the card are live. */
  revokeForCard(access: Access, cardId: string, reason: RevocationReason): Promise<Result<unknown>>;
}
