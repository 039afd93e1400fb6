/** The ground that an opened country stands on, from which its systems are wired. */
import type { Challenges } from '@ishizue/access';
import type { Clock } from '@ishizue/clock';
import type { Database } from '@ishizue/db';
import type { Pseudonyms } from '@ishizue/ledger';
import type { MunicipalityDirectory } from '@ishizue/municipalities';
import type { SignerClient } from '@ishizue/signer';
import type { Configuration } from './configuration.ts';
import type { DataDirectory } from './data-directory.ts';
import type { SiteKeys } from './site-keys.ts';

export interface Ground {
  readonly directory: DataDirectory;
  readonly database: Database;
  readonly signer: SignerClient;
  readonly keys: SiteKeys;
  readonly clock: Clock;
  readonly places: MunicipalityDirectory;
  readonly pseudonyms: Pseudonyms;
  readonly challenges: Challenges;
  readonly configuration: Configuration;
  /** Called after a commit that sent something. */
  readonly wake: () => void;
}
