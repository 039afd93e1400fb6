/**
 * One simulated life of a small country's links, from a seed: three databases (towns, county, centre) on real
 * PostgreSQL, a network that loses, repeats and reorders, processes that die and start again, transactions that break,
 * messages that are poison. Afterwards the network heals, tickets are decided, and both ends of each link must agree.
 */
import { type Database, inTransaction, type Sql } from '@ishizue/db';
import {
  type Envelope,
  openLinks,
  openSite,
  openTickets,
  parseLinkName,
  sendAll,
  type Transport,
} from '@ishizue/link';
import { fail, mustSucceed, ok } from '@ishizue/outcome';
import { Chance } from './chance.ts';
import { heldWithoutTicket, violationsOf } from './check-ends.ts';
import { Network } from './network.ts';
import {
  answering,
  deleteBeforeAcknowledgement,
  type PlantedFault,
  receiveForgetfully,
  withoutPredecessors,
  withoutSecondSubjects,
} from './planted-faults.ts';
import { Side, type SideName } from './side.ts';
import { type Numbered, numberDrafts, SimulatedSystem } from './simulated-system.ts';
import { publicKeyOf, signing } from './site-keys.ts';
import { VirtualTime } from './virtual-time.ts';

const SITES = {
  towns: ['town/1', 'town/2', 'town/3'],
  county: ['county/1'],
  centre: ['centre'],
} as const;

const LINKS = [
  ...SITES.towns.map((town) => `${town}>county/1:simulated`),
  'county/1>centre:simulated',
  'centre>centre:simulated',
  ...SITES.towns.map((town) => `centre>${town}:simulated`),
];
/** Links on which the work begins; the others carry what handlers send on. */
const FIRST_LINKS = LINKS.filter((link) => link.startsWith('town/') || link.startsWith('centre>town/'));
const BUSY_LINKS = ['town/1>county/1:simulated', 'centre>town/2:simulated'];

const STORM_MS = 20_000;
const CALM_LIMIT_MS = 900_000;
const SENDS = 80; // transactions, where not told
const SUBJECTS = ['ann', 'bob', 'cat', 'dan', 'eve', 'fay'];

/** A side's database. */
export interface SimulatedDatabase {
  readonly openDatabase: () => Database;
  readonly discard: (database: Database) => void;
  readonly superuser: Sql;
}

export interface SimulationOptions {
  readonly seed: string;
  /** Transactions that send, over the same time. */
  readonly sends?: number;
  readonly databases: Readonly<Record<SideName, SimulatedDatabase>>;
  readonly planted?: PlantedFault;
}

/** What a simulation found. */
export interface SimulationReport {
  readonly violations: readonly string[];
  /** The same for the same seed. */
  readonly trace: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** Runs one simulation. */
export function simulate(options: SimulationOptions): Promise<SimulationReport> {
  return new Simulation(options).run();
}

async function waitingIn(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`SELECT count(*) FROM link.outbox`;
  return row?.count ?? 0;
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #chance: Chance;
  readonly #time = new VirtualTime();
  readonly #system: SimulatedSystem;
  readonly #network: Network;
  readonly #sides: readonly Side[];
  readonly #counts = {
    sent: 0,
    aborted: 0,
    kills: 0,
    skipped: 0,
    faults: 0,
    following: 0,
    retried: 0,
    dropped: 0,
  };
  readonly #violations: string[] = [];
  #isDrained = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#chance = new Chance(options.seed);
    this.#system = new SimulatedSystem(this.#chance);
    this.#system.swallowsPoison = options.planted === 'swallows-poison';
    this.#network = new Network({
      time: this.#time,
      chance: this.#chance,
      arrive: (toSite, envelope, name) => this.#arrive(toSite, envelope, name),
    });
    this.#sides = (Object.keys(SITES) as SideName[]).map(
      (name) =>
        new Side({
          name,
          ...options.databases[name],
          sites: SITES[name],
          signing,
          time: this.#time,
          chance: this.#chance,
          system: this.#system,
          beforeDelivery: (database, envelope) => this.#beforeDelivery(database, envelope),
        }),
    );
  }

  async run(): Promise<SimulationReport> {
    await this.#open();
    for (const side of this.#sides) side.start(this.#network);
    this.#planStorm();
    await this.#time.runUntil(STORM_MS, () => false);
    this.#network.weather = 0;
    if (await this.#drain()) await this.#decideTickets();
    for (const side of this.#sides) await side.kill();
    for (const link of LINKS) {
      const ends = {
        link,
        sender: this.#superuserOf(link, 'from'),
        receiver: this.#superuserOf(link, 'to'),
      };
      this.#violations.push(...(await violationsOf(ends, (message) => this.#system.isPoison(message))));
    }
    return {
      violations: this.#violations,
      trace: this.#time.trace(),
      counts: {
        ...this.#counts,
        ...this.#network.counts,
        troubles: this.#sides.reduce((sum, side) => sum + side.troubles, 0),
        virtual_s: Math.round(this.#time.now() / 1000),
      },
    };
  }

  /** Empties the databases and opens each link at both its ends. */
  async #open(): Promise<void> {
    for (const sql of this.#superusers()) {
      await sql`
        TRUNCATE link.site, link.site_key, link.link, link.counter, link.outbound, link.outbox, link.inbound, link.ahead, link.held,
                 link.ticket, simulated.sent, simulated.applied RESTART IDENTITY`;
      for (const site of Object.values(SITES).flat()) {
        const opened = await openSite(sql, { site, name: site, publicKey: publicKeyOf(site) });
        mustSucceed(opened, `opening ${site}`);
      }
      await openLinks(
        sql,
        LINKS.map((link) => mustSucceed(parseLinkName(link), link)),
      );
    }
  }

  #superusers(): readonly Sql[] {
    return Object.values(this.#options.databases).map(({ superuser }) => superuser);
  }

  #superuserOf(link: string, end: 'from' | 'to'): Sql {
    return this.#options.databases[this.#sideOf(link, end).name].superuser;
  }

  #sideOf(link: string, end: 'from' | 'to'): Side {
    const site = mustSucceed(parseLinkName(link), link)[end];
    const side = this.#sides.find(({ sites }) => sites.includes(site));
    if (!side) throw new Error(`nobody serves ${site}`);
    return side;
  }

  #planStorm(): void {
    const chance = this.#chance;
    for (let nth = 1; nth <= (this.#options.sends ?? SENDS); nth++)
      this.#time.plan(chance.at(`when send ${nth}`) * STORM_MS, `send ${nth}`, () => this.#send(nth));
    for (const side of this.#sides) {
      for (let nth = 1; nth <= 2; nth++) {
        const name = `${side.name} ${nth}`;
        this.#time.plan(chance.at(`when kill ${name}`) * STORM_MS, `kill ${name}`, () =>
          this.#kill(side, name),
        );
      }
      this.#time.plan(chance.at(`when double ${side.name}`) * STORM_MS, `double ${side.name}`, () => {
        side.startDispatcher(this.#network);
      });
    }
  }

  /** One transaction of a system that sends, which may not come to its commit. */
  async #send(nth: number): Promise<void> {
    const chance = this.#chance;
    // half of the work on two links: several of their envelopes are on their way at once
    const isBusy = chance.happens(`busy ${nth}`, 0.5);
    const first = chance.oneOf(`link ${nth}`, isBusy ? BUSY_LINKS : FIRST_LINKS);
    const side = this.#sideOf(first, 'from');
    const site = mustSucceed(parseLinkName(first), first).from;
    const drafts = Array.from({ length: chance.between(`how many ${nth}`, 1, 12) }, (_, index) => ({
      // towns send on one link, the centre on several at once
      link:
        first.startsWith('centre') && chance.happens(`other ${nth} ${index}`, 0.5)
          ? chance.oneOf(`link ${nth} ${index}`, LINKS.slice(-3))
          : first,
      ...this.#subjects(`${nth} ${index}`),
    }));
    const isAborted = chance.happens(`abort ${nth}`, 0.1);
    const isKilled = isAborted && chance.happens(`killed ${nth}`, 0.3);
    if (!side.process) {
      this.#counts.skipped += drafts.length;
      return;
    }
    const attempt = inTransaction(side.process.database.pool('simulated'), { site }, async (tx) => {
      await sendAll(tx, await numberDrafts(tx, drafts));
      if (isKilled) await tx`SELECT pg_terminate_backend(pg_backend_pid())`;
      if (isAborted) throw new Error('aborted');
    });
    await attempt.catch((error: unknown) => {
      if (!isAborted) throw error;
    });
    this.#counts[isAborted ? 'aborted' : 'sent'] += drafts.length;
    if (isKilled) await this.#kill(side, `sender ${nth}`);
    // a system of another process does not wake our dispatcher
    if (chance.happens(`wake ${nth}`, 0.7)) side.wake();
  }

  /** Whom a message concerns, and now and then a second one that it follows: somebody's key has changed. */
  #subjects(name: string): { readonly subject: string; readonly follows: string | null } {
    const chance = this.#chance;
    const subject = chance.oneOf(`subject ${name}`, SUBJECTS);
    const other = chance.oneOf(`follows ${name}`, SUBJECTS);
    const follows = other !== subject && chance.happens(`has followed ${name}`, 0.2) ? other : null;
    if (follows !== null) this.#counts.following++;
    return { subject, follows };
  }

  async #kill(side: Side, name: string): Promise<void> {
    if (!side.process) return;
    this.#counts.kills++;
    await side.kill();
    const rest = 100 + this.#chance.at(`down ${name}`) * 3000;
    this.#time.plan(rest, `start ${name}`, () => side.start(this.#network));
  }

  /** An envelope arrives; the transaction that takes it may break. */
  async #arrive(toSite: string, envelope: Envelope, name: string): ReturnType<Transport['deliver']> {
    const side = this.#sides.find(({ sites }) => sites.includes(toSite));
    const process = side?.process;
    if (!side || !process) return fail('transport-failed', 'nobody listens');
    const { weather } = this.#network;
    const draw = this.#chance.at(`fault ${name}`);
    this.#system.fault =
      draw < 0.03 * weather ? 'session-ends' : draw < 0.08 * weather ? 'serialization' : 'none';
    const { fault } = this.#system;
    if (fault !== 'none') this.#counts.faults++;
    const answer = await this.#receive(process.database, envelope, (changed) =>
      process.receivers.receive(changed),
    );
    // the process dies with its session, and its supervisor starts it again
    if (fault === 'session-ends') await this.#kill(side, name);
    this.#system.fault = 'none';
    return answer;
  }

  async #receive(
    database: Database,
    envelope: Envelope,
    receive: (envelope: Envelope) => ReturnType<Transport['deliver']>,
  ): ReturnType<Transport['deliver']> {
    const { planted } = this.#options;
    if (planted === 'forgets-duplicates')
      return receiveForgetfully(database.pool('link'), envelope, () => receive(envelope));
    if (planted !== 'names-no-predecessor' && planted !== 'forgets-second-subjects') return receive(envelope);
    const spoil = planted === 'names-no-predecessor' ? withoutPredecessors : withoutSecondSubjects;
    const answer = await receive(await spoil(signing, envelope));
    return answer.ok ? ok(await answering(signing, envelope, answer.value)) : answer;
  }

  async #beforeDelivery(database: Database, envelope: Envelope): Promise<Envelope> {
    if (this.#options.planted === 'deletes-before-acknowledgement')
      await deleteBeforeAcknowledgement(database.pool('link'), envelope);
    return envelope;
  }

  /** Lets time go by until all outboxes are empty. */
  async #drain(): Promise<boolean> {
    this.#isDrained = false;
    const look = async (): Promise<void> => {
      const waiting = await Promise.all(this.#superusers().map(waitingIn));
      this.#isDrained = waiting.every((count) => count === 0);
      if (!this.#isDrained) this.#time.plan(500, 'look', look);
    };
    this.#time.plan(500, 'look', look);
    const isDrained = await this.#time.runUntil(this.#time.now() + CALM_LIMIT_MS, () => this.#isDrained);
    if (!isDrained) this.#violations.push('the outboxes do not become empty');
    for (const sql of this.#superusers()) this.#violations.push(...(await heldWithoutTicket(sql)));
    return isDrained;
  }

  /** Cures and retries half of the poison and drops the other half, until no ticket is open. */
  async #decideTickets(): Promise<void> {
    for (let round = 0; round < 40; round++) {
      let decided = 0;
      for (const side of this.#sides)
        for (const ticket of await openTickets(this.#options.databases[side.name].superuser, 1000)) {
          const message = await this.#messageOf(ticket.link, ticket.seq);
          decided++;
          await this.#decide(side, ticket.id, message);
        }
      if (decided === 0) return;
      for (const side of this.#sides) side.wake();
      if (!(await this.#drain())) return;
    }
    this.#violations.push('tickets without end');
  }

  async #decide(side: Side, ticketId: number, message: Numbered): Promise<void> {
    const receivers = side.process?.receivers;
    if (!receivers) throw new Error(`${side.name} is down after the storm`);
    const isRetried = this.#chance.happens(`retry ${message.link} ${message.subject} ${message.n}`, 0.5);
    if (isRetried) this.#system.cure(message);
    const result = isRetried
      ? await receivers.retryTicket(ticketId)
      : await receivers.dropTicket(ticketId, 'poison');
    this.#counts[isRetried ? 'retried' : 'dropped']++;
    if (!result.ok) this.#violations.push(`a ticket’s decision failed: ${result.failure.code}`);
  }

  /** The message with the sequence number, as its sender noted it. */
  async #messageOf(link: string, seq: number): Promise<Numbered> {
    const sql = this.#superuserOf(link, 'from');
    const [row] = await sql<Numbered[]>`
      SELECT link, subject, n FROM simulated.sent WHERE link = ${link} ORDER BY place OFFSET ${seq - 1} LIMIT 1`;
    if (!row) throw new Error(`${link} has no message ${seq}`);
    return row;
  }
}
