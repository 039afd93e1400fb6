/**
 * Disclosures of one's own data (住民基本台帳法 30-32) at the national site and the prefectures: a desk for each, its routes and
 * screens, and the deadlines that pass by the day. Flow: docs/flows/disclosure.md.
 */
import { deskProblems } from '@ishizue/access';
import type { HttpServer } from '@ishizue/http';
import {
  type DisclosureContext,
  DisclosureDesk,
  disclosurePages,
  disclosureRoutes,
  disclosureStatuses,
  NATIONAL_SITE,
  nationalTier,
  noDisclosureFee,
  prefecturalTier,
  type RegistryContext,
} from '@ishizue/registry';
import type { Ground } from './ground.ts';
import { sitesOf } from './sites.ts';

/** The desks by site. */
export type DisclosureDesks = ReadonlyMap<string, DisclosureDesk>;

export async function openDisclosures(
  { database, places }: Ground,
  registry: RegistryContext,
  typeface: DisclosureContext['typeface'],
  municipalities: readonly string[],
): Promise<DisclosureDesks> {
  const ledger = database.pool('ledger');
  const desks = new Map<string, DisclosureDesk>();
  for (const { site, name } of sitesOf(places, municipalities)) {
    if (site.startsWith('municipal/')) continue;
    const isNational = site === NATIONAL_SITE;
    const tier = isNational
      ? nationalTier(registry)
      : prefecturalTier(registry, site.slice('prefectural/'.length));
    const issuer = isNational ? name : `${name}知事`;
    const context = { registry, tier, ledger, typeface, issuer, fees: noDisclosureFee };
    desks.set(site, await DisclosureDesk.open(context));
  }
  return desks;
}

/** Mounts the routes below each site, and the screens below `/pages/disclosures` of it. */
export function mountDisclosures(server: HttpServer, desks: DisclosureDesks): void {
  for (const [site, desk] of desks) {
    const statuses = disclosureStatuses(desk);
    server.mount({ prefix: `/${site}`, site, routes: disclosureRoutes(desk), statuses });
    server.mount({
      prefix: '',
      site,
      routes: disclosurePages(desk, `/${site}`),
      statuses,
      pages: deskProblems(site),
    });
  }
}

/** What passes with the days, at every desk. */
export async function passDisclosureDeadlines(desks: DisclosureDesks): Promise<void> {
  for (const { cases } of desks.values()) await cases.passDeadlines();
}
