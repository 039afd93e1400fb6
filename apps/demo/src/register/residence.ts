/**
 * Where invented people live and come from: real towns, invented lots and buildings. A town is numbered either by plots
 * (12番地3) or, where 住居表示 is in force, by blocks (4番5号); which one, its postal code decides, so that a town is the
 * same in every register.
 */
import type { Municipality, MunicipalityDirectory } from '@ishizue/municipalities';
import { type SeededRandom, WeightedChoice } from './seeded-random.ts';
import type { Town, TownsByMunicipality } from './towns.ts';

export interface Residence {
  readonly town: Town;
  readonly lot: string;
  /** Empty for a house. */
  readonly building: string;
}

const BUILDING_KINDS = [
  'コーポ',
  'メゾン',
  'ハイツ',
  'グリーンハイム',
  'サンライズ',
  'パークサイド',
  'レジデンス',
  '第二',
];
const BUILDING_NAMES = [
  'さくら',
  '若葉',
  'みどり',
  '富士見',
  '泉',
  'ひまわり',
  '松風',
  'あおぞら',
  '桂',
  '白樺',
  '欅',
  '花水木',
];
const BUILDING_ENDINGS = ['', '', '荘', '館'];
const PLOTS_MAX = 2_400;
const PLACES = 3_000;
const WEIGHTS = { 'designated-city': 40, 'special-ward': 14, city: 6, town: 1, village: 0.3 } as const;

/** Town, lot and building at random. A village that is one postal area has lots without a town. */
export function chooseResidence(random: SeededRandom, towns: readonly Town[], isAlone: boolean): Residence {
  const town = random.pick(towns);
  const building = random.chance(isAlone ? 0.55 : 0.25) ? chooseBuilding(random) : '';
  return { town, lot: chooseLot(random, town), building };
}

export function chooseLot(random: SeededRandom, town: Town): string {
  if (Number(town.postalCode) % 5 < 2) return `${random.between(1, 36)}番${random.between(1, 40)}号`;
  const plot = `${random.between(1, PLOTS_MAX)}番地`;
  return random.chance(0.6) ? plot + random.between(1, 24) : plot;
}

function chooseBuilding(random: SeededRandom): string {
  const name = random.pick(BUILDING_KINDS) + random.pick(BUILDING_NAMES) + random.pick(BUILDING_ENDINGS);
  return `${name}${random.between(1, 9)}0${random.between(1, 9)}号室`;
}

/** An address in one line from the prefecture down. */
export function writeAddress(
  directory: MunicipalityDirectory,
  municipality: string,
  residence: Residence,
): string {
  const { town, lot, building } = residence;
  const place = directory.fullName(town.wardCode === '' ? municipality : town.wardCode);
  return place + town.name + lot + (building === '' ? '' : `　${building}`);
}

/** Places (prefecture to town, without a lot) to come from or to have a family register in, half of them near. */
export function placesElsewhere(
  random: SeededRandom,
  directory: MunicipalityDirectory,
  towns: TownsByMunicipality,
  home: Municipality,
): readonly string[] {
  const isElsewhere = ({ code }: Municipality) => code !== home.code && (towns.get(code)?.length ?? 0) > 0;
  const everywhere = directory.municipalities.filter(isElsewhere);
  const near = everywhere.filter((place) => place.prefecture === home.prefecture);
  const choices = [everywhere, near.length > 0 ? near : everywhere].map(
    (places) => new WeightedChoice(places, (place) => WEIGHTS[place.kind]),
  );
  return Array.from({ length: PLACES }, () => {
    const { code } = random.pick(choices).pick(random);
    const town = random.pick(towns.get(code) ?? []);
    return directory.fullName(town.wardCode === '' ? code : town.wardCode) + town.name;
  });
}
