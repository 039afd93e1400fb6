/**
 * The beginning of an address as others write it: without the prefecture (清瀬市元町), or with the county (郡) that our
 * addresses leave out (東京都西多摩郡瑞穂町). Only what the directory proves is completed: a municipality's name that two
 * have (府中市) stays as it is, and so does a name in which 郡 is no county (郡山市, 小郡市).
 */
import type { MunicipalityDirectory } from '@ishizue/municipalities';
import { addressKey } from '@ishizue/text';

/** The key of an address that begins with the prefecture. */
export interface CompletedKey {
  readonly key: string;
  /** The prefecture was not written: it was found by the municipality's name. */
  readonly isPrefectureAdded: boolean;
}

const COUNTY = /^([^\d-]{1,5})郡(?=.)/;
const MUNICIPALITY_UNITS_MAX = 12;

/** The keys of the country's areas; made once for a directory. */
export class AreaNames {
  /** From the key of a prefecture's name to the keys of its municipalities' own names. */
  readonly #municipalities = new Map<string, ReadonlySet<string>>();
  /** From the key of a municipality's own name to the keys of the prefectures that have one of the name. */
  readonly #prefectures = new Map<string, string[]>();

  constructor(directory: MunicipalityDirectory) {
    for (const { code, name } of directory.prefectures) {
      const prefecture = addressKey(name);
      const keys = new Set(directory.municipalitiesOf(code).map((place) => addressKey(place.name)));
      this.#municipalities.set(prefecture, keys);
      for (const key of keys) {
        const known = this.#prefectures.get(key);
        if (known) known.push(prefecture);
        else this.#prefectures.set(key, [prefecture]);
      }
    }
  }

  /** The key with its prefecture and without a county, as far as the directory proves them. */
  complete(key: string): CompletedKey {
    for (const length of [3, 4]) {
      const prefecture = key.slice(0, length);
      const own = this.#municipalities.get(prefecture);
      if (!own) continue;
      return { key: prefecture + withoutCounty(key.slice(length), own), isPrefectureAdded: false };
    }
    const candidates = [key, key.replace(COUNTY, '')].map((rest) => this.#withPrefecture(rest));
    const found = candidates.find((candidate) => candidate !== undefined);
    return { key: found ?? key, isPrefectureAdded: found !== undefined };
  }

  /** The key after the one prefecture that has a municipality of the name that it begins with. */
  #withPrefecture(key: string): string | undefined {
    const found: string[] = [];
    for (let length = 2; length <= MUNICIPALITY_UNITS_MAX && length < key.length; length++)
      found.push(...(this.#prefectures.get(key.slice(0, length)) ?? []));
    const [only] = found;
    return only !== undefined && found.length === 1 ? only + key : undefined;
  }
}

/** What follows the prefecture, its county left out where a municipality of the prefecture follows and none precedes. */
function withoutCounty(rest: string, municipalities: ReadonlySet<string>): string {
  if (beginsWithOne(rest, municipalities)) return rest;
  const after = rest.replace(COUNTY, '');
  return after !== rest && beginsWithOne(after, municipalities) ? after : rest;
}

function beginsWithOne(text: string, names: ReadonlySet<string>): boolean {
  for (let length = 2; length <= MUNICIPALITY_UNITS_MAX; length++)
    if (names.has(text.slice(0, length))) return true;
  return false;
}

const byDirectory = new WeakMap<MunicipalityDirectory, AreaNames>();

/** The area names of a directory, made when first asked for. */
export function areaNamesOf(directory: MunicipalityDirectory): AreaNames {
  const known = byDirectory.get(directory);
  if (known) return known;
  const made = new AreaNames(directory);
  byDirectory.set(directory, made);
  return made;
}
