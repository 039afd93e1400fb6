/**
 * What a kind of event is written in: it picks whom something happens to, orders acts at counters, and tells the model.
 * A kind is one file in kinds/ and one line in kinds.ts.
 */
import type { IsoDate } from '@ishizue/clock';
import type { CounterEvent, RecordedEvent, SealedNumber } from '@ishizue/registry';
import type { Chance } from '../chance.ts';
import type { VirtualTime } from '../virtual-time.ts';
import { DAY_MS, dateAt } from './calendar.ts';
import type { YearCountry } from './country.ts';
import type { Model, ModelRecord, Person, RecordState } from './model.ts';
import type { Office, Order } from './office.ts';

/** A kind of event. */
export interface Kind {
  readonly name: string;
  /** How often, for each thousand residents and year. */
  readonly perThousandAYear: number;
  /** Lets one happen; `name` is the happening's own and the root of every draw in it. */
  readonly begin: (life: TownLife, name: string) => void | Promise<void>;
}

const FOREVER_MS = Number.POSITIVE_INFINITY;
const TRIES = 60;

export interface TownLifeOptions {
  readonly country: YearCountry;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly model: Model;
  readonly office: Office;
  /** The individual number in a municipality's record, as a move-out certificate shows it. */
  readonly numberAt: (municipality: string, residentCode: string) => Promise<SealedNumber | null>;
  /** Begins to watch a residence conflict for a clerk who typed a wrong code. */
  readonly watchConflict: (watch: ConflictWatch) => void;
}

/** A wrong code that the municipality will hear of. */
export interface ConflictWatch {
  readonly municipality: string;
  readonly residentCode: string;
  readonly settle: () => void;
}

export class TownLife {
  readonly country: YearCountry;
  readonly chance: Chance;
  readonly model: Model;
  readonly numberAt: TownLifeOptions['numberAt'];
  readonly watchConflict: TownLifeOptions['watchConflict'];
  readonly #time: VirtualTime;
  readonly #office: Office;

  constructor({ country, time, chance, model, office, numberAt, watchConflict }: TownLifeOptions) {
    this.country = country;
    this.chance = chance;
    this.model = model;
    this.numberAt = numberAt;
    this.watchConflict = watchConflict;
    this.#time = time;
    this.#office = office;
  }

  get today(): IsoDate {
    return dateAt(this.#time.now());
  }

  /** A resident to whom nothing else is happening; undefined where chance finds none. Kept until `release`. */
  pick(
    name: string,
    fits: (person: Person, record: ModelRecord) => boolean = () => true,
  ): Person | undefined {
    const { persons } = this.model;
    for (let nth = 0; nth < TRIES; nth++) {
      const person = persons[Math.floor(this.chance.at(`${name} pick ${nth}`) * persons.length)];
      if (!person || person.home === undefined || person.residentCode === undefined) continue;
      if (person.quietUntil > this.#time.now() || !fits(person, this.model.homeRecord(person))) continue;
      person.quietUntil = FOREVER_MS;
      return person;
    }
    return undefined;
  }

  /** Whether nothing was done about a person for so many days. */
  isQuietFor(person: Person, days: number): boolean {
    return person.actedAt + days * DAY_MS < this.#time.now();
  }

  /** From so many days from now on, other things may happen to a person. */
  release(person: Person, days = 1): void {
    person.actedAt = this.#time.now();
    person.quietUntil = person.actedAt + days * DAY_MS;
  }

  /** Lets a story go on so many days from now. */
  afterDays(days: number, name: string, goOn: () => void): void {
    this.#time.plan(days * DAY_MS, `story ${name}`, goOn);
  }

  /** Plans an act at a counter. */
  order(days: number, order: Order): void {
    this.#office.order(days, order);
  }

  /** Plans an act that only changes a person's record where they live. */
  change(days: number, person: Person, change: RecordChange): void {
    const record = this.model.homeRecord(person);
    this.order(days, {
      name: change.name,
      municipality: record.municipality,
      event: (today) => change.event(record, today),
      done: (recorded, today, event) => {
        this.model.change(record, change.after(record.state, event), today);
        change.done(recorded, record);
      },
    });
  }

  /** A municipality other than the given one; somebody who lived elsewhere before comes back there now and then. */
  elsewhere(name: string, person: Person, notIn?: string): string {
    const former = this.model
      .recordsOf(person.residentCode ?? '')
      .flatMap(({ municipality, stray }) => (municipality === notIn || stray ? [] : [municipality]));
    if (former.length > 0 && this.chance.happens(`${name} back`, 0.3))
      return this.chance.oneOf(`${name} where before`, former);
    return this.chance.oneOf(
      `${name} where`,
      this.country.municipalities.filter((code) => code !== notIn),
    );
  }

  prefectureOf(municipality: string): string {
    return this.country.directory.getMunicipality(municipality).prefecture;
  }
}

/** An act on a record, and what it makes of it. */
export interface RecordChange {
  readonly name: string;
  readonly event: (record: ModelRecord, today: IsoDate) => CounterEvent;
  readonly after: (state: RecordState, event: CounterEvent) => Partial<RecordState>;
  readonly done: (recorded: RecordedEvent, record: ModelRecord) => void;
}
