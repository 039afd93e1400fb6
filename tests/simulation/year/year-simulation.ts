/**
 * One year of a small country, from a seed: registers are loaded, things happen to people, links and processes fail; then
 * the weather clears, everything that was begun is finished, and what every site holds is compared with the model.
 * Flow: docs/flows/year-simulation.md.
 */
import type { Sql } from '@ishizue/db';
import { type Envelope, openLinks, openSite, parseLinkName, type Transport } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import { municipalSite, type SealedNumber } from '@ishizue/registry';
import { Chance } from '../chance.ts';
import { publicKeyOf } from '../site-keys.ts';
import { VirtualTime } from '../virtual-time.ts';
import { type BadDayCounts, planBadDay } from './bad-days.ts';
import { DAY_MS, dateAt, HOUR_MS } from './calendar.ts';
import { checkYear } from './check/check-year.ts';
import { ConflictDesk } from './conflict-desk.ts';
import { planCountry, type YearCountry } from './country.ts';
import { CountryNetwork } from './country-network.ts';
import { loadRegisters } from './initial-load.ts';
import { Installation, type InstallationDatabase, type ReceiptFault } from './installation.ts';
import { KINDS } from './kinds.ts';
import { Model } from './model.ts';
import { Office } from './office.ts';
import { noPlant, type Plant } from './planted-faults.ts';
import { TownLife } from './town-life.ts';

export interface YearOptions {
  readonly seed: string;
  readonly municipalities: number;
  readonly days: number;
  /** Persons in each municipality on the first day. */
  readonly residents: number;
  /** How many times more happens, and fails, than in an ordinary year. */
  readonly severity: number;
  /** A database by the installation's name. */
  readonly databaseOf: (installation: string) => InstallationDatabase;
  readonly plant?: Plant;
  /** Done behind the registry's back when the year is over, before anything is compared. */
  readonly tamper?: (superuserOf: (installation: string) => Sql) => Promise<void>;
  /** Told a line a month. */
  readonly say?: (line: string) => void;
}

export interface YearReport {
  /** What is wrong; empty after a sound year. */
  readonly findings: readonly string[];
  /** The same for the same seed. */
  readonly trace: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** Lives one year through. */
export function simulateYear(options: YearOptions): Promise<YearReport> {
  return new YearSimulation(options).run();
}

const CALM_DAYS_MAX = 130; // who went overseas on the last day comes back within these

class YearSimulation {
  readonly #options: YearOptions;
  readonly #country: YearCountry;
  readonly #time = new VirtualTime();
  readonly #chance: Chance;
  readonly #model = new Model();
  readonly #findings: string[] = [];
  readonly #network: CountryNetwork;
  readonly #installations: readonly Installation[];
  readonly #office: Office;
  readonly #life: TownLife;
  readonly #desk: ConflictDesk;
  readonly #bad: BadDayCounts = { 'sites cut off': 0, 'links cut off': 0, 'processes killed': 0 };
  #faults = 0;

  constructor(options: YearOptions) {
    this.#options = options;
    this.#chance = new Chance(options.seed);
    this.#country = planCountry(options.municipalities);
    const [time, chance, country, model] = [this.#time, this.#chance, this.#country, this.#model];
    this.#network = new CountryNetwork({
      time,
      chance,
      arrive: (site, envelope, name) => this.#arrive(site, envelope, name),
    });
    const network = this.#network;
    const plant = options.plant ?? noPlant;
    this.#installations = country.installations.map(
      (plan) =>
        new Installation({
          ...plan,
          country,
          time,
          chance,
          network,
          plant,
          database: options.databaseOf(plan.name),
        }),
    );
    const installationOf = (site: string): Installation => this.#installationOf(site);
    const report = (finding: string): void => void this.#findings.push(finding);
    this.#office = new Office({ time, chance, network, model, installationOf, report });
    this.#desk = new ConflictDesk({ network, installationOf });
    this.#life = new TownLife({
      country,
      time,
      chance,
      model,
      office: this.#office,
      numberAt: (municipality, code) =>
        numberAt(this.#installationOf(municipalSite(municipality)), municipality, code),
      watchConflict: (watch) => this.#desk.watch(watch),
    });
  }

  async run(): Promise<YearReport> {
    await this.#open();
    for (const installation of this.#installations) installation.start();
    const began = this.#time.now();
    const load = {
      country: this.#country,
      chance: this.#chance,
      model: this.#model,
      residents: this.#options.residents,
      installationOf: (site: string) => this.#installationOf(site),
    };
    await loadRegisters(load, () => this.#rest('the first load does not arrive'));
    this.#say(
      `${this.#model.persons.length} persons in ${this.#country.municipalities.length} municipalities loaded`,
    );
    this.#network.isCalm = false;
    const firstDay = Math.ceil((this.#time.now() - began) / DAY_MS) + 1;
    for (let day = firstDay; day < firstDay + this.#options.days; day++) await this.#liveDay(day);
    this.#network.isCalm = true;
    await this.#finish();
    await this.#options.tamper?.((name) => this.#options.databaseOf(name).superuser);
    for (const installation of this.#installations) installation.start();
    const checked = await checkYear({
      country: this.#country,
      model: this.#model,
      installations: this.#installations,
      looks: this.#desk.looks,
      rest: () => this.#rest('full comparison does not end'),
    });
    for (const installation of this.#installations) await installation.kill();
    return { findings: [...this.#findings, ...checked], trace: this.#time.trace(), counts: this.#counts() };
  }

  #counts(): Readonly<Record<string, number>> {
    const { municipalities } = this.#country;
    return {
      municipalities: municipalities.length,
      persons: this.#model.persons.length,
      ...this.#office.counts,
      ...Object.fromEntries(this.#office.byReason),
      'wrong codes settled': this.#desk.settled,
      ...this.#network.counts,
      ...this.#bad,
      'receipts broken': this.#faults,
      'deaths of processes': this.#installations.reduce((sum, { kills }) => sum + kills, 0),
    };
  }

  /** One day: what goes wrong, what happens to people, and the officers' look at conflicts. */
  async #liveDay(day: number): Promise<void> {
    const { severity } = this.#options;
    const [country, time, chance, network] = [this.#country, this.#time, this.#chance, this.#network];
    const installations = this.#installations;
    await time.runUntil(day * DAY_MS, () => false);
    planBadDay({ country, time, chance, network, installations, severity }, day, this.#bad);
    const residents = this.#country.municipalities.length * this.#options.residents;
    for (const kind of KINDS) {
      const expected = (kind.perThousandAYear * severity * residents) / 1000 / 365;
      const times = Math.floor(expected + this.#chance.at(`how often ${kind.name} ${day}`));
      for (let nth = 1; nth <= times; nth++) {
        const name = `${kind.name} ${day}.${nth}`;
        const moment = this.#chance.at(`moment ${name}`) * DAY_MS;
        this.#time.plan(moment, `begin ${name}`, () => kind.begin(this.#life, name));
      }
    }
    this.#time.plan(12 * HOUR_MS, `waiting ${day}`, () => this.#tend());
    this.#time.plan(17 * HOUR_MS, `conflicts ${day}`, () => this.#desk.look());
    const tomorrow = dateAt((day + 1) * DAY_MS);
    if (tomorrow.endsWith('-01')) this.#sayMonth(tomorrow);
  }

  #sayMonth(until: string): void {
    const { acts, refusals } = this.#office.counts;
    const { envelopes, lost, repeated } = this.#network.counts;
    const kills = this.#installations.reduce((sum, one) => sum + one.kills, 0);
    this.#say(
      `until ${until}: ${acts} acts, ${refusals} refused as they should; envelopes ${envelopes}, lost ${lost}, repeated ${repeated}; ` +
        `processes killed ${kills}, sites cut off ${this.#bad['sites cut off']}, links cut off ${this.#bad['links cut off']}`,
    );
  }

  /** Everything works again: what was begun is finished, day by day. */
  async #finish(): Promise<void> {
    for (let day = 0; day < CALM_DAYS_MAX; day++) {
      for (const installation of this.#installations) installation.start();
      await this.#time.runUntil(this.#time.now() + DAY_MS, () => false);
      await this.#desk.look();
      await this.#tend();
      if (this.#office.open === 0 && this.#desk.open === 0 && (await this.#isSilent())) return;
    }
    this.#findings.push(
      `not finished after ${CALM_DAYS_MAX} calm days: ${this.#office.open} acts, ${this.#desk.open} wrong codes`,
    );
  }

  /** Lets time go by until all outboxes are empty. */
  async #rest(otherwise: string): Promise<void> {
    for (let hours = 0; hours < 24 * 30; hours++) {
      await this.#time.runUntil(this.#time.now() + HOUR_MS, () => false);
      await this.#tend();
      if (await this.#isSilent()) return;
    }
    this.#findings.push(otherwise);
  }

  async #tend(): Promise<void> {
    for (const installation of this.#installations) await installation.tend();
  }

  async #isSilent(): Promise<boolean> {
    for (const { superuser } of this.#installations) {
      const [row] = await superuser`SELECT FROM link.outbox LIMIT 1`;
      if (row) return false;
    }
    return true;
  }

  #say(line: string): void {
    this.#options.say?.(line);
  }

  #installationOf(site: string): Installation {
    const installation = this.#installations.find(({ sites }) => sites.includes(site));
    if (!installation) throw new Error(`nobody serves ${site}`);
    return installation;
  }

  /** An envelope arrives; the transaction that takes it may break, and its process with it. */
  async #arrive(toSite: string, envelope: Envelope, name: string): ReturnType<Transport['deliver']> {
    const installation = this.#installationOf(toSite);
    const draw = this.#network.isCalm ? 1 : this.#chance.at(`fault ${name}`);
    const fault: ReceiptFault = draw < 0.003 ? 'session-ends' : draw < 0.015 ? 'serialization' : 'none';
    if (fault !== 'none') this.#faults++;
    const answer = await installation.receive(envelope, fault);
    if (fault === 'session-ends') {
      const rest = this.#chance.at(`restart ${name}`) * HOUR_MS;
      this.#time.plan(rest, `start ${installation.name} after ${name}`, () => installation.start());
    }
    return answer;
  }

  async #open(): Promise<void> {
    const links = this.#country.links.map((link) => mustSucceed(parseLinkName(link), link));
    for (const { superuser } of this.#installations) {
      for (const { sites } of this.#country.installations)
        for (const site of sites) {
          const opened = await openSite(superuser, { site, name: site, publicKey: publicKeyOf(site) });
          mustSucceed(opened, site);
        }
      await openLinks(superuser, links);
    }
  }
}

async function numberAt(
  { superuser }: Installation,
  municipality: string,
  residentCode: string,
): Promise<SealedNumber | null> {
  const [row] = await superuser<{ number: SealedNumber | null }[]>`
    SELECT individual_number AS number FROM registry.municipal_resident
    WHERE municipality_code = ${municipality} AND resident_code = ${residentCode}`;
  return row?.number ?? null;
}
