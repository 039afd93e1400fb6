/**
 * The two upper tiers do the same with a notice: they differ in the site, the tables, and whom they tell next. A tier is
 * that difference.
 */
import { municipalSite, NATIONAL_SITE, prefecturalSite, type RegistryContext } from '../registry-context.ts';
import type { Hearing } from './decide-identity-change.ts';

export interface Tier {
  readonly site: string;
  readonly personTable: string;
  readonly changeTable: string;
  /** The prefecture whose rows these are; null at the national site. */
  readonly prefecture: string | null;
  /** Links that are told of what was recorded. */
  readonly next: readonly string[];
  /** The site from which a notice of a municipality must come; undefined where the municipality is not of this tier. */
  readonly senderOf: (municipality: string) => string | undefined;
}

/** Whose registers a tier hears of. */
export const hearingOf = ({ prefecture }: Tier): Hearing => (prefecture === null ? 'nation' : 'prefecture');

export function prefecturalTier(context: RegistryContext, prefecture: string): Tier {
  const site = prefecturalSite(prefecture);
  return {
    site,
    personTable: 'registry.prefectural_person',
    changeTable: 'registry.prefectural_change',
    prefecture,
    next: [`${site}>${NATIONAL_SITE}:registry`],
    senderOf: (municipality) =>
      context.municipalities.findMunicipality(municipality)?.prefecture === prefecture
        ? municipalSite(municipality)
        : undefined,
  };
}

export function nationalTier(context: RegistryContext): Tier {
  return {
    site: NATIONAL_SITE,
    personTable: 'registry.national_person',
    changeTable: 'registry.national_change',
    prefecture: null,
    next: context.changeLinks,
    senderOf: (municipality) => {
      const place = context.municipalities.findMunicipality(municipality);
      return place && prefecturalSite(place.prefecture);
    },
  };
}
