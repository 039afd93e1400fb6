/**
 * A country opened: database, signer, keys, sites, links, and the systems at their sites. Everything that must be there
 * before it can serve is made or found here, each step so that a kill in between leaves a directory that opens again.
 * Wiring only: what happens inside a step is the systems' business.
 */
import { Challenges, Operators, Sessions } from '@ishizue/access';
import { type Clock, systemClock } from '@ishizue/clock';
import type { Database } from '@ishizue/db';
import { findHolder } from '@ishizue/jpki';
import { type KeyContext, nodeTrust } from '@ishizue/key-server';
import { Pseudonyms, seal } from '@ishizue/ledger';
import {
  Dispatcher,
  inProcessTransport,
  openLinks,
  openSite,
  Receivers,
  type ReceiversOptions,
} from '@ishizue/link';
import {
  loadMunicipalities,
  type MunicipalityDirectory,
  readMunicipalityDirectory,
} from '@ishizue/municipalities';
import { mustSucceed } from '@ishizue/outcome';
import type { Configuration } from './configuration.ts';
import { openDataDirectory } from './data-directory.ts';
import { openDatabase } from './database-of.ts';
import type { Ground } from './ground.ts';
import { type InstallationLock, lockInstallation } from './installation-lock.ts';
import { openKeyServer } from './key-server.ts';
import { Seldom } from './seldom.ts';
import { startSignerProcess } from './signer-process.ts';
import { openSiteKeys, type SiteKeys } from './site-keys.ts';
import { linksOf, type SiteDescription, sitesOf } from './sites.ts';
import { StartRefused } from './start-refused.ts';
import { openSystems, type Systems } from './systems.ts';
import { unlessAborted } from './unless-aborted.ts';

/** What goes wrong in the background, without personal data. */
export interface Trouble {
  readonly code: string;
  readonly detail: string;
  readonly site?: string;
  readonly link?: string;
}

export interface CountryOptions {
  readonly configuration: Configuration;
  /** The municipalities of the country, by six-digit code. */
  readonly municipalities: readonly string[];
  readonly clock?: Clock;
  /** Refuses where another process has the installation open; else what runs is used beside it. */
  readonly mustOwn?: boolean;
  /** Told of each step, for people. */
  readonly progress?: (step: string) => void;
  readonly onTrouble?: (trouble: Trouble) => void;
  /** Ends the opening before its next step; what was opened is closed. */
  readonly signal?: AbortSignal;
}

/** A running country. */
export interface Country extends Ground {
  readonly isOwner: boolean;
  readonly sites: readonly SiteDescription[];
  readonly municipalities: readonly string[];
  readonly systems: Systems;
  readonly keyServer: KeyContext;
  readonly receivers: Receivers;
  readonly dispatcher: Dispatcher;
  readonly sessions: Sessions;
  readonly operators: Operators;
  /** The signer's process id where it is our child. */
  signerPid(): number | undefined;
  /** The resident code of whoever has the authentication certificate of a serial number, while it is good. */
  findHolder(certificateSerial: string): Promise<string | undefined>;
  /** Seals what is settled in every site's ledger, now. A site whose checkpoint is refused is told as a trouble. */
  sealLedgers(): Promise<void>;
  /** Waits until every message that was sent is applied, held or parked. */
  settle(timeoutMs: number): Promise<void>;
  /** Ends what we own and leaves what others own. */
  close(): Promise<void>;
}

const TOLD_EVERY_MS = 60_000;

/**
 * Opens the country. What fails closes what was opened until then, in reverse order.
 * @throws {StartRefused} where an operator can mend it
 */
export async function openCountry(options: CountryOptions): Promise<Country> {
  const { signal, municipalities, onTrouble = () => undefined } = options;
  await using opening = new AsyncDisposableStack();
  let dispatcher: Dispatcher | undefined;
  const opened = await openGround(options, opening, () => dispatcher?.wake());
  const { ground, siteNames } = opened;
  const { database, clock, keys } = ground;
  begin(options, 'Opening the systems (the first time: the key ceremony)');
  const systems = await unlessAborted(signal, openSystems(ground, municipalities));
  const keyServer = await unlessAborted(signal, openKeyServer(ground, siteNames));
  const trusts = nodeTrust(keyServer);
  const shared = { sql: database.pool('link'), sites: siteNames, signing: keys.signing, clock, trusts };
  const receivers = openReceivers(shared, ground, systems);
  const transport = inProcessTransport(receivers);
  const running = new Dispatcher({ ...shared, transport, random: Math.random, onTrouble });
  dispatcher = running;
  running.start();
  opening.defer(() => running.stop());
  const sessions = new Sessions({ sql: database.pool('access'), clock });
  const seldom = new Seldom(clock, TOLD_EVERY_MS);
  const closing = opening.move();
  return {
    ...ground,
    isOwner: opened.isOwner,
    sites: opened.sites,
    municipalities,
    systems,
    keyServer,
    receivers,
    dispatcher: running,
    sessions,
    operators: new Operators({ sql: database.pool('access'), clock, sessions }),
    signerPid: opened.signerPid,
    findHolder: (serial) => findHolder(systems.jpki, serial),
    sealLedgers: () => sealLedgers(ground, seldom, onTrouble),
    settle: async (timeoutMs) => {
      mustSucceed(await running.drain({ timeoutMs }), 'the links did not fall silent');
    },
    close: () => closing.disposeAsync(),
  };
}

function begin({ signal, progress }: CountryOptions, step: string): void {
  signal?.throwIfAborted();
  progress?.(step);
}

interface OpenedGround {
  readonly ground: Ground;
  readonly isOwner: boolean;
  readonly sites: readonly SiteDescription[];
  readonly siteNames: readonly string[];
  readonly signerPid: () => number | undefined;
}

async function openGround(
  options: CountryOptions,
  opening: AsyncDisposableStack,
  wake: () => void,
): Promise<OpenedGround> {
  const { configuration, municipalities, signal, clock = systemClock } = options;
  const directory = openDataDirectory(configuration.dataDirectory);
  const lock = await takeLock(directory.lock, options.mustOwn ?? false);
  opening.defer(() => lock.release());
  const { isOwner } = lock;
  begin(options, 'Starting PostgreSQL and applying migrations');
  const order = { directory, place: configuration.database, isOwner, signal };
  const database = await openDatabase(order, opening);
  begin(options, 'Loading municipalities and checking every check digit');
  const places = await unlessAborted(signal, openPlaces(database));
  begin(options, 'Starting the signer and opening keys');
  const signer = await startSignerProcess(directory.signer, configuration.keyTypes);
  opening.defer(() => signer.close());
  const sites = sitesOf(places, municipalities);
  const siteNames = sites.map(({ site }) => site);
  const keys = await unlessAborted(signal, openSiteKeys(signer.client, siteNames));
  begin(options, 'Opening sites and links');
  await unlessAborted(signal, openSitesAndLinks(database, keys, sites, places, municipalities));
  const ground: Ground = {
    directory,
    database,
    keys,
    clock,
    places,
    configuration,
    wake,
    signer: signer.client,
    pseudonyms: new Pseudonyms(keys.pseudonymKeyOf),
    challenges: new Challenges({ sql: database.pool('access'), clock }),
  };
  return { ground, isOwner, sites, siteNames, signerPid: () => signer.pid() };
}

async function takeLock(socketPath: string, mustOwn: boolean): Promise<InstallationLock> {
  const lock = await lockInstallation(socketPath);
  if (mustOwn && !lock.isOwner)
    throw new StartRefused('already-running', 'another process has this data directory open');
  return lock;
}

async function openPlaces(database: Database): Promise<MunicipalityDirectory> {
  const sql = database.pool('municipalities');
  mustSucceed(await loadMunicipalities(sql), 'the reference data');
  return readMunicipalityDirectory(sql);
}

async function openSitesAndLinks(
  database: Database,
  keys: SiteKeys,
  sites: readonly SiteDescription[],
  places: MunicipalityDirectory,
  municipalities: readonly string[],
): Promise<void> {
  const sql = database.pool('link');
  for (const { site, name } of sites)
    mustSucceed(await openSite(sql, { site, name, publicKey: keys.linkKeyOf(site) }), `the site ${site}`);
  await openLinks(sql, linksOf(places, municipalities));
}

function openReceivers(
  shared: Pick<ReceiversOptions, 'sql' | 'sites' | 'signing' | 'clock' | 'trusts'>,
  { database, wake }: Ground,
  systems: Systems,
): Receivers {
  const receivers = new Receivers({ ...shared, onSent: wake });
  for (const { system, topics } of systems.receiving)
    receivers.register({ system, pool: database.pool(system), topics });
  return receivers;
}

/** Another process that seals does it for us: then there is nothing to do. What stops a ledger is told once a minute. */
async function sealLedgers(
  { database, clock, keys }: Ground,
  seldom: Seldom,
  onTrouble: (trouble: Trouble) => void,
): Promise<void> {
  const sealed = await seal(database.pool('ledger'), clock, keys.checkpoints);
  if (!sealed.ok) {
    const { code } = sealed.failure;
    if (code !== 'sealer-busy') seldom.tell(code, () => onTrouble(sealed.failure));
    return;
  }
  for (const { site, size, failure } of sealed.value.refused) {
    const detail = `the signer refused the checkpoint of size ${size}: ${failure.code}`;
    seldom.tell(site, () => onTrouble({ code: 'checkpoint-refused', site, detail }));
  }
}
