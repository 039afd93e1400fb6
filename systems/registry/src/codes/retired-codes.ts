/**
 * Codes that are used up (住民基本台帳法 30-4: who changes a code gets another one, and the old one is nobody's ever again). Each
 * site keeps those that it has heard of; a code that leads on to another has one person at its end. Callers run inside a
 * transaction scoped to the site.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';

export interface RetiredCode {
  readonly residentCode: string;
  readonly successor: string;
  readonly municipality: string;
  readonly retiredOn: IsoDate;
}

/** Writes that codes are used up. */
export async function retireCodes(tx: Tx, site: string, codes: readonly RetiredCode[]): Promise<void> {
  await tx`
    INSERT INTO registry.retired_code (site, resident_code, successor, municipality_code, retired_on)
    SELECT ${site}::text, r."residentCode", r.successor, r.municipality, r."retiredOn"
    FROM jsonb_to_recordset(${tx.json(codes.map((code) => ({ ...code })))})
      AS r("residentCode" text, successor text, municipality text, "retiredOn" date)`;
}

/** The codes of now of those of the codes that are used up; whose code is still their own is not in the answer. */
export async function currentCodes(
  tx: Tx,
  site: string,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (residentCodes.length === 0) return new Map();
  const rows = await tx<{ asked: string; code: string }[]>`
    WITH RECURSIVE way AS (
      SELECT resident_code AS asked, successor AS code FROM registry.retired_code
      WHERE site = ${site} AND resident_code = ANY(string_to_array(${residentCodes.join()}, ','))
      UNION
      SELECT w.asked, r.successor FROM way w JOIN registry.retired_code r
        ON r.site = ${site} AND r.resident_code = w.code
    )
    SELECT asked, code FROM way w WHERE NOT EXISTS (
      SELECT FROM registry.retired_code r WHERE r.site = ${site} AND r.resident_code = w.code)`;
  return new Map(rows.map(({ asked, code }) => [asked, code]));
}

/** All codes that the person of a code has had at the site, the given one first. */
export async function codesOfPerson(tx: Tx, site: string, residentCode: string): Promise<readonly string[]> {
  const rows = await tx<{ code: string }[]>`
    WITH RECURSIVE person (code) AS (
      SELECT ${residentCode}::text
      UNION
      SELECT CASE WHEN r.successor = p.code THEN r.resident_code ELSE r.successor END
      FROM person p JOIN registry.retired_code r ON r.site = ${site} AND p.code IN (r.resident_code, r.successor)
    )
    SELECT code FROM person ORDER BY code <> ${residentCode}, code`;
  return rows.map(({ code }) => code);
}

/** The codes before of several persons: for each the code of now by which it was asked. */
export async function codesOfPersons(
  tx: Tx,
  site: string,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx<{ former: string; code: string }[]>`
    WITH RECURSIVE back AS (
      SELECT resident_code AS former, successor AS code FROM registry.retired_code
      WHERE site = ${site} AND successor = ANY(${[...residentCodes]})
      UNION
      SELECT r.resident_code, b.code FROM back b JOIN registry.retired_code r
        ON r.site = ${site} AND r.successor = b.former
    )
    SELECT former, code FROM back`;
  return new Map(rows.map(({ former, code }) => [former, code]));
}
