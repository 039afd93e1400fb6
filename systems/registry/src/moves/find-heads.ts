/** The names of the heads of households, also of those that have left: their deleted records still say who was the head. */
import type { Tx } from '@ishizue/db';
import type { Resident } from '../municipal/resident.ts';

/** By household number: the current head, else the one that was deleted last. */
export async function findHeads(
  tx: Tx,
  municipality: string,
  members: readonly Resident[],
): Promise<ReadonlyMap<string, string>> {
  const households = [...new Set(members.map(({ householdNumber }) => householdNumber))];
  const rows = await tx<{ householdNumber: string; name: string }[]>`
    SELECT DISTINCT ON (household_number) household_number AS "householdNumber", name
    FROM registry.municipal_resident
    WHERE municipality_code = ${municipality} AND household_number = ANY(${households}) AND relationship = '世帯主'
    ORDER BY household_number, status <> 'resident', ended_on DESC NULLS LAST`;
  return new Map(rows.map(({ householdNumber, name }) => [householdNumber, name]));
}
