/** What every operation of card applications is given. Keys come derived from the signer, per application, version and card. */
import type { CardStanding } from '@ishizue/cards';
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { AuthenticatedHolder, AuthenticateFailure, HolderChallenge } from '@ishizue/jpki';
import type { Pseudonyms } from '@ishizue/ledger';
import type { Result } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import type { StaticKeys } from './channel/session-keys.ts';

export interface CardApplicationsContext {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  /** The keys of a card’s free area, the same that the factory wrote. */
  freeAreaKeysOf(cardId: string): Promise<StaticKeys>;
  /** The keys of one version of an application on one card. */
  applicationKeysOf(aid: string, keyVersion: number, cardId: string): Promise<StaticKeys>;
  /** The card that signed the consent, and whose it is. */
  authenticateHolder(
    access: Access,
    signed: HolderChallenge,
  ): Promise<Result<AuthenticatedHolder, AuthenticateFailure>>;
  findCardStates(cardIds: readonly string[]): Promise<readonly CardStanding[]>;
  /** Some of the cards that became void and were not struck yet. */
  findVoidCards(limit: number): Promise<readonly CardStanding[]>;
  strikeVoidCards(cardIds: readonly string[]): Promise<void>;
  /** Eight octets for each channel. */
  randomBytes(count: number): Buffer;
}
