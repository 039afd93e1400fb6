/**
 * The links of the overseas system. Notices of art. 19 go from the municipality of residence to the national site, which
 * relays them to the one of domicile: three links a municipality and one more up its prefecture, where direct ones
 * would be n². A municipality tells itself over a link of its own.
 */
import type { LinkName } from '@ishizue/link';
import type { MunicipalityDirectory } from '@ishizue/municipalities';
import { municipalSite, NATIONAL_SITE, prefecturalSite } from '@ishizue/registry';

const SYSTEM = 'overseas';

/** The link on which a municipality's systems tell its own overseas system. */
export const ownLink = (municipality: string): string =>
  `${municipalSite(municipality)}>${municipalSite(municipality)}:${SYSTEM}`;

/** The links on which a municipality's registry tells its own overseas system of changed records. */
export const recordChangeLinksOf = (municipality: string): readonly string[] => [ownLink(municipality)];

/** The link on which a municipality of residence hands notices to the relay. */
export const relayLink = (residence: string): string =>
  `${municipalSite(residence)}>${NATIONAL_SITE}:${SYSTEM}`;

/** The link on which the relay hands notices to a municipality of domicile. */
export const domicileLink = (domicile: string): string =>
  `${NATIONAL_SITE}>${municipalSite(domicile)}:${SYSTEM}`;

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
    ...municipalities.flatMap((code) => {
      const site = municipalSite(code);
      return [
        { from: site, to: site, system: SYSTEM },
        { from: site, to: NATIONAL_SITE, system: SYSTEM },
        { from: NATIONAL_SITE, to: site, system: SYSTEM },
        { from: site, to: prefecturalSite(prefectureOf(code)), system: SYSTEM },
      ];
    }),
    ...[...new Set(municipalities.map(prefectureOf))].map((code) => ({
      from: prefecturalSite(code),
      to: NATIONAL_SITE,
      system: SYSTEM,
    })),
  ];
}
