/** Local authentication of the municipalities: what each serves to its programs and officers, and its standing work. */
import { type HttpServer, type Log, RateLimit } from '@ishizue/http';
import {
  localAuthenticationWork,
  localOfficerRoutes,
  localOfficerStatuses,
  localProgramRoutes,
  localProgramStatuses,
} from '@ishizue/local-authentication';
import { municipalSite } from '@ishizue/registry';
import type { Country } from './country.ts';
import { Repeating } from './repeating.ts';

const REQUESTS_PER_MINUTE = 1_200; // of each program: ten people a second
const LISTS_EVERY_MS = 15 * 60_000; // as often as the centre publishes them

export function mountLocalAuthentication(
  server: HttpServer,
  { clock, systems, municipalities }: Country,
): void {
  const rateLimit = new RateLimit({ clock, burst: REQUESTS_PER_MINUTE, perMinute: REQUESTS_PER_MINUTE });
  for (const municipality of municipalities) {
    const site = municipalSite(municipality);
    const prefix = `/${site}` as const;
    const programs = localProgramRoutes(systems.localAuthentication, municipality, rateLimit);
    server.mount({ prefix, site, routes: programs, statuses: localProgramStatuses });
    const officers = localOfficerRoutes(systems.localAuthentication, municipality);
    server.mount({ prefix, site, routes: officers, statuses: localOfficerStatuses });
  }
}

/** One municipality that fails keeps no other one back. */
export const localAuthenticationWorkOf = ({ systems, municipalities }: Country, log: Log): Repeating =>
  new Repeating(
    LISTS_EVERY_MS,
    async () => {
      for (const municipality of municipalities)
        await localAuthenticationWork(systems.localAuthentication, municipality).catch((error: unknown) =>
          log.error('local-authentication-failed', { site: municipalSite(municipality) }, error),
        );
    },
    (error) => log.error('local-authentication-failed', {}, error),
  );
