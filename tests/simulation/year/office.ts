/**
 * The counters of all municipalities: an order is an act that a clerk is to record. Where the office is cut off, the
 * process is dead, or it dies amid the act, the clerk tries again later with the same request; where codes have run
 * out, with another one. What is answered is told to the model.
 */

import type { IsoDate } from '@ishizue/clock';
import { type CounterEvent, municipalSite, type RecordedEvent, recordEvent } from '@ishizue/registry';
import { testAccess } from '@ishizue/registry/testing';
import type { Chance } from '../chance.ts';
import type { VirtualTime } from '../virtual-time.ts';
import { DAY_MS, dateAt, HOUR_MS } from './calendar.ts';
import type { CountryNetwork } from './country-network.ts';
import type { Installation } from './installation.ts';
import type { Model } from './model.ts';

const COUNTER_ACCESS = { ...testAccess, affair: 'simulated-counter' };

/** An act that is to be recorded. */
export interface Order {
  /** Told apart from all others of the year. */
  readonly name: string;
  readonly municipality: string;
  /** Made when the clerk first sits down to it. */
  readonly event: (today: IsoDate) => CounterEvent | Promise<CounterEvent>;
  readonly done: (recorded: RecordedEvent, today: IsoDate, event: CounterEvent) => void;
  /** Whether a refusal is part of the story; a finding where it is not. */
  readonly refused?: (code: string) => boolean;
}

export interface OfficeOptions {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly network: CountryNetwork;
  readonly model: Model;
  readonly installationOf: (site: string) => Installation;
  readonly report: (finding: string) => void;
}

export class Office {
  readonly #options: OfficeOptions;
  #open = 0;
  readonly counts = {
    acts: 0,
    refusals: 0,
    'waited for the site': 0,
    'waited for codes': 0,
    'died at the counter': 0,
  };
  readonly byReason = new Map<string, number>();

  constructor(options: OfficeOptions) {
    this.#options = options;
  }

  /** Orders that are not recorded yet. */
  get open(): number {
    return this.#open;
  }

  /** Plans an act so many days from now, in the hours of the office. */
  order(days: number, order: Order): void {
    const { time, chance } = this.#options;
    const midnight = Math.floor(time.now() / DAY_MS) * DAY_MS + days * DAY_MS;
    const at = midnight + 9 * HOUR_MS + chance.at(`hour ${order.name}`) * 8 * HOUR_MS;
    this.#open++;
    time.plan(Math.max(1, at - time.now()), `act ${order.name}`, () => this.#serve(order, 1, undefined));
  }

  async #serve(order: Order, nth: number, begun: CounterEvent | undefined): Promise<void> {
    const { time, network, installationOf } = this.#options;
    const site = municipalSite(order.municipality);
    const installation = installationOf(site);
    if (network.isCut(site) || !installation.registry) {
      this.counts['waited for the site']++;
      return this.#later(order, nth, begun);
    }
    const today = dateAt(time.now());
    const event = begun ?? (await order.event(today));
    const household = this.#householdOf(order, event);
    const unanswered = this.#unanswered.get(household) ?? order.name;
    if (unanswered !== order.name) return this.#later(order, nth, begun);
    if (await this.#diesIn(order, nth, event, installation)) return this.#later(order, nth, event);
    const answer = await recordEvent(
      installation.registry,
      order.municipality,
      COUNTER_ACCESS,
      requestOf(order, nth),
      event,
    );
    this.#unanswered.delete(household);
    this.#tally(order, event, answer.ok ? answer.value : undefined);
    if (answer.ok) order.done(answer.value, today, event);
    else if (answer.failure.code === 'resident-codes-exhausted') {
      this.counts['waited for codes']++;
      return this.#later(order, nth + 1, undefined);
    } else this.#refuse(order, answer.failure.code);
    this.#open--;
  }

  #refuse(order: Order, code: string): void {
    this.counts.refusals++;
    if (!order.refused?.(code)) this.#options.report(`${order.name}: refused, ${code}`);
  }

  /** Where the seed says so, the process dies in the act; who comes again finds it recorded or not. */
  async #diesIn(
    order: Order,
    nth: number,
    event: CounterEvent,
    installation: Installation,
  ): Promise<boolean> {
    const { chance, network, time } = this.#options;
    if (nth > 1 || network.isCalm || !chance.happens(`dies ${order.name}`, 0.006)) return false;
    if (this.#hasDied.has(order.name)) return false;
    this.#hasDied.add(order.name);
    this.counts['died at the counter']++;
    const where = chance.happens(`amid ${order.name}`, 0.5) ? 'amid' : 'after-commit';
    if (where === 'after-commit') this.#unanswered.set(this.#householdOf(order, event), order.name);
    await installation.dyingIn(where, (registry) =>
      recordEvent(registry, order.municipality, COUNTER_ACCESS, requestOf(order, nth), event),
    );
    const rest = chance.at(`restart ${order.name}`) * HOUR_MS;
    time.plan(rest, `start ${installation.name} after ${order.name}`, () => installation.start());
    return true;
  }

  /** The model's household of whom an act names; where it has none, nobody else's. */
  #householdOf(order: Order, event: CounterEvent): number | string {
    const named = event.reason === 'birth' ? event.parentResidentCode : event.residentCode;
    return this.#options.model.findRecord(order.municipality, named ?? '')?.household ?? order.name;
  }

  /** Households on which an act is recorded of which no clerk knows yet, so that the model does not: others wait for it. */
  readonly #unanswered = new Map<number | string, string>();
  readonly #hasDied = new Set<string>();
  #returns = 0;

  #later(order: Order, nth: number, begun: CounterEvent | undefined): void {
    const { time, chance } = this.#options;
    const name = `${order.name} again ${++this.#returns}`;
    time.plan(HOUR_MS + chance.at(name) * 5 * HOUR_MS, `act ${name}`, () => this.#serve(order, nth, begun));
  }

  #tally(order: Order, event: CounterEvent, recorded: RecordedEvent | undefined): void {
    const { model } = this.#options;
    const named = event.reason === 'birth' ? event.parentResidentCode : event.residentCode;
    model.tally(order.municipality, recorded?.residentCode ?? named ?? '');
    if (!recorded) return;
    this.counts.acts++;
    this.byReason.set(event.reason, (this.byReason.get(event.reason) ?? 0) + 1);
  }
}

const requestOf = (order: Order, nth: number): string => `${order.name} ${nth}`;
