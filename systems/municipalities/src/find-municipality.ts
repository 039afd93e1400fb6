/**
 * Reading the reference tables. For single look-ups and lists at screens; hot paths hold a `MunicipalityDirectory`,
 * which `readMunicipalityDirectory` fills with three statements.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { Municipality, MunicipalityKind, Prefecture, Ward } from './municipality.ts';
import { MunicipalityDirectory } from './municipality-directory.ts';

interface MunicipalityRow extends Omit<Municipality, 'validFrom' | 'validTo'> {
  readonly validFrom: IsoDate | null;
  readonly validTo: IsoDate | null;
}

interface WardRow extends Omit<Ward, 'validFrom' | 'validTo'> {
  readonly validFrom: IsoDate | null;
  readonly validTo: IsoDate | null;
}

/** What a list of municipalities is narrowed to; everything where nothing is said. */
export interface MunicipalityFilter {
  /** Two-digit code. */
  readonly prefecture?: string;
  readonly kind?: MunicipalityKind;
  /** Leaves out the six villages of the Northern Territories, which have no office. */
  readonly withOffice?: boolean;
}

/** The municipality with a six-digit code. A ward's code finds nothing. */
export async function findMunicipality(sql: Sql, code: string): Promise<Municipality | undefined> {
  const [row] = await sql<MunicipalityRow[]>`${municipalityColumns(sql)} WHERE code = ${code}`;
  return row && withValidity(row);
}

/** Municipalities in the order of their codes. */
export async function listMunicipalities(
  sql: Sql,
  filter: MunicipalityFilter = {},
): Promise<readonly Municipality[]> {
  const rows = await sql<MunicipalityRow[]>`
    ${municipalityColumns(sql)}
    WHERE (${filter.prefecture ?? null}::text IS NULL OR prefecture = ${filter.prefecture ?? null})
      AND (${filter.kind ?? null}::text IS NULL OR kind = ${filter.kind ?? null})
      AND NOT (${filter.withOffice ?? false} AND northern_territory)
    ORDER BY code`;
  return rows.map((row) => withValidity(row));
}

/** The wards of a designated city in force on a date, in the order of their codes. */
export async function wardsOf(sql: Sql, municipality: string, on: IsoDate): Promise<readonly Ward[]> {
  const rows = await sql<WardRow[]>`
    ${wardColumns(sql)}
    WHERE municipality = ${municipality}
      AND coalesce(valid_from, '-infinity') <= ${on}::date AND ${on}::date <= coalesce(valid_to, 'infinity')
    ORDER BY code`;
  return rows.map((row) => withValidity(row));
}

/** The whole reference, ended wards included, as a directory for hot paths. */
export async function readMunicipalityDirectory(sql: Sql): Promise<MunicipalityDirectory> {
  const [prefectures, municipalities, wards] = await Promise.all([
    sql<Prefecture[]>`SELECT code, full_code AS "fullCode", name, kana, romaji FROM prefecture ORDER BY code`,
    sql<MunicipalityRow[]>`${municipalityColumns(sql)} ORDER BY code`,
    sql<WardRow[]>`${wardColumns(sql)} ORDER BY code`,
  ]);
  return new MunicipalityDirectory({
    prefectures: [...prefectures],
    municipalities: municipalities.map((row) => withValidity(row)),
    wards: wards.map((row) => withValidity(row)),
  });
}

const municipalityColumns = (sql: Sql) => sql`
  SELECT code, five_digits AS "fiveDigits", prefecture, kind, name, kana, romaji,
    northern_territory AS "northernTerritory", valid_from AS "validFrom", valid_to AS "validTo"
  FROM municipality`;

const wardColumns = (sql: Sql) => sql`
  SELECT code, five_digits AS "fiveDigits", municipality, name, kana, romaji,
    valid_from AS "validFrom", valid_to AS "validTo", successors
  FROM ward`;

function withValidity<Row extends MunicipalityRow | WardRow>(
  row: Row,
): Omit<Row, 'validFrom' | 'validTo'> & { validFrom: IsoDate | undefined; validTo: IsoDate | undefined } {
  return { ...row, validFrom: row.validFrom ?? undefined, validTo: row.validTo ?? undefined };
}
