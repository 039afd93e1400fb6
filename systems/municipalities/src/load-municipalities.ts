/**
 * Brings the tables to an edition of the reference: verified first, then three statements in one transaction. Running
 * it again changes nothing. Rows are never deleted, because registers keep the codes of places that have ended: an
 * edition that lacks a place must end it by `validTo`.
 */
import { inTransaction, type Sql, type Tx } from '@ishizue/db';
import { ok, type Result } from '@ishizue/outcome';
import { bundledReference } from './bundled-reference.ts';
import type { MunicipalityReference } from './municipality.ts';
import { type ReferenceFailure, verifyReference } from './verify-reference.ts';

/** Rows that a load inserted or changed. */
export interface LoadCounts {
  readonly prefectures: number;
  readonly municipalities: number;
  readonly wards: number;
}

/** Loads a reference (the bundled one by default) under the role of schema `municipalities`. */
export async function loadMunicipalities(
  sql: Sql,
  reference: MunicipalityReference = bundledReference(),
): Promise<Result<LoadCounts, ReferenceFailure>> {
  const verified = verifyReference(reference);
  if (!verified.ok) return verified;
  return inTransaction(sql, {}, async (tx) =>
    ok({
      prefectures: await loadPrefectures(tx, reference),
      municipalities: await loadMunicipalityRows(tx, reference),
      wards: await loadWards(tx, reference),
    }),
  );
}

async function loadPrefectures(tx: Tx, { prefectures }: MunicipalityReference): Promise<number> {
  const changed = await tx`
    INSERT INTO prefecture AS old (code, full_code, name, kana, romaji)
    SELECT code, "fullCode", name, kana, romaji
    FROM jsonb_to_recordset(${JSON.stringify(prefectures)}::text::jsonb)
      AS new (code text, "fullCode" text, name text, kana text, romaji text)
    ON CONFLICT (code) DO UPDATE
      SET full_code = excluded.full_code, name = excluded.name, kana = excluded.kana, romaji = excluded.romaji
      WHERE (old.full_code, old.name, old.kana, old.romaji)
        IS DISTINCT FROM (excluded.full_code, excluded.name, excluded.kana, excluded.romaji)`;
  return changed.count;
}

async function loadMunicipalityRows(tx: Tx, { municipalities }: MunicipalityReference): Promise<number> {
  const changed = await tx`
    INSERT INTO municipality AS old
      (code, prefecture, kind, name, kana, romaji, northern_territory, valid_from, valid_to)
    SELECT code, prefecture, kind, name, kana, romaji, "northernTerritory", "validFrom", "validTo"
    FROM jsonb_to_recordset(${JSON.stringify(municipalities)}::text::jsonb)
      AS new (code text, prefecture text, kind text, name text, kana text, romaji text,
              "northernTerritory" boolean, "validFrom" date, "validTo" date)
    ON CONFLICT (code) DO UPDATE
      SET kind = excluded.kind, name = excluded.name, kana = excluded.kana, romaji = excluded.romaji,
        northern_territory = excluded.northern_territory,
        valid_from = excluded.valid_from, valid_to = excluded.valid_to
      WHERE (old.kind, old.name, old.kana, old.romaji, old.northern_territory, old.valid_from, old.valid_to)
        IS DISTINCT FROM (excluded.kind, excluded.name, excluded.kana, excluded.romaji,
          excluded.northern_territory, excluded.valid_from, excluded.valid_to)`;
  return changed.count;
}

async function loadWards(tx: Tx, { wards }: MunicipalityReference): Promise<number> {
  const changed = await tx`
    INSERT INTO ward AS old (code, municipality, name, kana, romaji, valid_from, valid_to, successors)
    SELECT code, municipality, name, kana, romaji, "validFrom", "validTo", successors
    FROM jsonb_to_recordset(${JSON.stringify(wards)}::text::jsonb)
      AS new (code text, municipality text, name text, kana text, romaji text,
              "validFrom" date, "validTo" date, successors text[])
    ON CONFLICT (code) DO UPDATE
      SET municipality = excluded.municipality, name = excluded.name, kana = excluded.kana,
        romaji = excluded.romaji, valid_from = excluded.valid_from, valid_to = excluded.valid_to,
        successors = excluded.successors
      WHERE (old.municipality, old.name, old.kana, old.romaji, old.valid_from, old.valid_to, old.successors)
        IS DISTINCT FROM (excluded.municipality, excluded.name, excluded.kana, excluded.romaji,
          excluded.valid_from, excluded.valid_to, excluded.successors)`;
  return changed.count;
}
