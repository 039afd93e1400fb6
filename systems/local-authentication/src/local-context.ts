/** What every operation of local authentication is given; wiring makes one at start. */
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { VerifierDesk } from '@ishizue/jpki';
import type { Pseudonyms } from '@ishizue/ledger';
import type { MunicipalityDirectory } from '@ishizue/municipalities';

export interface LocalContext {
  /** The pool of the role of schema `local_authentication`. */
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly municipalities: MunicipalityDirectory;
  /** The centre, as a registered verifier is served there. The only thing outside the municipality that is asked. */
  readonly desk: VerifierDesk;
}
