/**
 * Households whose head has moved out, died or was removed, and in which several remain: they declare the next head within
 * fourteen days (住民基本台帳法 art. 25), and the officer records it. The order here is a suggestion (spouse, child, the child's
 * spouse, parent, by age); nobody becomes head by it. Who is shown is on the ledger.
 */
import type { IsoDate } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import { HEAD, successionRank } from './relationship.ts';

export interface HouseholdMember {
  readonly residentCode: string;
  readonly name: string;
  readonly relationship: string;
  readonly birthDate: string;
}

export interface HouseholdWithoutHead {
  readonly householdNumber: string;
  /** The day on which the last head left; null where none is known. */
  readonly since: IsoDate | null;
  /** The next head as suggested comes first. */
  readonly members: readonly HouseholdMember[];
}

const HOUSEHOLDS_MAX = 200;

/** The households that wait for a head, the longest first, 200 at the most. */
export function householdsWithoutHead(
  context: RegistryContext,
  municipality: string,
  access: Access,
): Promise<readonly HouseholdWithoutHead[]> {
  const site = municipalSite(municipality);
  return inTransaction(context.sql, { site, isSnapshot: true }, async (tx) => {
    const households = await tx<HouseholdWithoutHead[]>`
      SELECT r.household_number AS "householdNumber",
        max(r.ended_on) FILTER (WHERE r.status <> 'resident' AND r.relationship = ${HEAD}) AS since,
        jsonb_agg(jsonb_build_object('residentCode', r.resident_code, 'name', r.name,
            'relationship', r.relationship, 'birthDate', r.birth_date)
          ORDER BY r.birth_date, r.resident_number) FILTER (WHERE r.status = 'resident') AS members
      FROM registry.municipal_resident r
      WHERE r.municipality_code = ${municipality}
      GROUP BY r.household_number
      HAVING count(*) FILTER (WHERE r.status = 'resident') > 0
        AND count(*) FILTER (WHERE r.status = 'resident' AND r.relationship = ${HEAD}) = 0
      ORDER BY since NULLS FIRST, r.household_number LIMIT ${HOUSEHOLDS_MAX}`;
    const at = context.clock.now();
    await recordEntries(
      tx,
      households.flatMap(({ members }) =>
        members.map(({ residentCode }) => ({
          site,
          at,
          ...access,
          subject: context.pseudonyms.of(site, residentCode),
          fields: ['household', 'name', 'birth-date'],
          result: 'ok',
        })),
      ),
    );
    return households.map((household) => ({ ...household, members: inOrderOfSuccession(household.members) }));
  });
}

/** Spouse, child, child's spouse, parent, sibling, others; the older first. */
export function inOrderOfSuccession(members: readonly HouseholdMember[]): readonly HouseholdMember[] {
  return members.toSorted(
    (one, other) =>
      successionRank(one.relationship) - successionRank(other.relationship) ||
      (one.birthDate < other.birthDate ? -1 : Number(one.birthDate > other.birthDate)),
  );
}
