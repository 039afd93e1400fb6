/**
 * The links of the overseas system: from each municipality to each (of residence to of domicile, itself among them),
 * and up the tiers. A country of n municipalities has n² of the first kind.
 */
import type { LinkName } from '@ishizue/link';
import type { MunicipalityDirectory } from '@ishizue/municipalities';
import { municipalSite, NATIONAL_SITE, prefecturalSite } from '@ishizue/registry';

const SYSTEM = 'overseas';

/** The link on which a municipality tells another one, or itself. */
export const municipalLink = (from: string, to: string): string =>
  `${municipalSite(from)}>${municipalSite(to)}:${SYSTEM}`;

/** The links on which a municipality's registry tells its own overseas system of changed records. */
export const recordChangeLinksOf = (municipality: string): readonly string[] => [
  municipalLink(municipality, municipality),
];

/** The link from a municipality to its prefecture. */
export function prefecturalLink(directory: MunicipalityDirectory, municipality: string): string {
  const { prefecture } = directory.getMunicipality(municipality);
  return `${municipalSite(municipality)}>${prefecturalSite(prefecture)}:${SYSTEM}`;
}

/** The link from a prefecture, by its two-digit code, to the national site. */
export const nationalLink = (prefecture: string): string =>
  `${prefecturalSite(prefecture)}>${NATIONAL_SITE}:${SYSTEM}`;

/** Every link that these municipalities, by six-digit codes, need. */
export function overseasLinks(
  directory: MunicipalityDirectory,
  municipalities: readonly string[],
): readonly LinkName[] {
  const prefectureOf = (code: string): string => directory.getMunicipality(code).prefecture;
  return [
    ...municipalities.flatMap((from) =>
      municipalities.map((to) => ({ from: municipalSite(from), to: municipalSite(to), system: SYSTEM })),
    ),
    ...municipalities.map((code) => ({
      from: municipalSite(code),
      to: prefecturalSite(prefectureOf(code)),
      system: SYSTEM,
    })),
    ...[...new Set(municipalities.map(prefectureOf))].map((code) => ({
      from: prefecturalSite(code),
      to: NATIONAL_SITE,
      system: SYSTEM,
    })),
  ];
}
