/** What the number notice's operations are given, besides what numbering has anyway. Wiring makes one at start. */
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { Pseudonyms } from '@ishizue/ledger';
import type { PrintFiles, Typeface } from '@ishizue/pdf';
import type { IdentifiedPerson, NumberCipher, PersonLook } from '@ishizue/registry';
import type { NumberVault } from '../at-rest/number-vault.ts';

export interface NoticeContext {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  /** Called after a commit that sent something. */
  readonly wake: () => void;
}

export interface NoticePrinting extends NoticeContext {
  readonly typeface: Typeface;
  readonly files: PrintFiles;
  /** By which the number in the register is compared with the notice’s, without opening the latter. */
  readonly vault: NumberVault;
  /** Opens the number in the register for the paper. */
  readonly numbers: NumberCipher;
  /** The registry's door: reads persons of the national site and writes the ledger entry for each. */
  readonly findPersons: (looks: readonly PersonLook[]) => Promise<ReadonlyMap<string, IdentifiedPerson>>;
}

/** The article under which notices are made and sent. */
export const NOTICE_AFFAIR = 'number-notice';
