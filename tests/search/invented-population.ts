/**
 * A population for the proof of strict search, streamed: the demonstration's residents, of whom one in a hundred is
 * followed by a namesake of the same sex born the same day, placed where a wrong match would be easiest. One namesake in
 * five is not in the register at all: whoever asks for that one must not be given the other. A seed replays it.
 */
import type { Sql } from '@ishizue/db';
import { generateRegister } from '@ishizue/demo';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { residentCodeOf, type Sex } from '@ishizue/registry';
import { Chance } from '../simulation/chance.ts';

export interface InventedPerson {
  readonly residentCode: string;
  readonly municipality: string;
  readonly isRegistered: boolean;
  readonly hasNamesake: boolean;
  readonly name: string;
  readonly formerSurname: string;
  readonly alias: string;
  readonly birthDate: string;
  readonly sex: Sex;
  readonly home: Home;
}

/** An address in the parts that people write differently; `building` is empty for a house. */
export interface Home {
  readonly prefecture: string;
  readonly area: string;
  readonly town: string;
  readonly lot: string;
  readonly building: string;
}

export interface Population {
  readonly residents: number;
  readonly seed: string;
}

const MUNICIPALITIES = ['131121', '132217', '142042', '222054', '012025', '401331', '261009', '471003'];
const NAMESAKE_EVERY = 100;
const HOMES_KEPT = 500;
const CHOME = '一二三四五六七八九';
const STORED_AT_ONCE = 2_000;

const directory = new MunicipalityDirectory(bundledReference());
const known = MUNICIPALITIES.filter((code) => directory.findMunicipality(code) !== undefined);

/** The address as the register writes it. */
export const writeHome = ({ prefecture, area, town, lot, building }: Home): string =>
  `${prefecture}${area}${town}${lot}${building === '' ? '' : `　${building}`}`;

/** The people, always the same for the same options; `residents` counts those in the register. */
export async function* inventPopulation({ residents, seed }: Population): AsyncGenerator<InventedPerson> {
  const chance = new Chance(seed);
  const homes: Home[] = [];
  let registered = 0;
  let number = 0;
  for (const municipality of known) {
    const people = Math.ceil(residents / known.length);
    for await (const row of generateRegister({ municipality, people, seed, asOf: '2026-04-01' })) {
      if (registered >= residents) return;
      number++;
      const person: InventedPerson = {
        residentCode: codeOf(number),
        municipality,
        isRegistered: true,
        hasNamesake: number % NAMESAKE_EVERY === 0,
        name: row.name,
        formerSurname: row.former_surname,
        alias: row.alias,
        birthDate: row.birth_date,
        sex: sexOf(row.sex),
        home: homeOf(row, number, row.ward_code === '' ? municipality : row.ward_code),
      };
      registered++;
      yield person;
      if (person.hasNamesake && registered < residents) {
        number++;
        const namesake = namesakeOf(person, number, chance, homes);
        if (namesake.isRegistered) registered++;
        yield namesake;
      }
      homes[number % HOMES_KEPT] = person.home;
    }
  }
}

/** A code without an order, as the national site's are. */
const codeOf = (number: number): string =>
  residentCodeOf(String((BigInt(number) * 7_654_321_987n + 1_234_567n) % 10_000_000_000n).padStart(10, '0'));

function sexOf(text: string): Sex {
  if (text === '1') return 1;
  return text === '2' ? 2 : 3;
}

function homeOf(
  row: { readonly town: string; readonly lot: string; readonly building: string },
  number: number,
  area: string,
): Home {
  const full = directory.fullName(area);
  const place = directory.getMunicipality(directory.findWard(area)?.municipality ?? area);
  const prefecture = directory.getPrefecture(place.prefecture).name;
  const chome = number % 3 === 0 && !/[条線丁]/.test(row.town) ? `${CHOME[number % 9]}丁目` : '';
  return {
    prefecture,
    area: full.slice(prefecture.length),
    town: row.town + chome,
    lot: row.lot,
    building: row.building,
  };
}

/** Where a namesake lives, the likeliest first. */
const PLACES = [
  'elsewhere',
  'elsewhere',
  'elsewhere',
  'other room',
  'no building',
  'near lot',
  'same address',
] as const;

function namesakeOf(
  person: InventedPerson,
  number: number,
  chance: Chance,
  homes: readonly (Home | undefined)[],
): InventedPerson {
  const isRegistered = !chance.happens(`registered ${number}`, 0.2);
  const elsewhere = homes[Math.floor(chance.at(`home ${number}`) * homes.length)] ?? person.home;
  const place = chance.oneOf(`place ${number}`, PLACES);
  const home = { ...person.home };
  const near = { ...home, lot: home.lot.replace(/\d+/, (digits) => `${digits}1`) };
  const placed: Record<(typeof PLACES)[number], Home> = {
    elsewhere,
    'other room': {
      ...home,
      building: home.building === '' ? '若葉荘909号室' : `${home.building.slice(0, -5)}909号室`,
    },
    'no building': { ...home, building: '' },
    'near lot': near,
    'same address': home,
  };
  // who is not in the register and yet lives where the other does is told apart by nothing that a query carries
  const isTellable =
    isRegistered || place === 'near lot' || (place === 'elsewhere' && elsewhere.lot !== home.lot);
  return {
    ...person,
    residentCode: codeOf(number),
    isRegistered,
    hasNamesake: true,
    formerSurname: '',
    alias: '',
    home: isTellable ? placed[place] : near,
  };
}

/** Puts the registered people into the national site's table behind its back; their search keys are not made. */
export async function storePopulation(superuser: Sql, population: Population): Promise<number> {
  let stored = 0;
  let batch: object[] = [];
  const store = async (): Promise<void> => {
    await superuser`
      INSERT INTO registry.national_person (resident_code, municipality_code, status, name, former_surname, alias,
        birth_date, sex, address, entered_on, sequence, reason, event_date, applied_at)
      SELECT r.code, r.municipality, 'resident', r.name, nullif(r.former, ''), nullif(r.alias, ''), r.birth, r.sex,
        r.address, '2020-04-01', 1, 'initial-load', '2020-04-01', now()
      FROM jsonb_to_recordset(${superuser.json(batch as never)}) AS r(code text, municipality text, name text,
        former text, alias text, birth text, sex smallint, address text)`;
    stored += batch.length;
    batch = [];
  };
  for await (const person of inventPopulation(population)) {
    if (!person.isRegistered) continue;
    const {
      residentCode: code,
      municipality,
      name,
      formerSurname: former,
      alias,
      birthDate: birth,
      sex,
    } = person;
    batch.push({ code, municipality, name, former, alias, birth, sex, address: writeHome(person.home) });
    if (batch.length >= STORED_AT_ONCE) await store();
  }
  if (batch.length > 0) await store();
  await superuser`UPDATE registry.national_search_state SET version = 0`;
  await superuser`ANALYZE registry.national_person`;
  return stored;
}
