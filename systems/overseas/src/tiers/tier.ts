/** What differs between the two upper tiers of the overseas system: the site, the tables, whom they tell next. */
import { municipalSite, NATIONAL_SITE, prefecturalSite } from '@ishizue/registry';
import type { OverseasContext } from '../overseas-context.ts';
import { nationalLink } from '../overseas-links.ts';

export interface Tier {
  readonly site: string;
  readonly personTable: string;
  readonly changeTable: string;
  readonly tallyTable: string;
  /** The prefecture whose rows these are; null at the national site. */
  readonly prefecture: string | null;
  /** The link that is told of what was recorded, where there is one. */
  readonly next: string | undefined;
  readonly article: string;
  /** The site from which identity data of a municipality's entries come; undefined where it is not of this tier. */
  readonly senderOf: (municipality: string) => string | undefined;
}

export function prefecturalTier(context: OverseasContext, prefecture: string): Tier {
  return {
    site: prefecturalSite(prefecture),
    personTable: 'overseas.prefectural_person',
    changeTable: 'overseas.prefectural_change',
    tallyTable: 'overseas.prefectural_tally',
    prefecture,
    next: nationalLink(prefecture),
    article: '住民基本台帳法 第30条の41',
    senderOf: (municipality) =>
      context.municipalities.findMunicipality(municipality)?.prefecture === prefecture
        ? municipalSite(municipality)
        : undefined,
  };
}

export function nationalTier(context: OverseasContext): Tier {
  return {
    site: NATIONAL_SITE,
    personTable: 'overseas.national_person',
    changeTable: 'overseas.national_change',
    tallyTable: 'overseas.national_tally',
    prefecture: null,
    next: undefined,
    article: '住民基本台帳法 第30条の42',
    senderOf: (municipality) => {
      const place = context.municipalities.findMunicipality(municipality);
      return place && prefecturalSite(place.prefecture);
    },
  };
}

/** The tier of a prefectural or the national site. */
export const tierOf = (context: OverseasContext, site: string): Tier =>
  site === NATIONAL_SITE
    ? nationalTier(context)
    : prefecturalTier(context, site.slice('prefectural/'.length));
