/**
 * The HTTP server over an open country: every part mounted at its site, and the work that goes on in the background
 * (sealing ledgers, publishing CRLs). Nothing is decided here.
 */
import { authenticator, SiteNonces } from '@ishizue/access';
import {
  createHttpServer,
  createLog,
  type HttpServer,
  type Listening,
  type Log,
  RateLimit,
  type SessionCookie,
  sessionCookie,
} from '@ishizue/http';
import { findVerifierKey } from '@ishizue/jpki';
import { findProgramKey } from '@ishizue/local-authentication';
import { findAgencyKey } from '@ishizue/registry';
import { centreWork } from './centre-work.ts';
import type { Country } from './country.ts';
import { findNodeKey } from './key-server.ts';
import { mountCentre } from './mount-centre.ts';
import { mountDesks } from './mount-desks.ts';
import { helpDeskWork, mountHelpDesk } from './mount-help-desk.ts';
import { localAuthenticationWorkOf, mountLocalAuthentication } from './mount-local-authentication.ts';
import { mountProcedures } from './mount-procedures.ts';
import { mountSignIn, signInWork } from './mount-sign-in.ts';
import { mountSites } from './mount-sites.ts';
import { mountNetworkMetrics } from './network-metrics.ts';
import { networkWork } from './network-watch.ts';
import { Repeating } from './repeating.ts';
import { StartRefused } from './start-refused.ts';

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
  const cookie = sessionCookie({ secure: new URL(country.configuration.publicOrigin).protocol === 'https:' });
  const server = createServer(country, options, log, cookie, () => origin);
  const signInLimit = new RateLimit({ clock: country.clock, burst: 20, perMinute: 60 });
  mountSites(server, country, signInLimit);
  mountCentre(server, country);
  mountSignIn(server, country, log);
  mountLocalAuthentication(server, country);
  mountHelpDesk(server, country);
  await mountProcedures(server, country);
  await mountDesks(server, country, { cookie, signInLimit });
  mountNetworkMetrics(server.metrics, country);
  options.mountMore?.(server, () => origin);
  const listening = await listen(server, options);
  origin = listening.origin;
  // only now: what does not listen has nothing in the background to end
  const background = [
    ...centreWork(country, log),
    ...networkWork(country, log),
    signInWork(country, log),
    localAuthenticationWorkOf(country, log),
    ...helpDeskWork(country, log),
    new Repeating(
      SEAL_EVERY_MS,
      () => country.sealLedgers(),
      (error) => log.error('sealing-failed', {}, error),
    ),
  ];
  return {
    origin,
    close: async () => {
      await server.close();
      await Promise.all(background.map((work) => work.stop()));
      await country.systems.jpki.counts.flush();
    },
  };
}

const UNAVAILABLE: ReadonlySet<string> = new Set(['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'ENOTFOUND']);

async function listen(server: HttpServer, { host, port }: ServeOptions): Promise<Listening> {
  try {
    return await server.listen({ host, port });
  } catch (cause) {
    await server.close();
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (!UNAVAILABLE.has(code)) throw cause;
    throw new StartRefused('address-unavailable', `${host} port ${port}: ${code}`, { cause });
  }
}

function createServer(
  country: Country,
  options: ServeOptions,
  log: Log,
  cookie: SessionCookie,
  origin: () => string,
): HttpServer {
  const { clock, database, sessions, keyServer, systems, configuration } = country;
  const sql = database.pool('access');
  const publicOrigin = new URL(configuration.publicOrigin);
  const authenticate = authenticator({
    clock,
    sessions,
    cookie,
    sites: {
      nonces: new SiteNonces({ sql, clock }),
      // sites sign for the name by which they reach us: through a proxy, or at the address where we listen
      authorities: () => [publicOrigin.host, ...(origin() === '' ? [] : [new URL(origin()).host])],
      findKey: async (keyId) =>
        (await findNodeKey(keyServer, keyId)) ??
        (await findAgencyKey(systems.registry, keyId)) ??
        (await findProgramKey(systems.localAuthentication, keyId)) ??
        findVerifierKey(systems.jpki, keyId),
      refused: (code) => log.warn('site-refused', { code }),
    },
  });
  return createHttpServer({
    name: 'Ishizue',
    version: options.version,
    log,
    authenticate,
    cookieName: cookie.name,
    trustedProxies: configuration.trustedProxies,
    readiness: [
      { name: 'database', check: async () => void (await sql`SELECT 1`) },
      {
        name: 'signer',
        check: async () => {
          const answered = await country.signer.ping();
          if (!answered.ok) throw new Error(answered.failure.code);
        },
      },
      {
        name: 'clock',
        check: async () => {
          if (systems.jpki.clockWatch.look()) throw new Error('clock-moved');
        },
      },
    ],
  });
}
