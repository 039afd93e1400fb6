/** The ledger entry of an act of the help desk about a person, or about somebody whom nobody is found to be. */
import type { Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { HelpDeskContext } from './help-desk-context.ts';

export interface AboutEntry {
  /** The person's pseudonym at the national site; null for nobody. */
  readonly subject: Uint8Array | null;
  readonly fields: readonly string[];
  readonly result: string;
}

export async function recordAbout(
  tx: Tx,
  { clock }: Pick<HelpDeskContext, 'clock'>,
  access: Access,
  entry: AboutEntry,
): Promise<void> {
  const { subject, fields, result } = entry;
  await recordEntry(tx, {
    site: NATIONAL_SITE,
    at: clock.now(),
    ...access,
    subject: subject === null ? null : Buffer.from(subject),
    fields,
    result,
  });
}
