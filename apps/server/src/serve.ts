/**
 * The HTTP server over an open country: every part mounted at its site, and the work that goes on in the background
 * (sealing ledgers, publishing CRLs). Nothing is decided here.
 */

import { authenticator, SiteNonces, sessionRoutes, sessionStatuses } from '@ishizue/access';
import { noticeVoidCards } from '@ishizue/card-applications';
import {
  cardDeskRoutes,
  cardDeskStatuses,
  cardLifeRoutes,
  cardLifeStatuses,
  cardRoutes,
  cardStatuses,
  doorRoutes,
  doorStatuses,
  formRoutes,
  formStatuses,
  handOverRoutes,
  handOverStatuses,
  lapseCards,
  photoStatuses,
  pinResetRoutes,
  pinResetStatuses,
  renewalRoutes,
  renewalStatuses,
  revokeDueCertificates,
  shipmentRoutes,
  shipmentStatuses,
} from '@ishizue/cards';
import {
  certificateRoutes,
  certificateStatuses,
  counterPaperRoutes,
  counterPaperStatuses,
  expireRequests,
} from '@ishizue/certificates';
import {
  createHttpServer,
  createLog,
  type HttpServer,
  type Listening,
  type Log,
  RateLimit,
  sessionCookie,
} from '@ishizue/http';
import {
  createOcspResponder,
  ensureResponders,
  findVerifierKey,
  giveUpRenewals,
  jpkiRoutes,
  OCSP_PATH,
  phoneRoutes,
  phoneStatuses,
  publishDueCrls,
  verifierRoutes,
  verifierServiceRoutes,
  verifierServiceStatuses,
  verifierStatuses,
} from '@ishizue/jpki';
import { keyRoutes, keyStatuses, publicKeyRoutes, publishLists } from '@ishizue/key-server';
import { findProgramKey } from '@ishizue/local-authentication';
import { municipalityRoutes, municipalityStatuses } from '@ishizue/municipalities';
import {
  municipalNumberingRoutes,
  municipalNumberingStatuses,
  numberingRoutes,
  numberingStatuses,
  reviewWaiting,
} from '@ishizue/numbering';
import { mustSucceed } from '@ishizue/outcome';
import { entryRoutes, entryStatuses, overseasMoverRoutes, overseasMoverStatuses } from '@ishizue/overseas';
import { procedurePages, procedureRoutes, procedureStatuses } from '@ishizue/procedure';
import {
  type Access,
  carryOutPlannedMoves,
  codeNoticeRoutes,
  codeNoticeStatuses,
  findAgencyKey,
  householdRoutes,
  householdStatuses,
  movementRoutes,
  movementStatuses,
  moveRoutes,
  moveStatuses,
  municipalRoutes,
  municipalSite,
  municipalStatuses,
  NATIONAL_SITE,
  provisionRoutes,
  provisionStatuses,
  supportRoutes,
  supportStatuses,
  tierRoutes,
  tierStatuses,
  WAITING_TICKET_CODES,
} from '@ishizue/registry';
import type { Country } from './country.ts';
import { mountDisclosures, passDisclosureDeadlines } from './disclosures.ts';
import { doorAddressOf } from './door-address.ts';
import { destroyWhatIsOver } from './keeping.ts';
import { findNodeKey } from './key-server.ts';
import { helpDeskWork, mountHelpDesk } from './mount-help-desk.ts';
import { localAuthenticationWorkOf, mountLocalAuthentication } from './mount-local-authentication.ts';
import { mountProcedures } from './mount-procedures.ts';
import { mountSignIn, signInWork } from './mount-sign-in.ts';
import { mountNetworkMetrics } from './network-metrics.ts';
import { networkWork } from './network-watch.ts';
import { deliverProcedureNotices } from './procedure-notices.ts';
import { renewKeys } from './renew-keys.ts';
import { Repeating } from './repeating.ts';
import { entryFileRoutes, entryFileStatuses } from './routes/entry-file-routes.ts';
import { ledgerRoutes, ledgerStatuses } from './routes/ledger-routes.ts';
import { linkRoutes, linkStatuses } from './routes/link-routes.ts';
import { publicationRoutes } from './routes/publication-routes.ts';
import { registerRoutes, registerStatuses } from './routes/register-routes.ts';
import { residentRoutes, residentStatuses } from './routes/resident-routes.ts';
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
const PUBLISH_EVERY_MS = 15 * 60_000;
const RESPONDERS_EVERY_MS = 3_600_000; // their certificates live 90 days and are renewed 30 days before the end
const REVOKE_DUE_EVERY_MS = 1_000;
const LAPSE_EVERY_MS = 60_000; // what is over since midnight, 1,000 cards of each kind at a time
const OWNERS_TOLD_EVERY_MS = 60_000;
const GIVE_UP_EVERY_MS = 60_000;
const EXPIRE_EVERY_MS = 5_000;
const REVIEW_EVERY_MS = 30_000;
const DEADLINES_EVERY_MS = 600_000; // they pass by the day
const NOTICES_EVERY_MS = 10_000;
const RENEWAL_EVERY_MS = 3_600_000;
const DESTROY_EVERY_MS = 3_600_000; // days pass by the day; each run goes on until nothing is over
const RETRY_EVERY_MS = 30_000;
const NODE_LISTS_EVERY_MS = 3_600_000;
const MOVES_EVERY_MS = 60_000;
const VERIFIER_REQUESTS_PER_MINUTE = 6_000; // of each verifier; a request for links may name 500 certificates

export async function serve(country: Country, options: ServeOptions): Promise<ServedCountry> {
  const log = createLog({ service: 'ishizue', ...(options.logTo && { destination: options.logTo }) });
  let origin = '';
  const server = createServer(country, options, log, () => origin);
  mountSites(server, country);
  mountCentre(server, country);
  mountSignIn(server, country, log);
  mountLocalAuthentication(server, country);
  mountHelpDesk(server, country);
  await mountProcedures(server, country);
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

/** The centre's standing work: lists of revoked certificates, revocations that are due, kiosk requests that are over. */
function centreWork(country: Country, log: Log): readonly Repeating[] {
  const { numbering, jpki, cards, cardApplications, certificates, moves } = country.systems;
  const due: Access = {
    actorKind: 'system',
    actor: 'card-revocation',
    terminal: '',
    article: '公的個人認証法 第12条',
    affair: 'card-void',
    correlation: 'background',
  };
  const every = (ms: number, event: string, work: () => Promise<unknown>): Repeating =>
    new Repeating(
      ms,
      async () => void (await work()),
      (error) => log.error(event, {}, error),
    );
  let retried = 0; // the last ticket that was tried
  return [
    every(RESPONDERS_EVERY_MS, 'responders-failed', async () =>
      mustSucceed(await ensureResponders(jpki), 'the OCSP responders'),
    ),
    every(PUBLISH_EVERY_MS, 'publishing-failed', async () => {
      const { failures } = await publishDueCrls(jpki);
      const [first] = failures;
      if (first) log.warn('lists-not-published', { lists: failures.length, code: first.failure.code });
    }),
    every(REVOKE_DUE_EVERY_MS, 'revoking-failed', () => revokeDueCertificates(cards, due)),
    every(LAPSE_EVERY_MS, 'lapsing-failed', () =>
      lapseCards(cards, { ...due, actor: 'card-lapse', correlation: 'background' }),
    ),
    every(DEADLINES_EVERY_MS, 'deadlines-failed', () => country.systems.applicationDesk.passDeadlines()),
    every(OWNERS_TOLD_EVERY_MS, 'telling-owners-failed', () =>
      noticeVoidCards(cardApplications, {
        ...due,
        actor: 'card-application-sweep',
        article: '番号法 第18条',
        affair: 'card-application',
      }),
    ),
    every(GIVE_UP_EVERY_MS, 'giving-up-failed', () =>
      giveUpRenewals(jpki, { ...due, actor: 'renewal-sweep', affair: 'certificate-renewal' }),
    ),
    every(NODE_LISTS_EVERY_MS, 'node-lists-failed', () => publishLists(country.keyServer)),
    every(RENEWAL_EVERY_MS, 'key-renewal-failed', () => renewKeys(country.keyServer, log)),
    every(EXPIRE_EVERY_MS, 'expiring-failed', () => expireRequests(certificates)),
    every(DEADLINES_EVERY_MS, 'deadlines-failed', () => passDisclosureDeadlines(country.systems.disclosures)),
    every(DESTROY_EVERY_MS, 'destroying-failed', () => destroyWhatIsOver(country)),
    every(NOTICES_EVERY_MS, 'notices-failed', () => deliverProcedureNotices(country)),
    every(REVIEW_EVERY_MS, 'reviewing-failed', () => reviewWaiting(numbering)),
    every(RETRY_EVERY_MS, 'retrying-failed', async () => {
      retried = (await country.receivers.retryWaiting(WAITING_TICKET_CODES, retried)).last;
    }),
    every(MOVES_EVERY_MS, 'moves-failed', async () => {
      for (const municipality of country.municipalities)
        await carryOutPlannedMoves(moves, municipality, 'background');
    }),
  ];
}

function createServer(country: Country, options: ServeOptions, log: Log, origin: () => string): HttpServer {
  const { clock, database, sessions, keyServer, systems, configuration } = country;
  const sql = database.pool('access');
  const publicOrigin = new URL(configuration.publicOrigin);
  const cookie = sessionCookie({ secure: publicOrigin.protocol === 'https:' });
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

function mountSites(server: HttpServer, country: Country): void {
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
  for (const { site } of country.sites) {
    if (site.startsWith('municipal/')) continue;
    const routes = tierRoutes(systems.registry, site);
    server.mount({ prefix: `/${site}`, site, routes, statuses: tierStatuses });
    const movers = overseasMoverRoutes(systems.overseas, site);
    server.mount({ prefix: `/${site}`, site, routes: movers, statuses: overseasMoverStatuses });
  }
  mountDisclosures(server, systems.disclosures);
  for (const municipality of country.municipalities) {
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
}

/** Applications, the factory, parcels and counters. */
function mountCards(server: HttpServer, { systems }: Country, limit: (perMinute: number) => RateLimit): void {
  const site = NATIONAL_SITE;
  const prefix = `/${site}`;
  const { cards: context, workshop } = systems;
  const { typeface } = systems.certificates.press;
  const cards = cardRoutes({ context, workshop, stateRateLimit: limit(60) });
  server.mount({ prefix, site, routes: cards, statuses: cardStatuses });
  const shipment = shipmentRoutes({ context, workshop, typeface });
  server.mount({ prefix, site, routes: shipment, statuses: shipmentStatuses });
  server.mount({ prefix, site, routes: handOverRoutes(context), statuses: handOverStatuses });
  const desk = systems.applicationDesk;
  const statuses = { ...procedureStatuses(desk), ...photoStatuses };
  server.mount({ prefix, site, routes: procedureRoutes(desk, { path: '/card-applications' }), statuses });
  const pages = procedurePages(desk, { path: `${prefix}/pages/card-applications` });
  server.mount({ prefix: '', site, routes: pages, statuses });
  const door = { cards: context, applications: desk };
  const limits = { pages: limit(120), tries: limit(10) };
  server.mount({ prefix: '', site, routes: doorRoutes(door, limits), statuses: doorStatuses(door) });
}

/** What the national site offers to clerks, residents, relying parties and kiosks. */
function mountCentre(server: HttpServer, country: Country): void {
  const { clock, systems } = country;
  const site = NATIONAL_SITE;
  const limit = (perMinute: number): RateLimit => new RateLimit({ clock, burst: perMinute, perMinute });
  mountCards(server, country, limit);
  const cardDesk = cardDeskRoutes(systems.cardLife);
  server.mount({ prefix: `/${site}`, site, routes: cardDesk, statuses: cardDeskStatuses });
  const renewals = renewalRoutes({ cards: systems.cards, jpki: systems.jpki });
  server.mount({ prefix: `/${site}`, site, routes: renewals, statuses: renewalStatuses });
  const resets = pinResetRoutes({
    resets: systems.pinResets,
    challenges: country.challenges,
    rateLimit: limit(600),
  });
  server.mount({ prefix: `/${site}`, site, routes: resets, statuses: pinResetStatuses });
  const limits = { kioskLimit: limit(600), verificationLimit: limit(120) };
  const kiosk = certificateRoutes(systems.certificates, limits);
  server.mount({ prefix: '', site, routes: kiosk, statuses: certificateStatuses });
  server.mount({ prefix: '', site, routes: residentRoutes(country), statuses: residentStatuses });
  const numbers = numberingRoutes(systems.numbering);
  server.mount({ prefix: `/${site}`, site, routes: numbers, statuses: numberingStatuses });
  const provision = provisionRoutes(systems.registry);
  server.mount({ prefix: `/${site}`, site, routes: provision, statuses: provisionStatuses });
  const movement = movementRoutes(systems.registry);
  server.mount({ prefix: `/${site}`, site, routes: movement, statuses: movementStatuses });
  const keys = { site, statuses: keyStatuses };
  server.mount({ prefix: `/${site}`, ...keys, routes: keyRoutes(country.keyServer) });
  server.mount({ prefix: '', ...keys, routes: publicKeyRoutes(country.keyServer) });
  server.mount({ prefix: `/${site}`, site, routes: publicationRoutes(country), statuses: {} });
  server.mount(jpkiRoutes(systems.jpki));
  const verifiers = verifierRoutes(systems.jpki);
  server.mount({ prefix: `/${site}`, site, routes: verifiers, statuses: verifierStatuses });
  const services = verifierServiceRoutes(systems.jpki, {
    services: limit(VERIFIER_REQUESTS_PER_MINUTE),
    withdrawals: limit(120),
  });
  server.mount({ prefix: `/${site}`, site, routes: services, statuses: verifierServiceStatuses });
  const phones = phoneRoutes(systems.jpki, limit(120));
  server.mount({ prefix: `/${site}`, site, routes: phones, statuses: phoneStatuses });
  server.mountRaw({ prefix: OCSP_PATH, access: 'public', handler: createOcspResponder(systems.jpki) });
}
