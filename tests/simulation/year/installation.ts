/**
 * One installation of the simulated country: its database, and the process that serves its sites with the registry's and
 * numbering's own handlers. The process can die amid its work (its memory and its sessions go) and be opened anew.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Sql } from '@ishizue/db';
import { Pseudonyms } from '@ishizue/ledger';
import { Dispatcher, type Envelope, type Handler, Receivers, type Transport } from '@ishizue/link';
import { type NumberingContext, NumberVault, numberingTopics, reviewWaiting } from '@ishizue/numbering';
import { fail } from '@ishizue/outcome';
import {
  NATIONAL_SITE,
  numberStandings,
  type RegistryContext,
  registryTopics,
  WAITING_TICKET_CODES,
} from '@ishizue/registry';
import { scramble, testNumberCipher } from '@ishizue/registry/testing';
import type { Chance } from '../chance.ts';
import { signing } from '../site-keys.ts';
import type { Sleeper, VirtualTime } from '../virtual-time.ts';
import { DAY_MS, ProcessClock, ProcessDied } from './calendar.ts';
import { CHANGES_FOR_NUMBERING, type InstallationPlan, numberingLink, type YearCountry } from './country.ts';
import type { CountryNetwork } from './country-network.ts';
import type { Plant } from './planted-faults.ts';

/** An installation's database, from which each process opens pools of its own. */
export interface InstallationDatabase {
  readonly superuser: Sql;
  readonly open: () => Database;
  /** Told of a dead process's pools, whose closing takes its time. */
  readonly discard: (database: Database) => void;
}

export interface InstallationOptions extends InstallationPlan {
  readonly country: YearCountry;
  readonly database: InstallationDatabase;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly network: CountryNetwork;
  readonly plant: Plant;
}

/** A year of back-offs: what rests half a second to a minute in the house rests half a minute to an hour here. */
const STRETCH = 60;
const POLL_MS = DAY_MS / STRETCH;

export const pseudonyms = new Pseudonyms((site) =>
  createHash('sha256').update(`pseudonyms of ${site}`).digest(),
);

const vault = await NumberVault.open((label) =>
  Promise.resolve(createHash('sha256').update(`number keys ${label}`).digest()),
);

/** What goes wrong in the transaction of the next receipt. */
export type ReceiptFault = 'none' | 'session-ends' | 'serialization';

/** What dies with a process. */
interface Process {
  readonly database: Database;
  readonly registry: RegistryContext;
  readonly numbering: NumberingContext;
  readonly clock: ProcessClock;
  readonly receivers: Receivers;
  readonly dispatcher: Dispatcher;
  readonly sleeper: Sleeper;
}

export class Installation {
  readonly name: string;
  readonly sites: readonly string[];
  readonly superuser: Sql;
  readonly #options: InstallationOptions;
  #process: Process | undefined;
  #fault: ReceiptFault = 'none';
  #diesAfterCommit = false;
  #isWakePlanned = false;
  #starts = 0;
  kills = 0;

  constructor(options: InstallationOptions) {
    this.#options = options;
    this.name = options.name;
    this.sites = options.sites;
    this.superuser = options.database.superuser;
  }

  /** The running process's registry; undefined while the process is dead. */
  get registry(): RegistryContext | undefined {
    return this.#process?.registry;
  }

  /** The running process's database; undefined while the process is dead. */
  get database(): Database | undefined {
    return this.#process?.database;
  }

  /** Starts the process, unless it runs. */
  start(): void {
    if (this.#process) return;
    const { country, time, chance, network, sites } = this.#options;
    const database = this.#options.database.open();
    const clock = new ProcessClock(time);
    const registry = registryOf(country, database, clock, () => this.#wakeAfterCommit());
    const receivers = new Receivers({
      sql: database.pool('link'),
      sites,
      signing,
      clock,
      onSent: () => this.wake(),
    });
    const numbering = this.#numberingOf(database, registry);
    this.#register(receivers, database, registry, numbering);
    const name = `${this.name}#${++this.#starts}`;
    const { sleeper, wait } = time.waitOf(name);
    let drawn = 0;
    const dispatcher = new Dispatcher({
      sql: database.pool('link'),
      sites,
      signing,
      transport: network.transportFor(sleeper),
      clock: { now: () => time.now() / STRETCH },
      random: () => chance.at(`back-off ${name} ${++drawn}`),
      wait: (ms, signal) => wait(ms * STRETCH, signal),
      pollMs: POLL_MS,
      deliveriesMax: 500, // so that no order of links decides who may send
    });
    this.#process = { database, registry, numbering, clock, receivers, dispatcher, sleeper };
    dispatcher.start();
  }

  /** What the server does again and again: waiting requests for numbers are looked at, and notices that wait for others. */
  async tend(): Promise<void> {
    const process = this.#process;
    if (!process) return;
    const { receivers, numbering } = process;
    for (let last = 0; ; ) {
      last = (await receivers.retryWaiting(WAITING_TICKET_CODES, last)).last;
      if (last === 0) break;
    }
    if (this.sites.includes(NATIONAL_SITE)) await reviewWaiting({ ...numbering, wake: () => this.wake() });
  }

  #numberingOf(database: Database, registry: RegistryContext): NumberingContext {
    const sql = database.pool('numbering');
    const standings: NumberingContext['standings'] = (looks) => numberStandings(registry, looks);
    return {
      sql,
      clock: registry.clock,
      pseudonyms,
      permute: scramble,
      vault,
      numbers: testNumberCipher,
      standings,
    };
  }

  #register(
    receivers: Receivers,
    database: Database,
    registry: RegistryContext,
    numbering: NumberingContext,
  ): void {
    const topics = {
      registry: registryTopics(registry, scramble),
      numbering: numberingTopics(numbering),
    };
    for (const [system, handlers] of Object.entries(topics)) {
      const faulty = Object.entries(handlers).map(([topic, handler]) => [
        topic,
        this.#faulty(this.#options.plant(topic, handler)),
      ]);
      receivers.register({ system, pool: database.pool(system), topics: Object.fromEntries(faulty) });
    }
  }

  /** The handler, and then what is to go wrong in its transaction. */
  #faulty(handler: Handler): Handler {
    return async (tx, context, messages) => {
      const outcome = await handler(tx, context, messages);
      const fault = this.#fault;
      this.#fault = 'none';
      if (fault === 'session-ends') await tx`SELECT pg_terminate_backend(pg_backend_pid())`;
      if (fault === 'serialization')
        await tx.unsafe(`DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'serialization_failure'; END $$`);
      return outcome;
    };
  }

  /** Takes an envelope for one of its sites. A process whose session ends under it dies. */
  async receive(envelope: Envelope, fault: ReceiptFault): ReturnType<Transport['deliver']> {
    const process = this.#process;
    if (!process) return fail('transport-failed', 'nobody listens');
    this.#fault = fault;
    const answer = await process.receivers.receive(envelope);
    this.#fault = 'none';
    if (fault === 'session-ends') await this.kill();
    return answer;
  }

  /**
   * Lets the process die in an act of the counter: amid its transaction, or between the commit and the answer.
   * @returns what the act answered; undefined where the process died
   */
  async dyingIn<T>(
    where: 'amid' | 'after-commit',
    act: (registry: RegistryContext) => Promise<T>,
  ): Promise<void> {
    const process = this.#process;
    if (!process) return;
    if (where === 'amid') process.clock.breakAt(2);
    else this.#diesAfterCommit = true;
    try {
      await act(process.registry);
    } catch (error) {
      if (!(error instanceof ProcessDied)) throw error;
    } finally {
      process.clock.mend();
      this.#diesAfterCommit = false;
    }
    await this.kill();
  }

  #wakeAfterCommit(): void {
    if (this.#diesAfterCommit) throw new ProcessDied('after its commit');
    this.wake();
  }

  /** Wakes the dispatcher, once for all that asked since. */
  wake(): void {
    if (this.#isWakePlanned) return;
    this.#isWakePlanned = true;
    this.#options.time.plan(0, `wake ${this.name}`, () => {
      this.#isWakePlanned = false;
      this.#process?.dispatcher.wake();
    });
  }

  /** Kills the process: nothing of it ever runs again, and the database ends its sessions. */
  async kill(): Promise<void> {
    const dying = this.#process;
    if (!dying) return;
    this.kills++;
    dying.sleeper.isDead = true;
    this.#process = undefined;
    // a session that still dies would hold locks for a while that is not the seed's to decide
    while ((await endSessions(this.superuser)).count > 0) await sleep(5);
    this.#options.database.discard(dying.database);
  }
}

function registryOf(
  country: YearCountry,
  database: Database,
  clock: ProcessClock,
  wake: () => void,
): RegistryContext {
  return {
    sql: database.pool('registry'),
    clock,
    pseudonyms,
    municipalities: country.directory,
    numbers: testNumberCipher,
    newRecordLinks: (municipality) => [numberingLink(municipality)],
    recordChangeLinks: () => [],
    changeLinks: [CHANGES_FOR_NUMBERING],
    wake,
  };
}

function endSessions(superuser: Sql) {
  return superuser`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename IN ('ishizue_link', 'ishizue_registry', 'ishizue_numbering')`;
}
