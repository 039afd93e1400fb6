/**
 * Codes that are used up (住民基本台帳法 30-4), as each site of the overseas system has heard of them: whoever had one goes on
 * under its successor, and it never names anybody again. Callers run inside a transaction scoped to the site.
 */
import type { Tx } from '@ishizue/db';

/** A code that was changed to another. */
export interface ChangedCode {
  readonly formerCode: string;
  readonly residentCode: string;
  readonly eventDate: string;
}

/** Changed codes as a table `c(former, current)`. */
export const asTable = (tx: Tx, changed: readonly ChangedCode[]): ReturnType<Tx> => tx`
  unnest(${changed.map(({ formerCode }) => formerCode)}::text[],
    ${changed.map(({ residentCode }) => residentCode)}::text[]) AS c(former, current)`;

/** Writes that codes are used up; what was held by them is to be under their successors before. */
export async function retireCodes(tx: Tx, site: string, changed: readonly ChangedCode[]): Promise<void> {
  await tx`
    INSERT INTO overseas.retired_code (site, resident_code, successor, retired_on)
    SELECT ${site}::text, c."formerCode", c."residentCode", c."eventDate"
    FROM jsonb_to_recordset(${tx.json(changed.map((code) => ({ ...code })))})
      AS c("formerCode" text, "residentCode" text, "eventDate" date)`;
}

/** Those of the codes that are used up at the site. */
export async function retiredAmong(
  tx: Tx,
  site: string,
  residentCodes: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx<{ code: string }[]>`
    SELECT resident_code AS code FROM overseas.retired_code
    WHERE site = ${site} AND resident_code = ANY(${[...residentCodes]})`;
  return new Set(rows.map(({ code }) => code));
}

/** The code that the person of a code has now at the site. */
export async function currentCode(tx: Tx, site: string, residentCode: string): Promise<string> {
  const [row] = await tx<{ code: string }[]>`
    WITH RECURSIVE way (code) AS (
      SELECT ${residentCode}::text
      UNION
      SELECT r.successor FROM way w JOIN overseas.retired_code r ON r.site = ${site} AND r.resident_code = w.code
    )
    SELECT code FROM way w WHERE NOT EXISTS (
      SELECT FROM overseas.retired_code r WHERE r.site = ${site} AND r.resident_code = w.code)`;
  return row?.code ?? residentCode;
}
