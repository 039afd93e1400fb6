/**
 * The gate in front of the tables: a reference is loaded whole or not at all. Every code must end in its check digit,
 * every name be readable, every parent exist. The first fault found is reported with its code.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Municipality, MunicipalityReference, PlaceNames, Validity, Ward } from './municipality.ts';
import { type MunicipalityCodeFailure, parseMunicipalityCode } from './municipality-code.ts';

/** Why a reference is not loaded. */
export type ReferenceFailure =
  | MunicipalityCodeFailure
  | 'reference-code-twice'
  | 'reference-name-malformed'
  | 'reference-parent-missing'
  | 'reference-kind-impossible'
  | 'reference-validity-impossible'
  | 'reference-successor-impossible';

type Fault = { readonly code: ReferenceFailure; readonly detail: string } | undefined;

const NAME = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ヶケ々ー]{2,12}$/u;
const KANA = /^[ァ-ヶー]{2,20}$/;
// a name, an optional suffix; a ward stands behind its city
const ROMAJI = /^[A-Z][a-z]+(-(to|fu|ken|shi|ku|cho|machi|son|mura))?(-[A-Z][a-z]+-ku)?$/;
const ENDING_BY_KIND = {
  'designated-city': '市',
  city: '市',
  'special-ward': '区',
  town: '町',
  village: '村',
} as const;

/** Checks a whole reference; the value is the reference itself. */
export function verifyReference(
  reference: MunicipalityReference,
): Result<MunicipalityReference, ReferenceFailure> {
  const fault =
    faultOfCodes(reference) ??
    firstFault(reference.prefectures, faultOfNames) ??
    firstFault(
      reference.municipalities,
      (place) => faultOfNames(place) ?? faultOfMunicipality(place, reference),
    ) ??
    faultOfWards(reference);
  return fault ? fail(fault.code, fault.detail) : ok(reference);
}

function firstFault<T>(places: readonly T[], check: (place: T) => Fault): Fault {
  for (const place of places) {
    const fault = check(place);
    if (fault) return fault;
  }
  return undefined;
}

function faultOfCodes(reference: MunicipalityReference): Fault {
  const seen = new Set<string>();
  const codes = [
    ...reference.prefectures.map((prefecture) => ({
      six: prefecture.fullCode,
      part: `${prefecture.code}000`,
    })),
    ...[...reference.municipalities, ...reference.wards].map((place) => ({
      six: place.code,
      part: place.fiveDigits,
    })),
  ];
  return firstFault(codes, ({ six, part }) => {
    const parsed = parseMunicipalityCode(six);
    if (!parsed.ok) return parsed.failure;
    if (parsed.value.fiveDigits !== part)
      return { code: 'municipality-code-malformed', detail: `${six} does not begin with ${part}` };
    if (seen.has(six))
      return { code: 'reference-code-twice', detail: `${six} stands twice in the reference` };
    seen.add(six);
    return undefined;
  });
}

function faultOfNames(place: PlaceNames): Fault {
  if (NAME.test(place.name) && KANA.test(place.kana) && ROMAJI.test(place.romaji)) return undefined;
  return { code: 'reference-name-malformed', detail: `${place.name} / ${place.kana} / ${place.romaji}` };
}

function faultOfMunicipality(place: Municipality, reference: MunicipalityReference): Fault {
  const { code, prefecture, kind, name } = place;
  const parent = reference.prefectures.find((candidate) => candidate.code === prefecture);
  if (!parent || !code.startsWith(prefecture))
    return { code: 'reference-parent-missing', detail: `${code} names prefecture ${prefecture}` };
  if (!name.endsWith(ENDING_BY_KIND[kind]))
    return { code: 'reference-kind-impossible', detail: `${code} ${name} is listed as ${kind}` };
  return faultOfValidity(code, place);
}

function faultOfValidity(code: string, { validFrom, validTo }: Validity): Fault {
  if (validFrom === undefined || validTo === undefined || validFrom <= validTo) return undefined;
  return { code: 'reference-validity-impossible', detail: `${code} ends on ${validTo}, before ${validFrom}` };
}

function faultOfWards(reference: MunicipalityReference): Fault {
  const cities = new Map(reference.municipalities.map((city) => [city.code, city]));
  const wards = new Map(reference.wards.map((ward) => [ward.code, ward]));
  return firstFault(reference.wards, (ward) => {
    const city = cities.get(ward.municipality);
    if (city?.kind !== 'designated-city' || !ward.code.startsWith(city.prefecture))
      return {
        code: 'reference-parent-missing',
        detail: `ward ${ward.code} names city ${ward.municipality}`,
      };
    return (
      faultOfNames(ward) ??
      faultOfValidity(ward.code, ward) ??
      firstFault(ward.successors, (successor) => faultOfSuccessor(ward, wards.get(successor)))
    );
  });
}

function faultOfSuccessor(ward: Ward, successor: Ward | undefined): Fault {
  const begins = successor?.validFrom;
  if (
    ward.validTo !== undefined &&
    begins !== undefined &&
    ward.validTo < begins &&
    successor?.municipality === ward.municipality
  )
    return undefined;
  return {
    code: 'reference-successor-impossible',
    detail: `ward ${ward.code} has a successor that does not begin after it in the same city`,
  };
}
