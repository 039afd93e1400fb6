/**
 * Where the year takes place: municipalities of three prefectures, in five installations (the towns of each prefecture
 * together, the prefectural servers together, the national site), and every link between their sites.
 */
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { municipalSite, NATIONAL_SITE, prefecturalSite } from '@ishizue/registry';

const PREFECTURES = ['11', '13', '14'];

/** One installation: a database and a process that serve some sites. */
export interface InstallationPlan {
  readonly name: string;
  readonly sites: readonly string[];
}

export interface YearCountry {
  readonly directory: MunicipalityDirectory;
  /** Six-digit codes. */
  readonly municipalities: readonly string[];
  /** Two-digit codes. */
  readonly prefectures: readonly string[];
  readonly installations: readonly InstallationPlan[];
  readonly links: readonly string[];
}

/** A country of so many municipalities, a third in each prefecture; cities without wards. */
export function planCountry(count: number): YearCountry {
  const directory = new MunicipalityDirectory(bundledReference());
  const municipalities = PREFECTURES.flatMap((prefecture, nth) =>
    directory
      .municipalitiesOf(prefecture)
      .filter(({ kind, validTo }) => kind !== 'designated-city' && validTo === undefined)
      .slice(0, Math.floor((count + nth) / PREFECTURES.length))
      .map(({ code }) => code),
  );
  const prefectureOf = (code: string): string => directory.getMunicipality(code).prefecture;
  return {
    directory,
    municipalities,
    prefectures: PREFECTURES,
    installations: [
      ...PREFECTURES.map((prefecture) => ({
        name: `towns-${prefecture}`,
        sites: municipalities.filter((code) => prefectureOf(code) === prefecture).map(municipalSite),
      })),
      { name: 'prefectures', sites: PREFECTURES.map(prefecturalSite) },
      { name: 'nation', sites: [NATIONAL_SITE] },
    ],
    links: [
      ...municipalities.flatMap((code) => {
        const [site, prefecture] = [municipalSite(code), prefecturalSite(prefectureOf(code))];
        return [
          `${site}>${prefecture}:registry`,
          `${prefecture}>${site}:registry`,
          `${site}>${NATIONAL_SITE}:registry`,
          `${NATIONAL_SITE}>${site}:registry`,
          numberingLink(code),
          `${NATIONAL_SITE}>${site}:numbering`,
        ];
      }),
      ...PREFECTURES.map(prefecturalSite).flatMap((site) => [
        `${site}>${NATIONAL_SITE}:registry`,
        `${NATIONAL_SITE}>${site}:registry`,
      ]),
      `${NATIONAL_SITE}>${NATIONAL_SITE}:registry`,
      CHANGES_FOR_NUMBERING,
    ],
  };
}

/** On which the national register tells numbering of its changes. */
export const CHANGES_FOR_NUMBERING = `${NATIONAL_SITE}>${NATIONAL_SITE}:numbering`;

/** The link on which a municipality asks for numbers. */
export const numberingLink = (municipality: string): string =>
  `${municipalSite(municipality)}>${NATIONAL_SITE}:numbering`;
