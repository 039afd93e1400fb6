/**
 * The national site has each individual number once (番号法 art. 8). Who changes the code, moves at once and is entered by the
 * new code brings the number that the site still has under the old one, until the other municipality's change comes by its
 * own link. The entry is held back (`number-elsewhere`) until it does. Flow: docs/flows/code-change.md.
 */
import type { Tx } from '@ishizue/db';
import { isEntry } from './decide-identity-change.ts';
import type { Notice } from './notice.ts';
import type { Tier } from './tier.ts';

/** Of entries whose number the site has under another code: the municipality that has it, by the code of the entry. */
export async function findNumbersElsewhere(
  tx: Tx,
  tier: Tier,
  notices: readonly Notice[],
): Promise<ReadonlyMap<string, string>> {
  const entries = notices.filter(({ body }) => isEntry(body.reason) && body.individualNumber !== null);
  if (tier.prefecture !== null || entries.length === 0) return new Map();
  const rows = entries.map(({ body: { residentCode, individualNumber } }) => ({
    residentCode,
    individualNumber,
  }));
  const found = await tx<{ code: string; municipality: string }[]>`
    SELECT r."residentCode" AS code, p.municipality_code AS municipality
    FROM jsonb_to_recordset(${tx.json(rows)}) AS r("residentCode" text, "individualNumber" text)
    JOIN registry.national_person p ON p.individual_number = r."individualNumber"
    WHERE p.resident_code <> r."residentCode"`;
  return new Map(found.map(({ code, municipality }) => [code, municipality]));
}
