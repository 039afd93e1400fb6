/**
 * Whom a prefecture held before it took an entry under another name over on trust: a person may come back with another
 * name, and a clerk may have typed the code of somebody else who once lived here. The nation, which hears of every
 * name, finds out; the entry is undone then, and the prefecture holds again what it held. Flow: docs/flows/events.md.
 */
import type { Tx } from '@ishizue/db';
import { type DisplacedPerson, displaces, isEntry } from './decide-identity-change.ts';
import type { DecidedNotice } from './notice.ts';
import type { Tier } from './tier.ts';

/** Whose place was taken at the site, by resident code; read behind the lock on the persons' rows. */
export function findDisplaced(tx: Tx, tier: Tier, residentCodes: readonly string[]) {
  return tx<(DisplacedPerson & { readonly residentCode: string })[]>`
    SELECT resident_code AS "residentCode", person ->> 'municipality_code' AS municipality, person ->> 'name' AS name,
      jsonb_build_object('municipality', municipality_code, 'sequence', sequence) AS by
    FROM registry.prefectural_displaced
    WHERE prefecture_code = ${tier.prefecture} AND resident_code = ANY(${residentCodes})`;
}

/** Keeps the rows whose place entries are about to take; a later entry settles what an earlier one had displaced. */
export async function keepDisplaced(tx: Tx, tier: Tier, decided: readonly DecidedNotice[]): Promise<void> {
  const entries = decided.filter(({ effect, body }) => effect === 'record' && isEntry(body.reason));
  const taking = entries.filter(({ held, body }) => displaces(held, body));
  const settled = entries.filter(({ held, body }) => held?.displaced && !displaces(held, body));
  await forgetDisplaced(
    tx,
    tier,
    settled.map(({ body }) => body.residentCode),
  );
  if (tier.prefecture === null || taking.length === 0) return;
  const rows = taking.map(({ body: { residentCode, municipality, sequence } }) => ({
    residentCode,
    municipality,
    sequence,
  }));
  await tx`
    INSERT INTO registry.prefectural_displaced (prefecture_code, resident_code, municipality_code, sequence, person)
    SELECT p.prefecture_code, p.resident_code, t.municipality, t.sequence, to_jsonb(p)
    FROM jsonb_to_recordset(${tx.json(rows)}) AS t("residentCode" text, municipality text, sequence int)
    JOIN registry.prefectural_person p
      ON p.prefecture_code = ${tier.prefecture} AND p.resident_code = t."residentCode"
    ON CONFLICT (prefecture_code, resident_code) DO UPDATE SET
      municipality_code = excluded.municipality_code, sequence = excluded.sequence, person = excluded.person`;
}

/** Puts back what the entries that are undone had displaced. */
export async function putBackDisplaced(
  tx: Tx,
  tier: Tier,
  decided: readonly DecidedNotice[],
  appliedAt: Date,
): Promise<void> {
  const codes = decided.filter(({ effect }) => effect === 'restored').map(({ body }) => body.residentCode);
  if (tier.prefecture === null || codes.length === 0) return;
  const { count } = await tx`
    WITH back AS (
      DELETE FROM registry.prefectural_displaced
      WHERE prefecture_code = ${tier.prefecture} AND resident_code = ANY(${codes}) RETURNING person
    )
    UPDATE registry.prefectural_person p SET municipality_code = r.municipality_code, status = r.status, name = r.name,
      name_kana = r.name_kana, former_surname = r.former_surname, alias = r.alias, birth_date = r.birth_date, sex = r.sex,
      address = r.address, individual_number = r.individual_number, entered_on = r.entered_on, sequence = r.sequence,
      reason = r.reason, event_date = r.event_date, applied_at = ${appliedAt}, retained_until = r.retained_until
    FROM back, jsonb_populate_record(NULL::registry.prefectural_person, back.person) r
    WHERE p.prefecture_code = r.prefecture_code AND p.resident_code = r.resident_code`;
  if (count !== codes.length)
    throw new Error('a person whose place had been taken was not there to be put back');
}

/** The rows kept for codes that are nobody's any more. */
export async function forgetDisplaced(tx: Tx, tier: Tier, codes: readonly string[]): Promise<void> {
  if (tier.prefecture === null || codes.length === 0) return;
  await tx`
    DELETE FROM registry.prefectural_displaced
    WHERE prefecture_code = ${tier.prefecture} AND resident_code = ANY(${[...codes]})`;
}
