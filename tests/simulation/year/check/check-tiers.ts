/**
 * Every prefecture and the nation hold each person as the last municipality that they hear of does, and have recorded each
 * change exactly once. An entry under somebody else's code counts nowhere where the site knew the person.
 */
import { formatAddress, NATIONAL_SITE, prefecturalSite } from '@ishizue/registry';
import type { ModelRecord } from '../model.ts';
import { sequenceOf, sortedJson } from './check-records.ts';
import { differencesOf, type EndOfYear, installationOf } from './end-of-year.ts';
import { expectedNumber, numbersOf } from './expected-number.ts';

export async function checkTiers(end: EndOfYear): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const prefecture of [...end.country.prefectures, null]) {
    const where = prefecture === null ? 'nation' : `prefecture ${prefecture}`;
    const heard = heardAt(end, prefecture);
    const found = await heldAt(end, prefecture);
    wrong.push(...differencesOf(`person of ${where}`, await expectedPersons(end, heard), found.persons));
    wrong.push(...differencesOf(`changes of ${where}`, expectedChanges(heard), found.changes));
  }
  return wrong;
}

/** A record that a tier has heard of, and the changes that it has taken over. */
interface Heard {
  readonly record: ModelRecord;
  /** Sequences from which on changes were taken over: all of a record; of a stray one what came after its undo. */
  readonly after: number;
}

/** What a tier has heard of each person, by code. */
export function heardAt(end: EndOfYear, prefecture: string | null): ReadonlyMap<string, readonly Heard[]> {
  const { model, country } = end;
  const here = model.records.filter(
    ({ municipality }) =>
      prefecture === null || country.directory.getMunicipality(municipality).prefecture === prefecture,
  );
  const byCode = Map.groupBy(here, (record) => record.residentCode);
  const heard = new Map<string, readonly Heard[]>();
  for (const [code, records] of byCode)
    heard.set(
      code,
      records.map((record) => ({ record, after: heardAfter(record, prefecture) })),
    );
  return heard;
}

/** The nation knows everybody; a prefecture takes a stray entry over where it knew nobody by the code. */
function heardAfter({ stray }: ModelRecord, prefecture: string | null): number {
  if (!stray) return 0;
  return prefecture !== null && stray.isNews ? 0 : stray.undoneAt;
}

async function expectedPersons(
  { country }: EndOfYear,
  heard: ReadonlyMap<string, readonly Heard[]>,
): Promise<ReadonlyMap<string, string>> {
  const numbers = await numbersOf([...heard.keys()]);
  const persons = new Map<string, string>();
  for (const [code, records] of heard) {
    const known = records.filter(({ record: { stray } }) => !stray || stray.isOver);
    const [last] = (known.length > 0 ? known : records).toSorted((a, b) =>
      a.record.state.becameResidentOn < b.record.state.becameResidentOn ? 1 : -1,
    );
    if (!last) throw new Error('a person of whom a tier has heard nothing');
    const { municipality, state } = last.record;
    const { status, name, nameKana, formerSurname, alias, birthDate, sex, becameResidentOn } = state;
    persons.set(
      code,
      sortedJson({
        municipality,
        status,
        name,
        nameKana,
        formerSurname,
        alias,
        birthDate,
        sex,
        address: formatAddress(country.directory, municipality, state),
        individualNumber: expectedNumber(last.record, numbers),
        enteredOn: becameResidentOn,
        sequence: sequenceOf(last.record),
      }),
    );
  }
  return persons;
}

/** The sequences that a tier must have recorded, by code and municipality. */
function expectedChanges(heard: ReadonlyMap<string, readonly Heard[]>): ReadonlyMap<string, string> {
  const changes = new Map<string, string>();
  for (const [code, records] of heard)
    for (const { record, after } of records) {
      const all = Array.from({ length: sequenceOf(record) }, (_, nth) => nth + 1);
      const taken = all.filter((sequence) => sequence > after);
      if (taken.length > 0) changes.set(`${code} ${record.municipality}`, taken.join(' '));
    }
  return changes;
}

async function heldAt(end: EndOfYear, prefecture: string | null) {
  const site = prefecture === null ? NATIONAL_SITE : prefecturalSite(prefecture);
  const sql = installationOf(end, site).superuser;
  const tier = prefecture === null ? 'national' : 'prefectural';
  const mine = prefecture === null ? sql`` : sql`WHERE prefecture_code = ${prefecture}`;
  const persons = await sql<Record<string, unknown>[]>`
    SELECT resident_code AS code, municipality_code AS municipality, status, name, name_kana AS "nameKana",
      former_surname AS "formerSurname", alias, birth_date AS "birthDate", sex, address,
      individual_number AS "individualNumber", entered_on AS "enteredOn", sequence
    FROM ${sql(`registry.${tier}_person`)} ${mine}`;
  const changes = await sql<{ key: string; sequences: string }[]>`
    SELECT resident_code || ' ' || municipality_code AS key,
      string_agg(sequence::text, ' ' ORDER BY sequence) AS sequences
    FROM ${sql(`registry.${tier}_change`)} ${mine} GROUP BY 1`;
  return {
    persons: new Map(persons.map(({ code, ...row }) => [String(code), sortedJson(row)])),
    changes: new Map(changes.map(({ key, sequences }) => [key, sequences])),
  };
}
