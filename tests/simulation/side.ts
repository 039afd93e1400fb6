/**
 * One side of the simulation: a database of its own, the sites whose data are in it, and the process that serves them. The
 * process can die (its memory and its sessions go, what it has committed stays) and start again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@ishizue/clock';
import { Database, type DatabaseOptions, type Sql } from '@ishizue/db';
import { Dispatcher, type Envelope, Receivers, type Signing } from '@ishizue/link';
import type { Chance } from './chance.ts';
import type { Network } from './network.ts';
import type { SimulatedSystem } from './simulated-system.ts';
import type { Sleeper, VirtualTime } from './virtual-time.ts';

export type SideName = 'towns' | 'county' | 'centre';

export interface SideOptions {
  readonly name: SideName;
  /** Opens the side's database with pools of their own: each process has its own. */
  readonly openDatabase: () => Database;
  readonly superuser: Sql;
  readonly sites: readonly string[];
  readonly signing: Signing;
  readonly time: VirtualTime & Clock;
  readonly chance: Chance;
  readonly system: SimulatedSystem;
  /** Told of a dead process's pools, whose closing takes its time. */
  readonly discard: (database: Database) => void;
  readonly beforeDelivery: (database: Database, envelope: Envelope) => Promise<Envelope>;
}

/** What dies with a process. */
interface Process {
  readonly database: Database;
  readonly receivers: Receivers;
  readonly dispatchers: Dispatcher[];
  readonly sleepers: Sleeper[];
}

export class Side {
  readonly name: SideName;
  readonly sites: readonly string[];
  readonly #options: SideOptions;
  #process: Process | undefined;
  #starts = 0;
  /** What the dispatchers met. */
  troubles = 0;

  constructor(options: SideOptions) {
    this.#options = options;
    this.name = options.name;
    this.sites = options.sites;
  }

  /** The running process's receiving side and database; undefined while it is dead. */
  get process(): Pick<Process, 'database' | 'receivers'> | undefined {
    return this.#process;
  }

  /** Starts the process, unless it runs. */
  start(network: Network): void {
    if (this.#process) return;
    const { openDatabase, sites, signing, time, system } = this.#options;
    const database = openDatabase();
    const onSent = (): void => this.wake();
    const receivers = new Receivers({ sql: database.pool('link'), sites, signing, clock: time, onSent });
    const topics = { usual: system.handler, rare: system.handler };
    receivers.register({ system: 'simulated', pool: database.pool('simulated'), topics });
    this.#process = { database, receivers, dispatchers: [], sleepers: [] };
    this.startDispatcher(network);
  }

  /** Starts a dispatcher; a second one competes for the same links, as another process of the installation would. */
  startDispatcher(network: Network): void {
    const running = this.#process;
    if (!running) return;
    const { sites, signing, time, chance, beforeDelivery } = this.#options;
    const { database } = running;
    const name = `${this.name}#${++this.#starts}`;
    const { sleeper, wait } = time.waitOf(name);
    let drawn = 0;
    const dispatcher = new Dispatcher({
      sql: database.pool('link'),
      sites,
      signing,
      transport: network.transportFor(sleeper, (envelope) => beforeDelivery(database, envelope)),
      clock: time,
      random: () => chance.at(`back-off ${name} ${++drawn}`),
      wait,
      pollMs: 700,
      onTrouble: () => this.troubles++,
    });
    running.dispatchers.push(dispatcher);
    running.sleepers.push(sleeper);
    dispatcher.start();
  }

  /** Wakes the dispatchers one after the other: who of two takes a link is the seed's to decide. */
  wake(): void {
    const { time, name } = this.#options;
    this.#process?.dispatchers.forEach((dispatcher, nth) => {
      time.plan(nth / 1000, `wake ${name}#${nth}`, () => dispatcher.wake());
    });
  }

  /** Kills the process: nothing of it ever runs again, and the database ends its sessions. */
  async kill(): Promise<void> {
    const dying = this.#process;
    if (!dying) return;
    for (const sleeper of dying.sleepers) sleeper.isDead = true;
    this.#process = undefined;
    // a session that still dies would hold locks for a while that is not the seed's to decide
    while ((await endSessions(this.#options.superuser)).count > 0) await sleep(5);
    this.#options.discard(dying.database);
  }
}

function endSessions(superuser: Sql) {
  return superuser`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename IN ('ishizue_link', 'ishizue_simulated')`;
}

/** Opens a test's database again and again, each time with pools of its own. */
export class ReopenedDatabase extends Database {
  readonly #original: Database;

  constructor(original: Database, options: Omit<DatabaseOptions, 'roleSecret'>) {
    super({ ...options, roleSecret: 'unused' });
    this.#original = original;
  }

  override passwordOf(role: string): string {
    return this.#original.passwordOf(role);
  }
}
