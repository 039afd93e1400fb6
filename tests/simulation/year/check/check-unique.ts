/**
 * Codes and numbers are unique over the whole country and never used twice: a code belongs to one person of the model, in
 * use or in store it is there once, and the number of a code is the same at every site.
 */

import { NATIONAL_SITE } from '@ishizue/registry';
import type { EndOfYear } from './end-of-year.ts';
import { installationOf } from './end-of-year.ts';

export async function checkUnique(end: EndOfYear): Promise<readonly string[]> {
  const wrong: string[] = [];
  const owners = new Map<string, number>();
  for (const { id, residentCode } of end.model.persons) {
    if (residentCode === undefined) continue;
    const other = owners.get(residentCode);
    if (other !== undefined) wrong.push(`code ${residentCode}: of person ${other} and of person ${id}`);
    owners.set(residentCode, id);
  }
  const inStore = new Set<string>();
  const numbers = new Map<string, string>();
  for (const { superuser } of end.installations) {
    const codes = await superuser<
      { code: string }[]
    >`SELECT resident_code AS code FROM registry.municipal_free_code`;
    for (const { code } of codes) {
      if (owners.has(code)) wrong.push(`code ${code}: in store, and somebody's`);
      if (inStore.has(code)) wrong.push(`code ${code}: in store twice`);
      inStore.add(code);
    }
    const given = await superuser<{ code: string; number: string }[]>`
      SELECT resident_code AS code, individual_number AS number FROM registry.municipal_resident
      WHERE individual_number IS NOT NULL
      UNION SELECT resident_code, individual_number FROM registry.prefectural_person WHERE individual_number IS NOT NULL
      UNION SELECT resident_code, individual_number FROM registry.national_person WHERE individual_number IS NOT NULL`;
    for (const { code, number } of given) {
      const other = numbers.get(number);
      if (other !== undefined && other !== code) wrong.push(`number ${number}: of ${other} and of ${code}`);
      numbers.set(number, code);
    }
  }
  return [...wrong, ...(await checkCentre(end, numbers))];
}

/** The centre has made one number for each code in use. */
async function checkCentre(end: EndOfYear, numbers: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const { superuser } = installationOf(end, NATIONAL_SITE);
  const made = await superuser<{ code: string; numbers: number; indexes: number }[]>`
    SELECT resident_code AS code, count(*) AS numbers, count(DISTINCT number_index) AS indexes
    FROM numbering.individual_number GROUP BY resident_code`;
  const codes = new Set(numbers.values());
  const madeFor = new Set(made.map(({ code }) => code));
  return [
    ...made.filter((row) => row.numbers !== 1).map(({ code }) => `centre: more than one number for ${code}`),
    ...[...codes]
      .filter((code) => !madeFor.has(code))
      .map((code) => `centre: no number was made for ${code}`),
    ...[...madeFor].filter((code) => !codes.has(code)).map((code) => `centre: a number for nobody, ${code}`),
  ];
}
