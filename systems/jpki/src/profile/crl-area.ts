/**
 * The area by which CRLs are parted and to which a holder belongs: the municipality, in designated cities the ward
 * (`Yokohama-shi-Naka-ku`). Identity data hold the address as text, so the ward is read off its beginning.
 */
import type { IsoDate } from '@ishizue/clock';
import type { MunicipalityDirectory } from '@ishizue/municipalities';

/** A distribution point's names in romaji, unique together. */
export interface CrlArea {
  /** `Kanagawa-ken` */
  readonly prefecture: string;
  /** `Yokohama-shi-Naka-ku` */
  readonly area: string;
}

/** The area of a residence, and its code as common names hold it. */
export interface ResidenceArea extends CrlArea {
  /** `14104` */
  readonly fiveDigits: string;
}

/**
 * The area of an address in a municipality (six-digit code) on a date. Decided: where a designated city's address
 * names none of its wards, the area is the whole city.
 */
export function areaOfResidence(
  directory: MunicipalityDirectory,
  municipality: string,
  address: string,
  on: IsoDate,
): ResidenceArea {
  const city = directory.getMunicipality(municipality);
  const ward = directory
    .wardsOf(municipality, on)
    .find((candidate) => address.startsWith(directory.fullName(candidate.code)));
  const { romaji: area, fiveDigits } = ward ?? city;
  return { prefecture: directory.getPrefecture(city.prefecture).romaji, area, fiveDigits };
}
