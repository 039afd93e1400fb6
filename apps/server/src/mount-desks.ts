/** The officers' desks: sign-in and front page at every site, the counters at the national one. Flow: docs/flows/desk.md. */
import { deskProblems, deskRoutes } from '@ishizue/access';
import { handOverPages, shelfPages } from '@ishizue/cards';
import type { HttpServer, RateLimit, SessionCookie } from '@ishizue/http';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { Country } from './country.ts';
import { deskEntries } from './desk-entries.ts';

export interface DeskSignIn {
  readonly cookie: SessionCookie;
  /** The one of the sign-in for programs. */
  readonly signInLimit: RateLimit;
}

export async function mountDesks(
  server: HttpServer,
  country: Country,
  { cookie, signInLimit: rateLimit }: DeskSignIn,
): Promise<void> {
  const { clock, operators, sessions, systems } = country;
  for (const { site, name: siteName } of country.sites) {
    const entries = await deskEntries(country, site);
    const routes = deskRoutes({ siteName, clock, operators, sessions, cookie, rateLimit, entries });
    server.mount({ prefix: `/${site}`, site, routes, statuses: {}, pages: deskProblems(site) });
  }
  const routes = [...shelfPages(systems.cards), ...handOverPages(systems.cards)] as const;
  server.mount({ prefix: '', site: NATIONAL_SITE, routes, statuses: {}, pages: deskProblems(NATIONAL_SITE) });
}
