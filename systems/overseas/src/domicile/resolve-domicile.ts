/**
 * Which municipality keeps the family register: from the domicile as registers write it, free text, to a six-digit code.
 * The text begins with the prefecture (a town or village may have its county 郡 between); only designated cities and
 * cities named as their prefecture may stand alone, as family registers have it. Exactly one municipality fits, or
 * none is answered: names of former municipalities, and towns that several prefectures have, are for a person to decide.
 */
import type { Municipality, MunicipalityDirectory, Prefecture } from '@ishizue/municipalities';
import { fail, ok, type Result } from '@ishizue/outcome';

export type DomicileFailure = 'domicile-unresolved' | 'domicile-ambiguous';

/** Characters of a county's name before 郡, at the most. */
const COUNTY_LENGTH_MAX = 5;

/** The municipality that a domicile begins with. */
export function resolveDomicile(
  directory: MunicipalityDirectory,
  domicile: string,
): Result<string, DomicileFailure> {
  const text = folded(domicile);
  const prefecture = directory.prefectures.find(({ name }) => text.startsWith(name));
  const fitting = prefecture
    ? inPrefecture(directory, prefecture, text.slice(prefecture.name.length))
    : standingAlone(directory, text);
  const [only, ...more] = fitting;
  if (!only) return fail('domicile-unresolved', 'the domicile begins with no municipality of today');
  if (more.length > 0) return fail('domicile-ambiguous', `${fitting.length} municipalities fit the domicile`);
  return ok(only.code);
}

/** Spaces and the size of ケ are written either way; nothing else is. */
const folded = (text: string): string => text.replace(/[\s　]+/g, '').replaceAll('ヶ', 'ケ');

function inPrefecture(
  directory: MunicipalityDirectory,
  prefecture: Prefecture,
  rest: string,
): readonly Municipality[] {
  return directory
    .municipalitiesOf(prefecture.code)
    .filter((place) => rest.startsWith(folded(place.name)) || isBehindCounty(place, rest));
}

/** Whether the text has a county and then this town or village: 西多摩郡瑞穂町. */
function isBehindCounty(place: Municipality, rest: string): boolean {
  if (place.kind !== 'town' && place.kind !== 'village') return false;
  const end = rest.indexOf(`郡${folded(place.name)}`);
  return end > 0 && end <= COUNTY_LENGTH_MAX;
}

function standingAlone(directory: MunicipalityDirectory, text: string): readonly Municipality[] {
  return directory.municipalities.filter((place) => {
    if (!text.startsWith(folded(place.name))) return false;
    const { name } = directory.getPrefecture(place.prefecture);
    return place.kind === 'designated-city' || place.name === `${name.slice(0, -1)}市`;
  });
}
