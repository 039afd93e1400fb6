/** A municipality's resident rows in and out of PostgreSQL. Callers run inside a transaction scoped to the site. */
import type { Tx } from '@ishizue/db';
import type { Resident } from './resident.ts';

/** The columns under the names of `Resident`. */
export const residentColumns = (tx: Tx): ReturnType<Tx> => tx`
  municipality_code AS municipality, resident_number AS "residentNumber", resident_code AS "residentCode",
  individual_number AS "individualNumber", status, household_number AS "householdNumber", relationship, name,
  name_kana AS "nameKana", former_surname AS "formerSurname", former_surname_kana AS "formerSurnameKana", alias,
  alias_kana AS "aliasKana", birth_date AS "birthDate", sex, nationality, residence_status AS "residenceStatus",
  stay_expires_on AS "stayExpiresOn", ward_code AS "wardCode", postal_code AS "postalCode", town, lot, building,
  domicile, family_register_head AS "familyRegisterHead", became_resident_on AS "becameResidentOn",
  address_fixed_on AS "addressFixedOn", previous_address AS "previousAddress", ended_on AS "endedOn",
  moved_to AS "movedTo", sequence`;

/** The record of a code, locked for the change that follows. */
export async function findResidentForUpdate(
  tx: Tx,
  municipality: string,
  residentCode: string,
): Promise<Resident | undefined> {
  const [row] = await tx<Resident[]>`
    SELECT ${residentColumns(tx)} FROM registry.municipal_resident
    WHERE municipality_code = ${municipality} AND resident_code = ${residentCode} FOR UPDATE`;
  return row;
}

/** The record of a code. */
export async function findResident(
  tx: Tx,
  municipality: string,
  residentCode: string,
): Promise<Resident | undefined> {
  const [row] = await tx<Resident[]>`
    SELECT ${residentColumns(tx)} FROM registry.municipal_resident
    WHERE municipality_code = ${municipality} AND resident_code = ${residentCode}`;
  return row;
}

/** Today's members of a household, the head first, then by birth. */
export async function listHousehold(
  tx: Tx,
  municipality: string,
  householdNumber: string,
): Promise<readonly Resident[]> {
  return tx<Resident[]>`
    SELECT ${residentColumns(tx)} FROM registry.municipal_resident
    WHERE municipality_code = ${municipality} AND household_number = ${householdNumber} AND status = 'resident'
    ORDER BY relationship <> '世帯主', birth_date, resident_number`;
}

/** Writes the record as it stands after an event. */
export async function storeResident(tx: Tx, resident: Resident): Promise<void> {
  const r = resident;
  await tx`
    INSERT INTO registry.municipal_resident (municipality_code, resident_number, resident_code, individual_number,
      status, household_number, relationship, name, name_kana, former_surname, former_surname_kana, alias, alias_kana,
      birth_date, sex, nationality, residence_status, stay_expires_on, ward_code, postal_code, town, lot, building,
      domicile, family_register_head, became_resident_on, address_fixed_on, previous_address, ended_on, moved_to,
      sequence)
    VALUES (${r.municipality}, ${r.residentNumber}, ${r.residentCode}, ${r.individualNumber}, ${r.status},
      ${r.householdNumber}, ${r.relationship}, ${r.name}, ${r.nameKana}, ${r.formerSurname}, ${r.formerSurnameKana},
      ${r.alias}, ${r.aliasKana}, ${r.birthDate}, ${r.sex}, ${r.nationality}, ${r.residenceStatus},
      ${r.stayExpiresOn}, ${r.wardCode}, ${r.postalCode}, ${r.town}, ${r.lot}, ${r.building}, ${r.domicile},
      ${r.familyRegisterHead}, ${r.becameResidentOn}, ${r.addressFixedOn}, ${r.previousAddress}, ${r.endedOn},
      ${r.movedTo}, ${r.sequence})
    ON CONFLICT (municipality_code, resident_number) DO UPDATE SET
      individual_number = excluded.individual_number, status = excluded.status,
      household_number = excluded.household_number, relationship = excluded.relationship, name = excluded.name,
      name_kana = excluded.name_kana, former_surname = excluded.former_surname,
      former_surname_kana = excluded.former_surname_kana, alias = excluded.alias, alias_kana = excluded.alias_kana,
      birth_date = excluded.birth_date, sex = excluded.sex, nationality = excluded.nationality,
      residence_status = excluded.residence_status, stay_expires_on = excluded.stay_expires_on,
      ward_code = excluded.ward_code, postal_code = excluded.postal_code, town = excluded.town, lot = excluded.lot,
      building = excluded.building, domicile = excluded.domicile,
      family_register_head = excluded.family_register_head, became_resident_on = excluded.became_resident_on,
      address_fixed_on = excluded.address_fixed_on, previous_address = excluded.previous_address,
      ended_on = excluded.ended_on, moved_to = excluded.moved_to, sequence = excluded.sequence`;
}

/** The records of several codes, locked in the order of their codes. */
export async function residentsByCodeForUpdate(
  tx: Tx,
  municipality: string,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, Resident>> {
  const rows = await tx<Resident[]>`
    SELECT ${residentColumns(tx)} FROM registry.municipal_resident
    WHERE municipality_code = ${municipality} AND resident_code = ANY(${residentCodes})
    ORDER BY resident_code FOR UPDATE`;
  return new Map(rows.map((row) => [row.residentCode, row]));
}

/** Code and name of today's residents with a birth date. */
export async function residentsBornOn(
  tx: Tx,
  municipality: string,
  birthDate: string,
): Promise<readonly Pick<Resident, 'residentCode' | 'name'>[]> {
  return tx<Pick<Resident, 'residentCode' | 'name'>[]>`
    SELECT resident_code AS "residentCode", name FROM registry.municipal_resident
    WHERE municipality_code = ${municipality} AND birth_date = ${birthDate} AND status = 'resident'`;
}

/** The records of several codes, as they are. */
export async function findResidents(
  tx: Tx,
  municipality: string,
  residentCodes: readonly string[],
): Promise<readonly Resident[]> {
  return tx<Resident[]>`
    SELECT ${residentColumns(tx)} FROM registry.municipal_resident
    WHERE municipality_code = ${municipality} AND resident_code = ANY(${residentCodes}) ORDER BY resident_code`;
}
