/** Every municipality holds exactly the records that the model has, column by column. */
import { addDays, type IsoDate } from '@ishizue/clock';
import { municipalSite } from '@ishizue/registry';
import type { ModelRecord } from '../model.ts';
import { differencesOf, type EndOfYear, installationOf } from './end-of-year.ts';
import { expectedNumber, numbersOf } from './expected-number.ts';

const YEARS_KEPT = 150;

export async function checkRecords(end: EndOfYear): Promise<readonly string[]> {
  const wrong: string[] = [];
  const records = end.model.records;
  const numbers = await numbersOf(records.map(({ residentCode }) => residentCode));
  for (const municipality of end.country.municipalities) {
    const expected = new Map(
      records
        .filter((record) => record.municipality === municipality)
        .map((record) => [record.residentCode, lineOf(record, expectedNumber(record, numbers))]),
    );
    const { superuser } = installationOf(end, municipalSite(municipality));
    const rows = await superuser<Record<string, unknown>[]>`
      SELECT resident_code AS "residentCode", individual_number AS "individualNumber", sequence,
        retained_until AS "retainedUntil", status, relationship, name, name_kana AS "nameKana",
        former_surname AS "formerSurname", former_surname_kana AS "formerSurnameKana", alias, alias_kana AS "aliasKana",
        birth_date AS "birthDate", sex, nationality, residence_status AS "residenceStatus",
        stay_expires_on AS "stayExpiresOn", ward_code AS "wardCode", postal_code AS "postalCode", town, lot, building,
        domicile, family_register_head AS "familyRegisterHead", became_resident_on AS "becameResidentOn",
        address_fixed_on AS "addressFixedOn", previous_address AS "previousAddress", ended_on AS "endedOn",
        moved_to AS "movedTo"
      FROM registry.municipal_resident WHERE municipality_code = ${municipality}`;
    const found = new Map(rows.map(({ residentCode, ...row }) => [String(residentCode), sortedJson(row)]));
    wrong.push(...differencesOf(`record of ${municipality}`, expected, found));
    wrong.push(...(await checkEvents(end, municipality)));
  }
  return wrong;
}

/** How often a record has changed. */
export const sequenceOf = ({ acts, asked }: ModelRecord): number => acts + asked;

function lineOf(record: ModelRecord, individualNumber: string | null): string {
  const { state, relationship, deletedOn } = record;
  const retainedUntil = deletedOn === null ? null : yearsLater(deletedOn);
  return sortedJson({
    ...state,
    relationship,
    individualNumber,
    sequence: sequenceOf(record),
    retainedUntil,
  });
}

/** A day a hundred and fifty years on; of a leap day its eve, where there is none. */
function yearsLater(date: IsoDate): IsoDate {
  const later = `${Number(date.slice(0, 4)) + YEARS_KEPT}${date.slice(4)}`;
  return later.endsWith('-02-29') ? addDays(`${later.slice(0, 4)}-03-01`, -1) : later;
}

export const sortedJson = (values: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1))));

/** Each record's events are numbered without gap or repetition, from the first that is not a load. */
async function checkEvents(end: EndOfYear, municipality: string): Promise<readonly string[]> {
  const { superuser } = installationOf(end, municipalSite(municipality));
  const rows = await superuser<{ code: string }[]>`
    SELECT r.resident_code AS code
    FROM registry.municipal_resident r LEFT JOIN registry.municipal_event e USING (municipality_code, resident_number)
    WHERE municipality_code = ${municipality}
    GROUP BY r.resident_code, r.sequence, r.loaded_sha256
    HAVING count(e.sequence) + CASE WHEN r.loaded_sha256 IS NULL THEN 0 ELSE 1 END <> r.sequence`;
  return rows.map(
    ({ code }) => `events of ${municipality}: those of ${code} are not as many as its sequence says`,
  );
}
