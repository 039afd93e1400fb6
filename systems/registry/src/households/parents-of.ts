/**
 * Whom the register shows to be a child's parent: a current member of the same household who is so by the relationships (続柄) of both.
 * It shows no more than that: parents who live elsewhere, and households of three generations, where 孫 and 子の子 do not say whose child
 * somebody is, have to be proved by the family register. Each member who is looked at has a ledger entry.
 */
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import { showsParent } from './relationship.ts';

interface Member {
  readonly childCode: string;
  readonly childIs: string;
  readonly memberCode: string;
  readonly memberIs: string;
}

/** The resident codes of the parents by those of the children, residents of one municipality; at most 5,000 a call. */
export function parentsOf(
  context: RegistryContext,
  municipality: string,
  looks: readonly { readonly access: Access; readonly residentCode: string }[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const site = municipalSite(municipality);
  const codes = [...new Set(looks.map(({ residentCode }) => residentCode))];
  return inTransaction(context.sql, { site, isSnapshot: true }, async (tx) => {
    const members = await tx<Member[]>`
      SELECT c.resident_code AS "childCode", c.relationship AS "childIs", m.resident_code AS "memberCode",
        m.relationship AS "memberIs"
      FROM registry.municipal_resident c JOIN registry.municipal_resident m USING (municipality_code, household_number)
      WHERE municipality_code = ${municipality} AND c.resident_code = ANY(${codes}) AND c.status = 'resident'
        AND m.status = 'resident' AND m.resident_code <> c.resident_code
      ORDER BY m.resident_code`;
    const byChild = Map.groupBy(members, ({ childCode }) => childCode);
    const at = context.clock.now();
    await recordEntries(
      tx,
      looks.flatMap(({ access, residentCode }) => {
        const household = byChild.get(residentCode) ?? [];
        return [residentCode, ...household.map(({ memberCode }) => memberCode)].map((subject) => ({
          site,
          at,
          ...access,
          subject: context.pseudonyms.of(site, subject),
          fields: ['household', 'relationship'],
          result: 'ok',
        }));
      }),
    );
    return new Map(
      codes.map((code) => {
        const household = byChild.get(code) ?? [];
        const parents = household.filter(({ memberIs, childIs }) => showsParent(memberIs, childIs));
        return [code, parents.map(({ memberCode }) => memberCode)] as const;
      }),
    );
  });
}
