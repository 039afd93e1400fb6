/**
 * The words of this package: prefectures, municipalities and the wards of designated cities, as values. Codes are the
 * six-digit 全国地方公共団体コード (JIS X 0401 + JIS X 0402 + check digit); dates are Tokyo's calendar dates, both inclusive.
 */
import type { IsoDate } from '@ishizue/clock';

/** What a municipality is in law (地方自治法 1-3, 252-19, 281). */
export type MunicipalityKind = 'designated-city' | 'city' | 'special-ward' | 'town' | 'village';

/** Names as every certificate and address wants them: 清瀬市, キヨセシ, Kiyose-shi. */
export interface PlaceNames {
  readonly name: string;
  /** Full-width katakana, suffix included. */
  readonly kana: string;
  /** Romaji as the JPKI profile writes it; a ward's begins with its city: `Yokohama-shi-Naka-ku`. */
  readonly romaji: string;
}

/** The days on which something is in force; undefined where the reference data know no limit. */
export interface Validity {
  readonly validFrom: IsoDate | undefined;
  readonly validTo: IsoDate | undefined;
}

export interface Prefecture extends PlaceNames {
  /** Two digits, `13`. */
  readonly code: string;
  /** Six digits, `130001`. */
  readonly fullCode: string;
}

export interface Municipality extends PlaceNames, Validity {
  /** Six digits, `132217`. */
  readonly code: string;
  /** Without the check digit, as certificates and cards hold it: `13221`. */
  readonly fiveDigits: string;
  /** The two-digit code of its prefecture. */
  readonly prefecture: string;
  readonly kind: MunicipalityKind;
  /** One of the six villages of the Northern Territories: it has a code, and no office that could run a site. */
  readonly northernTerritory: boolean;
}

/** A ward of a designated city (行政区). Not a municipality, but it has a code and stands in addresses. */
export interface Ward extends PlaceNames, Validity {
  readonly code: string;
  readonly fiveDigits: string;
  /** The six-digit code of its city. */
  readonly municipality: string;
  /** Codes of the wards that took over its area when it ended. */
  readonly successors: readonly string[];
}

/** All reference data of one edition. */
export interface MunicipalityReference {
  readonly prefectures: readonly Prefecture[];
  readonly municipalities: readonly Municipality[];
  readonly wards: readonly Ward[];
}

/** Whether something is in force on a date. */
export function isInForce(validity: Validity, on: IsoDate): boolean {
  return (
    (validity.validFrom === undefined || validity.validFrom <= on) &&
    (validity.validTo === undefined || on <= validity.validTo)
  );
}
