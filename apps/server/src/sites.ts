/**
 * Which sites a country of these municipalities has, and the links between them. A link leads to a system at a site;
 * links of a site to itself carry what one system tells another.
 */
import type { LinkName } from '@ishizue/link';
import type { MunicipalityDirectory } from '@ishizue/municipalities';
import { overseasLinks } from '@ishizue/overseas';
import { municipalSite, NATIONAL_SITE, prefecturalSite } from '@ishizue/registry';

export interface SiteDescription {
  readonly site: string;
  readonly name: string;
}

/** The sites: the national one, the prefectures of the municipalities, the municipalities. */
export function sitesOf(
  directory: MunicipalityDirectory,
  municipalities: readonly string[],
): readonly SiteDescription[] {
  const prefectures = prefecturesOf(directory, municipalities);
  return [
    { site: NATIONAL_SITE, name: '全国センター' },
    ...prefectures.map((code) => ({ site: prefecturalSite(code), name: directory.getPrefecture(code).name })),
    ...municipalities.map((code) => ({ site: municipalSite(code), name: directory.fullName(code) })),
  ];
}

function prefecturesOf(
  directory: MunicipalityDirectory,
  municipalities: readonly string[],
): readonly string[] {
  return [...new Set(municipalities.map((code) => directory.getMunicipality(code).prefecture))].sort();
}

/** Systems at the national site that are told of every change of identity data. */
export const CHANGE_SUBSCRIBERS = ['jpki', 'cards', 'numbering'] as const;

export function linksOf(
  directory: MunicipalityDirectory,
  municipalities: readonly string[],
): readonly LinkName[] {
  const national = NATIONAL_SITE;
  return [
    ...municipalities.flatMap((code) => {
      const site = municipalSite(code);
      const prefecture = prefecturalSite(directory.getMunicipality(code).prefecture);
      return [
        { from: site, to: prefecture, system: 'registry' },
        { from: site, to: national, system: 'registry' },
        { from: site, to: national, system: 'numbering' },
        { from: national, to: site, system: 'registry' },
        { from: national, to: site, system: 'numbering' },
        { from: prefecture, to: site, system: 'registry' },
        { from: national, to: site, system: 'certificates' },
        { from: site, to: national, system: 'certificates' },
      ];
    }),
    ...prefecturesOf(directory, municipalities).map((code) => ({
      from: prefecturalSite(code),
      to: national,
      system: 'registry',
    })),
    ...prefecturesOf(directory, municipalities).map((code) => ({
      from: national,
      to: prefecturalSite(code),
      system: 'registry',
    })),
    { from: national, to: national, system: 'registry' },
    ...overseasLinks(directory, municipalities),
    ...CHANGE_SUBSCRIBERS.map((system) => ({ from: national, to: national, system })),
  ];
}
