/**
 * A country opened: database, signer, keys, sites, links, and the systems at their sites. Everything that must be there
 * before it can serve is made or found here, each step so that a kill in between leaves a directory that opens again.
 * Wiring only: what happens inside a step is the systems' business.
 */
import { Challenges, Operators, Sessions } from '@ishizue/access';
import { type Clock, systemClock } from '@ishizue/clock';
import type { Database } from '@ishizue/db';
import { findHolder } from '@ishizue/jpki';
import { Pseudonyms, seal } from '@ishizue/ledger';
import { Dispatcher, inProcessTransport, openLinks, openSite, Receivers } from '@ishizue/link';
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
import { lockInstallation } from './installation-lock.ts';
import { startSignerProcess } from './signer-process.ts';
import { openSiteKeys, type SiteKeys } from './site-keys.ts';
import { linksOf, type SiteDescription, sitesOf } from './sites.ts';
import { openSystems, type Systems } from './systems.ts';

export interface CountryOptions {
  readonly configuration: Configuration;
  /** The municipalities of the country, by six-digit code. */
  readonly municipalities: readonly string[];
  readonly clock?: Clock;
  /** Told of each step, for people. */
  readonly progress?: (step: string) => void;
  /** Told what goes wrong in the background, without personal data. */
  readonly onTrouble?: (trouble: { readonly code: string; readonly detail: string }) => void;
}

/** A running country. */
export interface Country extends Ground {
  readonly isOwner: boolean;
  readonly sites: readonly SiteDescription[];
  readonly municipalities: readonly string[];
  readonly systems: Systems;
  readonly receivers: Receivers;
  readonly dispatcher: Dispatcher;
  readonly sessions: Sessions;
  readonly operators: Operators;
  /** The signer's process id where it is our child. */
  signerPid(): number | undefined;
  /** The resident code of whoever has the authentication certificate of a serial number, while it is good. */
  findHolder(certificateSerial: string): Promise<string | undefined>;
  /** Seals what is settled in every site's ledger, now. */
  sealLedgers(): Promise<void>;
  /** Waits until every message that was sent is applied, held or parked. */
  settle(timeoutMs: number): Promise<void>;
  /** Ends what we own and leaves what others own. */
  close(): Promise<void>;
}

export async function openCountry(options: CountryOptions): Promise<Country> {
  const { configuration, municipalities, clock = systemClock, progress = () => undefined } = options;
  const directory = openDataDirectory(configuration.dataDirectory);
  const lock = await lockInstallation(directory.lock);
  progress('Starting PostgreSQL and applying migrations');
  const opened = await openDatabase(directory, configuration.databaseUrl, lock.isOwner);
  const { database } = opened;
  progress('Loading municipalities and checking every check digit');
  const places = await openPlaces(database);
  progress('Starting the signer and opening keys');
  const signer = await startSignerProcess(directory.signer);
  const sites = sitesOf(places, municipalities);
  const keys = await openSiteKeys(
    signer.client,
    sites.map(({ site }) => site),
  );
  progress('Opening sites and links');
  await openSitesAndLinks(database, keys, sites, places, municipalities);

  let dispatcher: Dispatcher | undefined;
  const wake = (): void => dispatcher?.wake();
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
  progress('Opening the systems (the first time: the key ceremony)');
  const systems = await openSystems(ground, municipalities);
  const siteNames = sites.map(({ site }) => site);
  const shared = { sql: database.pool('link'), sites: siteNames, signing: keys.signing, clock };
  const receivers = new Receivers({ ...shared, onSent: wake });
  for (const { system, topics } of systems.receiving)
    receivers.register({ system, pool: database.pool(system), topics, scopeOf: (site) => ({ site }) });
  dispatcher = new Dispatcher({
    ...shared,
    transport: inProcessTransport(receivers),
    random: Math.random,
    onTrouble: options.onTrouble ?? (() => undefined),
  });
  dispatcher.start();
  const sessions = new Sessions({ sql: database.pool('access'), clock });
  const running = dispatcher;
  return {
    ...ground,
    isOwner: lock.isOwner,
    sites,
    municipalities,
    systems,
    receivers,
    dispatcher,
    sessions,
    operators: new Operators({ sql: database.pool('access'), clock, sessions }),
    signerPid: () => signer.pid(),
    findHolder: (serial) => findHolder(systems.jpki, serial),
    sealLedgers: () => sealLedgers(database, clock, keys),
    settle: async (timeoutMs) => {
      mustSucceed(await running.drain({ timeoutMs }), 'the links did not fall silent');
    },
    close: async () => {
      await running.stop();
      await signer.close();
      await opened.close();
      await lock.release();
    },
  };
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

/** Another process that seals does it for us: then there is nothing to do. */
async function sealLedgers(database: Database, clock: Clock, keys: SiteKeys): Promise<void> {
  const sealed = await seal(database.pool('ledger'), clock, keys.checkpoints);
  if (!sealed.ok && sealed.failure.code !== 'sealer-busy')
    throw new Error(`sealing: ${sealed.failure.code}: ${sealed.failure.detail}`);
}
