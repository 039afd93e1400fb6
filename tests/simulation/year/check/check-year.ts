/** Everything that must hold once a year is over and all links are empty: each check answers sentences, one a thing that is wrong. */
import { checkLedgers } from './check-ledgers.ts';
import { checkLinks } from './check-links.ts';
import { checkRecords } from './check-records.ts';
import { checkTiers } from './check-tiers.ts';
import { checkUnique } from './check-unique.ts';
import { compareInFull } from './compare-in-full.ts';
import type { EndOfYear } from './end-of-year.ts';

/** What is wrong; empty after a sound year. */
export async function checkYear(end: EndOfYear): Promise<readonly string[]> {
  return [
    ...(await checkLinks(end)),
    ...(await checkRecords(end)),
    ...(await checkTiers(end)),
    ...(await checkUnique(end)),
    ...(await checkLedgers(end)),
    ...(await compareInFull(end)),
  ];
}
