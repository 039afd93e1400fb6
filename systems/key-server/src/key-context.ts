/** What the key server works with, at the one site where it stands. */
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { Pseudonyms } from '@ishizue/ledger';
import type { SignerClient } from '@ishizue/signer';

export interface KeyContext {
  /** The pool of `ishizue_key_server`. */
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly signer: SignerClient;
  /** Whose ledger tells of its acts: the centre. */
  readonly site: string;
  /** Where its lists are to be had: certificates name `<origin>/key-server/crl/<generation>`. */
  readonly origin: string;
  readonly randomBytes: (size: number) => Uint8Array;
}
