/**
 * How many answers and refusals each verifier had (domain rules 6.4: links between serial numbers are counted). Read from the
 * ledger, of which every answer is part, so that none can be left out. Names no person.
 */
import type { Sql } from '@ishizue/db';
import { countEntries, type EntryCount } from '@ishizue/ledger';
import { NATIONAL_SITE } from '@ishizue/registry';
import { LATEST_ATTRIBUTES_AFFAIR } from './consents/latest-attributes.ts';
import { SERIAL_LINKS_AFFAIR } from './serial-links/link-serials.ts';

/**
 * By verifier (a firm under its own name), kind of certificate (the article), affair and result.
 * @param ledger a pool of the ledger's role
 */
export async function countVerifierAnswers(
  ledger: Sql,
  time: { readonly from: Date; readonly until: Date },
): Promise<readonly EntryCount[]> {
  const counts: EntryCount[] = [];
  for (const affairPrefix of [LATEST_ATTRIBUTES_AFFAIR, SERIAL_LINKS_AFFAIR])
    counts.push(...(await countEntries(ledger, NATIONAL_SITE, { affairPrefix, ...time })));
  // JPKI's own looks into the registry are of the affair too
  return counts.filter(({ actor }) => actor.startsWith('verifier/'));
}
