/**
 * All municipalities in memory for hot paths: immutable, look-ups by code in constant time. Loaded once at start, from
 * the tables (`readMunicipalityDirectory`) or from the bundled reference. Wards depend on the date that is asked for.
 */
import type { IsoDate } from '@ishizue/clock';
import {
  isInForce,
  type Municipality,
  type MunicipalityReference,
  type Prefecture,
  type Ward,
} from './municipality.ts';

export class MunicipalityDirectory {
  readonly prefectures: readonly Prefecture[];
  readonly municipalities: readonly Municipality[];
  readonly #prefectures: ReadonlyMap<string, Prefecture>;
  readonly #municipalities: ReadonlyMap<string, Municipality>;
  readonly #byFiveDigits: ReadonlyMap<string, Municipality>;
  readonly #byPrefecture: ReadonlyMap<string, readonly Municipality[]>;
  readonly #wards: ReadonlyMap<string, Ward>;
  readonly #wardsByCity: ReadonlyMap<string, readonly Ward[]>;

  constructor(reference: MunicipalityReference) {
    this.prefectures = reference.prefectures;
    this.municipalities = reference.municipalities;
    this.#prefectures = new Map(reference.prefectures.map((prefecture) => [prefecture.code, prefecture]));
    this.#municipalities = new Map(reference.municipalities.map((place) => [place.code, place]));
    this.#byFiveDigits = new Map(reference.municipalities.map((place) => [place.fiveDigits, place]));
    this.#byPrefecture = Map.groupBy(reference.municipalities, (place) => place.prefecture);
    this.#wards = new Map(reference.wards.map((ward) => [ward.code, ward]));
    this.#wardsByCity = Map.groupBy(reference.wards, (ward) => ward.municipality);
  }

  /** By two-digit code. */
  findPrefecture(code: string): Prefecture | undefined {
    return this.#prefectures.get(code);
  }

  /** By two-digit code; throws where there is none. */
  getPrefecture(code: string): Prefecture {
    return present(this.findPrefecture(code), `prefecture ${code}`);
  }

  /** By six-digit code. A ward's code finds nothing: a ward is no municipality. */
  findMunicipality(code: string): Municipality | undefined {
    return this.#municipalities.get(code);
  }

  /** By six-digit code; throws where there is none. */
  getMunicipality(code: string): Municipality {
    return present(this.findMunicipality(code), `municipality ${code}`);
  }

  /** By the five digits that certificates and cards hold. */
  findByFiveDigits(fiveDigits: string): Municipality | undefined {
    return this.#byFiveDigits.get(fiveDigits);
  }

  /** The municipalities of a prefecture in the order of their codes. */
  municipalitiesOf(prefecture: string): readonly Municipality[] {
    return this.#byPrefecture.get(prefecture) ?? [];
  }

  /** A ward by six-digit code, whether or not it is still in force. */
  findWard(code: string): Ward | undefined {
    return this.#wards.get(code);
  }

  /** The wards of a designated city that are in force on a date; none for any other municipality. */
  wardsOf(municipality: string, on: IsoDate): readonly Ward[] {
    return (this.#wardsByCity.get(municipality) ?? []).filter((ward) => isInForce(ward, on));
  }

  /** The name from the prefecture down, as addresses begin: 神奈川県横浜市中区. Takes a municipality's or a ward's code. */
  fullName(code: string): string {
    const ward = this.#wards.get(code);
    const municipality = this.getMunicipality(ward?.municipality ?? code);
    return this.getPrefecture(municipality.prefecture).name + municipality.name + (ward?.name ?? '');
  }
}

function present<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`the directory has no ${what}`);
  return found;
}
