/**
 * The HTTP server over an open country: every part mounted at its site, and the work that goes on in the background
 * (sealing ledgers, publishing CRLs). Nothing is decided here.
 */
import { authenticator, SiteNonces, sessionRoutes, sessionStatuses } from '@ishizue/access';
import {
  createHttpServer,
  createLog,
  type HttpServer,
  type Log,
  RateLimit,
  sessionCookie,
} from '@ishizue/http';
import { linkStates } from '@ishizue/link';
import { municipalityRoutes, municipalityStatuses } from '@ishizue/municipalities';
import {
  municipalRoutes,
  municipalSite,
  municipalStatuses,
  NATIONAL_SITE,
  tierRoutes,
  tierStatuses,
} from '@ishizue/registry';
import type { Country } from './country.ts';
import { Repeating } from './repeating.ts';
import { ledgerRoutes, ledgerStatuses } from './routes/ledger-routes.ts';
import { linkRoutes, linkStatuses } from './routes/link-routes.ts';
import { registerRoutes, registerStatuses } from './routes/register-routes.ts';
import { siteKeysById } from './site-keys.ts';

export interface ServedCountry {
  readonly origin: string;
  /** Refuses new requests, ends those in flight and the background work. The country stays open. */
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly version: string;
  /** Where log lines go; standard output where absent. */
  readonly logTo?: { readonly write: (line: string) => void };
  /** Mounts what is served besides the systems' own routes (the pages). */
  readonly mountMore?: (server: HttpServer, origin: () => string) => void;
}

const SEAL_EVERY_MS = 1_000;

export async function serve(country: Country, options: ServeOptions): Promise<ServedCountry> {
  const log = createLog({ service: 'ishizue', ...(options.logTo && { destination: options.logTo }) });
  let origin = '';
  const server = createServer(country, options, log, () => origin);
  mountSystems(server, country);
  watchLinks(server, country);
  options.mountMore?.(server, () => origin);
  const background = [
    new Repeating(
      SEAL_EVERY_MS,
      () => country.sealLedgers(),
      (error) => log.error('sealing-failed', {}, error),
    ),
  ];
  const listening = await server.listen({ host: options.host, port: options.port });
  origin = listening.origin;
  return {
    origin,
    close: async () => {
      await server.close();
      await Promise.all(background.map((work) => work.stop()));
    },
  };
}

function createServer(country: Country, options: ServeOptions, log: Log, origin: () => string): HttpServer {
  const { clock, database, sessions, keys, sites } = country;
  const sql = database.pool('access');
  const cookie = sessionCookie({ secure: false });
  const keyById = siteKeysById(
    keys,
    sites.map(({ site }) => site),
  );
  const authenticate = authenticator({
    clock,
    sessions,
    cookie,
    sites: {
      nonces: new SiteNonces({ sql, clock }),
      authorities: () => (origin() === '' ? [] : [new URL(origin()).host]),
      findKey: (keyId) => keyById.get(keyId),
      refused: (code) => log.warn('site-refused', { code }),
    },
  });
  return createHttpServer({
    name: 'Ishizue',
    version: options.version,
    log,
    authenticate,
    cookieName: cookie.name,
    readiness: [
      { name: 'database', check: async () => void (await sql`SELECT 1`) },
      {
        name: 'signer',
        check: async () => {
          const answered = await country.signer.ping();
          if (!answered.ok) throw new Error(answered.failure.code);
        },
      },
    ],
  });
}

function mountSystems(server: HttpServer, country: Country): void {
  const { clock, operators, sessions, systems } = country;
  const rateLimit = new RateLimit({ clock, burst: 20, perMinute: 60 });
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
    const sessionsOfSite = sessionRoutes({ operators, sessions, rateLimit });
    server.mount({ prefix: `/${site}`, site, routes: sessionsOfSite, statuses: sessionStatuses });
  }
  for (const { site } of country.sites.filter(({ site }) => !site.startsWith('municipal/'))) {
    const routes = tierRoutes(systems.registry, site);
    server.mount({ prefix: `/${site}`, site, routes, statuses: tierStatuses });
  }
  for (const municipality of country.municipalities) {
    const site = municipalSite(municipality);
    const prefix = `/${site}` as const;
    const counter = municipalRoutes(systems.registry, municipality);
    server.mount({ prefix, site, routes: counter, statuses: municipalStatuses });
    const files = registerRoutes(country, municipality);
    server.mount({ prefix, site, routes: files, statuses: registerStatuses });
  }
}

/** The links' state for whoever scrapes /metrics. */
function watchLinks(server: HttpServer, country: Country): void {
  const sql = country.database.pool('link');
  server.metrics.gauge({
    name: 'ishizue_link_unacknowledged_messages',
    help: 'Messages sent and not acknowledged',
    label: 'link',
    read: async () => new Map((await linkStates(sql)).map((state) => [state.link, state.unacknowledged])),
  });
  server.metrics.gauge({
    name: 'ishizue_link_parked_messages',
    help: 'Messages under an open ticket',
    label: 'link',
    read: async () => new Map((await linkStates(sql)).map((state) => [state.link, state.parked])),
  });
}
