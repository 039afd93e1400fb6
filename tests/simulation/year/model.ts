/**
 * The reference model: what the registers must hold, kept in memory by the plainest means, without a look at the code
 * that is tested. A person has one record a municipality; every act at a counter changes one record by what the act says
 * and counts one; a number that the centre was asked for counts one more.
 */
import type { IsoDate } from '@ishizue/clock';
import type { PersonalDetails, Resident, ResidentialAddress } from '@ishizue/registry';

/** What a record says, but for what the registry itself makes (numbers, household, sequence). */
export type RecordState = PersonalDetails &
  ResidentialAddress &
  Pick<
    Resident,
    | 'status'
    | 'relationship'
    | 'becameResidentOn'
    | 'addressFixedOn'
    | 'previousAddress'
    | 'endedOn'
    | 'movedTo'
  >;

export interface ModelRecord {
  readonly municipality: string;
  readonly residentCode: string;
  state: RecordState;
  /** Acts of the counter, the load among them. */
  acts: number;
  /** Whether the individual number came from the centre, which is one change more. */
  isAsked: boolean;
  /** The day on which the record was deleted, by the clock of the office. */
  deletedOn: IsoDate | null;
  /** The sequence of the act that undid an entry under somebody else's code. */
  strayUndoneAt?: number;
}

/** A person of the simulated country. */
export interface Person {
  readonly id: number;
  /** Undefined until a municipality has given one. */
  residentCode: string | undefined;
  /** The municipality of which the person is a resident. */
  home: string | undefined;
  /** Nothing else may happen to the person before this virtual instant. */
  quietUntil: number;
  /** The last act, as a virtual instant. */
  actedAt: number;
  /** Prefectures and municipalities that the person may not move to: a known weakness, told in the flow page. */
  readonly barred: Set<string>;
}

const keyOf = (municipality: string, residentCode: string): string => `${municipality} ${residentCode}`;

export class Model {
  readonly persons: Person[] = [];
  readonly #records = new Map<string, ModelRecord>();
  /** Acts at counters that were answered, refusals too, by municipality and the code that they name. */
  readonly answered = new Map<string, number>();

  get records(): readonly ModelRecord[] {
    return [...this.#records.values()];
  }

  addPerson(residentCode: string | undefined, home: string | undefined, now: number): Person {
    const id = this.persons.length;
    const person = { id, residentCode, home, quietUntil: now, actedAt: now, barred: new Set<string>() };
    this.persons.push(person);
    return person;
  }

  findRecord(municipality: string, residentCode: string): ModelRecord | undefined {
    return this.#records.get(keyOf(municipality, residentCode));
  }

  /** The record of a person where they live. */
  homeRecord(person: Person): ModelRecord {
    const { home, residentCode } = person;
    const record = home && residentCode && this.findRecord(home, residentCode);
    if (!record) throw new Error(`person ${person.id} lives nowhere`);
    return record;
  }

  /** Every record of a person, the latest residence first. */
  recordsOf(residentCode: string): readonly ModelRecord[] {
    return this.records
      .filter((record) => record.residentCode === residentCode)
      .toSorted((a, b) => (a.state.becameResidentOn < b.state.becameResidentOn ? 1 : -1));
  }

  /** An entry: a record's first, or one more of somebody who lived here before. */
  enter(municipality: string, residentCode: string, state: RecordState, isAsked: boolean): ModelRecord {
    const before = this.findRecord(municipality, residentCode);
    const record = before ?? { municipality, residentCode, state, acts: 0, isAsked, deletedOn: null };
    record.state = state;
    record.isAsked = isAsked;
    record.deletedOn = null;
    record.acts++;
    this.#records.set(keyOf(municipality, residentCode), record);
    return record;
  }

  /** An act on a record that is there. */
  change(record: ModelRecord, changes: Partial<RecordState>, today: IsoDate): void {
    const { status } = record.state;
    record.state = { ...record.state, ...changes };
    record.acts++;
    if (record.state.status === 'resident') record.deletedOn = null;
    else if (record.state.status !== status) record.deletedOn = today;
  }

  /** An act was answered at a counter. */
  tally(municipality: string, residentCode: string): void {
    const key = keyOf(municipality, residentCode);
    this.answered.set(key, (this.answered.get(key) ?? 0) + 1);
  }
}
