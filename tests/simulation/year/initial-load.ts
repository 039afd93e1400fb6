/**
 * The registers as they are on the first day: files that the registry's own import loads, one after the other and without
 * waiting for what they cause. Every third brings codes that the national site gives next, so that some of them are in
 * the stores of others when it hears of them; one person in fifty has a namesake born the same day.
 */
import { mustSucceed } from '@ishizue/outcome';
import { importRegister, municipalSite, residentCodeOf } from '@ishizue/registry';
import { registerFile, scramble, testAccess } from '@ishizue/registry/testing';
import type { Chance } from '../chance.ts';
import type { YearCountry } from './country.ts';
import type { Installation } from './installation.ts';
import { HEAD, type Model, type RecordState } from './model.ts';
import { addressOf, dateOf, detailsOf, entryState } from './people.ts';

const LOAD_ACCESS = { ...testAccess, affair: 'simulated-load' };

export interface InitialLoad {
  readonly country: YearCountry;
  readonly chance: Chance;
  readonly model: Model;
  /** Persons in each municipality. */
  readonly residents: number;
  readonly installationOf: (site: string) => Installation;
}

/** Loads every municipality's register. */
export async function loadRegisters(load: InitialLoad, rest: () => Promise<void>): Promise<void> {
  const { municipalities } = load.country;
  const codes = await codesFor(municipalities.length * load.residents, load.residents);
  for (const [nth, municipality] of municipalities.entries())
    await loadRegister(load, municipality, codes.slice(nth * load.residents, (nth + 1) * load.residents));
  await rest();
}

/** Codes all different; every third register has some that the national site gives to others in its first allocations. */
async function codesFor(count: number, residents: number): Promise<readonly string[]> {
  const positions = Array.from({ length: count }, (_, nth) =>
    String(Math.floor(nth / residents) % 3 === 0 ? nth * 7 : 5_000_000_000 + nth).padStart(10, '0'),
  );
  return (await scramble(positions)).map(residentCodeOf);
}

async function loadRegister(
  load: InitialLoad,
  municipality: string,
  codes: readonly string[],
): Promise<void> {
  const { model, installationOf } = load;
  const { registry, database } = installationOf(municipalSite(municipality));
  if (!registry || !database) throw new Error('an installation is down on the first day');
  const rows = codes.map((residentCode) => {
    const state = stateOf(load, model.persons.length);
    model.enter(municipality, residentCode, state, 1);
    const person = model.addPerson(residentCode, municipality, 0);
    return rowOf(state, residentCode, person.id + 1);
  });
  const session = database.session('registry');
  try {
    const counts = await importRegister(registry, {
      municipality,
      text: textOf(registerFile(rows)),
      access: LOAD_ACCESS,
      session,
      reject: ({ row, code }) => Promise.reject(new Error(`row ${row} of ${municipality}: ${code}`)),
    });
    if (mustSucceed(counts, municipality).loaded !== rows.length) throw new Error('not every row was loaded');
  } finally {
    await session.end();
  }
}

async function* textOf(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text);
}

function stateOf({ chance }: InitialLoad, nth: number): RecordState {
  // two persons that lie far apart have one name, birth date and sex
  const who = chance.happens(`namesake ${nth}`, 0.02)
    ? `person ${chance.between(`whose ${nth}`, 0, nth)}`
    : `person ${nth}`;
  const since = dateOf(chance, `since ${nth}`, 2005, 2025);
  return entryState(detailsOf(chance, who), addressOf(chance, `home ${nth}`), since, null);
}

function rowOf(state: RecordState, residentCode: string, number: number): Readonly<Record<string, string>> {
  return {
    resident_code: residentCode,
    resident_number: String(number),
    household_number: String(number),
    relationship: HEAD,
    name: state.name,
    name_kana: state.nameKana,
    birth_date: state.birthDate,
    sex: String(state.sex),
    nationality: state.nationality,
    residence_status: state.residenceStatus ?? '',
    postal_code: state.postalCode ?? '',
    town: state.town,
    lot: state.lot,
    building: state.building ?? '',
    domicile: state.domicile ?? '',
    family_register_head: state.familyRegisterHead ?? '',
    became_resident_on: state.becameResidentOn,
    address_fixed_on: state.addressFixedOn,
  };
}
