/**
 * What the national register says before a number is made (番号法 art. 8): whether the municipality that asks has the person, and
 * whether a residence conflict is open. The numbering centre knows codes only; this is the registry's door for it, and
 * every look is on the ledger.
 */
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';

/** Which municipality asks about whom. */
export interface NumberLook {
  readonly access: Access;
  readonly municipality: string;
  readonly residentCode: string;
}

/**
 * `unknown`: nobody is held under the code. `resident`: the municipality has the person as a current resident.
 * `former`: the municipality has told of the person before, and they are its resident no more. `elsewhere`: another
 * municipality has the person, and this one has never told of them. `conflict`: an entry of the person is held back.
 * `unheard`: the code was allotted to another municipality, which has not spoken of it yet.
 */
export type NumberStanding = 'unknown' | 'resident' | 'former' | 'elsewhere' | 'conflict' | 'unheard';

/** What is said of a look. */
export interface NumberLookAnswer {
  readonly standing: NumberStanding;
  /** Whether the person had another code before, from which the number may have been made. */
  readonly hasFormerCode: boolean;
}

/** The standing of each look, in their order; at most 10,000 a call. */
export async function numberStandings(
  context: RegistryContext,
  looks: readonly NumberLook[],
): Promise<readonly NumberLookAnswer[]> {
  if (looks.length === 0) return [];
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const rows = await tx<NumberLookAnswer[]>`
      SELECT CASE
          WHEN EXISTS (SELECT FROM registry.held_notice h
            WHERE h.resident_code = l.code AND h.site = ${NATIONAL_SITE}) THEN 'conflict'
          WHEN EXISTS (SELECT FROM registry.national_allotted_code a
            WHERE a.resident_code = l.code AND a.municipality_code <> l.municipality) THEN 'unheard'
          WHEN p.resident_code IS NULL THEN 'unknown'
          WHEN p.municipality_code = l.municipality AND p.status = 'resident' THEN 'resident'
          WHEN p.municipality_code = l.municipality OR EXISTS (SELECT FROM registry.national_change c
            WHERE c.resident_code = l.code AND c.municipality_code = l.municipality) THEN 'former'
          ELSE 'elsewhere'
        END AS standing,
        EXISTS (SELECT FROM registry.retired_code r
          WHERE r.site = ${NATIONAL_SITE} AND r.successor = l.code) AS "hasFormerCode"
      FROM unnest(${looks.map((look) => look.residentCode)}::text[], ${looks.map((look) => look.municipality)}::text[])
        WITH ORDINALITY AS l(code, municipality, place)
      LEFT JOIN registry.national_person p ON p.resident_code = l.code
      ORDER BY l.place`;
    const at = context.clock.now();
    await recordEntries(
      tx,
      looks.map(({ access, residentCode }, index) => ({
        site: NATIONAL_SITE,
        at,
        ...access,
        subject: context.pseudonyms.of(NATIONAL_SITE, residentCode),
        fields: ['municipality', 'residence-conflict'],
        result: rows[index]?.standing ?? '',
      })),
    );
    return [...rows];
  });
}
