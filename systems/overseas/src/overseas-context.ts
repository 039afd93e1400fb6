/**
 * What every operation of the overseas system is given. The sites are the registry's; the links end at `…:overseas`.
 */
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { Pseudonyms } from '@ishizue/ledger';
import type { MunicipalityDirectory } from '@ishizue/municipalities';

export interface OverseasContext {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly municipalities: MunicipalityDirectory;
  /** Whether the relay has a link to the municipality, by six-digit code; notices to others go by paper. */
  readonly participates: (municipality: string) => boolean;
  /** Called after a commit that sent something. */
  readonly wake: () => void;
}
