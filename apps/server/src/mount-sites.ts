/** What every site serves: its ledger and sign-in, the tiers their comparison and disclosures, municipalities their counters. */
import { sessionRoutes, sessionStatuses } from '@ishizue/access';
import { cardLifeRoutes, cardLifeStatuses, formRoutes, formStatuses } from '@ishizue/cards';
import { counterPaperRoutes, counterPaperStatuses } from '@ishizue/certificates';
import type { HttpServer, RateLimit } from '@ishizue/http';
import { municipalityRoutes, municipalityStatuses } from '@ishizue/municipalities';
import { municipalNumberingRoutes, municipalNumberingStatuses } from '@ishizue/numbering';
import { entryRoutes, entryStatuses, overseasMoverRoutes, overseasMoverStatuses } from '@ishizue/overseas';
import {
  codeNoticeRoutes,
  codeNoticeStatuses,
  householdRoutes,
  householdStatuses,
  moveRoutes,
  moveStatuses,
  municipalRoutes,
  municipalSite,
  municipalStatuses,
  NATIONAL_SITE,
  supportRoutes,
  supportStatuses,
  tierRoutes,
  tierStatuses,
} from '@ishizue/registry';
import type { Country } from './country.ts';
import { mountDisclosures } from './disclosures.ts';
import { doorAddressOf } from './door-address.ts';
import { entryFileRoutes, entryFileStatuses } from './routes/entry-file-routes.ts';
import { ledgerRoutes, ledgerStatuses } from './routes/ledger-routes.ts';
import { linkRoutes, linkStatuses } from './routes/link-routes.ts';
import { registerRoutes, registerStatuses } from './routes/register-routes.ts';

/** @param signInLimit one for sign-in by programs and in browsers */
export function mountSites(server: HttpServer, country: Country, signInLimit: RateLimit): void {
  const { operators, sessions } = country;
  server.mount({
    prefix: '',
    site: NATIONAL_SITE,
    routes: municipalityRoutes(country.places),
    statuses: municipalityStatuses,
  });
  server.mount({
    prefix: '',
    site: NATIONAL_SITE,
    routes: linkRoutes(country.receivers),
    statuses: linkStatuses,
  });
  for (const { site } of country.sites) {
    const routes = ledgerRoutes(country, site);
    server.mount({ prefix: `/ledger/${site}`, site, routes, statuses: ledgerStatuses });
    const sessionsOfSite = sessionRoutes({ operators, sessions, rateLimit: signInLimit });
    server.mount({ prefix: `/${site}`, site, routes: sessionsOfSite, statuses: sessionStatuses });
  }
  mountTiers(server, country);
  mountDisclosures(server, country.systems.disclosures);
  for (const municipality of country.municipalities) mountMunicipality(server, country, municipality);
}

function mountTiers(server: HttpServer, { sites, systems }: Country): void {
  for (const { site } of sites) {
    if (site.startsWith('municipal/')) continue;
    const routes = tierRoutes(systems.registry, site);
    server.mount({ prefix: `/${site}`, site, routes, statuses: tierStatuses });
    const movers = overseasMoverRoutes(systems.overseas, site);
    server.mount({ prefix: `/${site}`, site, routes: movers, statuses: overseasMoverStatuses });
  }
}

function mountMunicipality(server: HttpServer, country: Country, municipality: string): void {
  const { systems } = country;
  const site = municipalSite(municipality);
  const prefix = `/${site}` as const;
  const counter = municipalRoutes(systems.registry, municipality);
  server.mount({ prefix, site, routes: counter, statuses: municipalStatuses });
  const notices = codeNoticeRoutes(systems.codeNotices, municipality);
  server.mount({ prefix, site, routes: notices, statuses: codeNoticeStatuses });
  const numbers = municipalNumberingRoutes(
    { ...systems.numbering, registry: systems.registry },
    municipality,
  );
  server.mount({ prefix, site, routes: numbers, statuses: municipalNumberingStatuses });
  const households = householdRoutes(systems.registry, municipality);
  server.mount({ prefix, site, routes: households, statuses: householdStatuses });
  const support = supportRoutes(systems.registry, municipality);
  server.mount({ prefix, site, routes: support, statuses: supportStatuses });
  const moves = moveRoutes(systems.moves, municipality);
  server.mount({ prefix, site, routes: moves, statuses: moveStatuses });
  const cards = cardLifeRoutes(systems.cardLife, municipality);
  server.mount({ prefix, site, routes: cards, statuses: cardLifeStatuses });
  const forms = formRoutes(systems.formLetters, doorAddressOf(country), municipality);
  server.mount({ prefix, site, routes: forms, statuses: formStatuses });
  const papers = counterPaperRoutes(systems.certificates, systems.moves, municipality);
  server.mount({ prefix, site, routes: papers, statuses: counterPaperStatuses });
  const files = registerRoutes(country, municipality);
  server.mount({ prefix, site, routes: files, statuses: registerStatuses });
  const entries = entryRoutes(systems.overseas, municipality);
  server.mount({ prefix, site, routes: entries, statuses: entryStatuses });
  const entryFiles = entryFileRoutes(country, municipality);
  server.mount({ prefix, site, routes: entryFiles, statuses: entryFileStatuses });
}
