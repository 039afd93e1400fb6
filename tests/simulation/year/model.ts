/**
 * The reference model: what the registers must hold, kept in memory by the plainest means, without a look at the code
 * that is tested. A person has one record a municipality; every act at a counter changes one record by what the act says
 * and counts one; a number that the centre was asked for counts one more. Who remains alone in a household is its head.
 */
import type { IsoDate } from '@ishizue/clock';
import type { PersonalDetails, Resident, ResidentialAddress } from '@ishizue/registry';

/** What a record says, but for what the registry itself makes (numbers, sequence) and for its place in a household. */
export type RecordState = PersonalDetails &
  ResidentialAddress &
  Pick<
    Resident,
    'status' | 'becameResidentOn' | 'addressFixedOn' | 'previousAddress' | 'endedOn' | 'movedTo'
  >;

export interface ModelRecord {
  readonly municipality: string;
  readonly residentCode: string;
  state: RecordState;
  /** Acts of the counter, the load among them. */
  acts: number;
  /** How often an individual number came from the centre, which is one change more each time. */
  asked: number;
  /** The day on which the record was deleted, by the clock of the office. */
  deletedOn: IsoDate | null;
  /** Which of the model's households, and how the person stands in it. */
  household: number;
  relationship: string;
  /** Who became head because this person left, and what they were before. */
  heir: { readonly record: ModelRecord; readonly was: string } | undefined;
  /** An entry under somebody else's code. */
  stray?: Stray;
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
}

export interface Stray {
  /** The sequence of the act that undid it. */
  undoneAt: number;
  /** Whether its prefecture knew nobody by the code, and so took it over. */
  readonly isNews: boolean;
  /** Whether the holder of the code lives, or has lived, here since. */
  isOver: boolean;
}

/** The relationship of a head. */
export const HEAD = '世帯主';

const keyOf = (municipality: string, residentCode: string): string => `${municipality} ${residentCode}`;

export class Model {
  readonly persons: Person[] = [];
  readonly #records = new Map<string, ModelRecord>();
  readonly #households = new Map<number, Set<ModelRecord>>();
  #lastHousehold = 0;
  /** Acts at counters that were answered, refusals too, by municipality and the code that they name. */
  readonly answered = new Map<string, number>();

  get records(): readonly ModelRecord[] {
    return [...this.#records.values()];
  }

  addPerson(residentCode: string | undefined, home: string | undefined, now: number): Person {
    const id = this.persons.length;
    const person = { id, residentCode, home, quietUntil: now, actedAt: now };
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

  /**
   * An entry: a record's first, or one more of somebody who lived here before; into a new household, or into that of
   * somebody who is named.
   */
  enter(
    municipality: string,
    residentCode: string,
    state: RecordState,
    asked: number,
    joins?: { readonly household: number; readonly relationship: string },
  ): ModelRecord {
    const place = joins ?? { household: ++this.#lastHousehold, relationship: HEAD };
    const before = this.findRecord(municipality, residentCode);
    const record: ModelRecord = before ?? {
      municipality,
      residentCode,
      state,
      acts: 0,
      asked,
      deletedOn: null,
      household: place.household,
      relationship: place.relationship,
      heir: undefined,
    };
    record.state = state;
    record.asked = asked;
    record.deletedOn = null;
    record.acts++;
    if (record.stray) record.stray.isOver = true;
    this.#records.set(keyOf(municipality, residentCode), record);
    this.#settle(record, place);
    return record;
  }

  /** An act on a record that is there. */
  change(record: ModelRecord, changes: Partial<RecordState>, today: IsoDate): void {
    const { status } = record.state;
    record.state = { ...record.state, ...changes };
    record.acts++;
    if (record.state.status === 'resident') record.deletedOn = null;
    else if (record.state.status !== status) record.deletedOn = today;
    if (status === 'resident' && record.state.status !== 'resident') this.#leave(record);
    if (status !== 'resident' && record.state.status === 'resident') this.#comeBack(record);
  }

  /** Who else lives in the household of a record. */
  othersOf(record: ModelRecord): readonly ModelRecord[] {
    const all = [...(this.#households.get(record.household) ?? [])];
    return all.filter((one) => one !== record && one.state.status === 'resident');
  }

  /** Why the act by which somebody left their household cannot be undone: somebody has decided on it since. */
  whyNotBack(record: ModelRecord): string | undefined {
    const others = this.othersOf(record);
    const { heir } = record;
    if (heir) {
      const isAsLeft = others.length === 1 && others[0] === heir.record && heir.record.relationship === HEAD;
      return isAsLeft ? undefined : 'household-changed-since';
    }
    const hasHead = others.some(({ relationship }) => relationship === HEAD);
    return record.relationship === HEAD && hasHead ? 'household-has-head' : undefined;
  }

  /** Somebody has left: who remains alone is head, by an act of the register's own. */
  #leave(record: ModelRecord): void {
    const [heir, ...more] = this.othersOf(record);
    record.heir = undefined;
    if (!heir || more.length > 0 || heir.relationship === HEAD) return;
    record.heir = { record: heir, was: heir.relationship };
    this.#becomes(heir, HEAD);
  }

  /** Somebody had not left after all: what had followed from it is taken back. */
  #comeBack(record: ModelRecord): void {
    const refusal = this.whyNotBack(record);
    if (refusal) throw new Error(`${record.residentCode} came back: ${refusal}`);
    if (record.heir) this.#becomes(record.heir.record, record.heir.was);
    else if (this.othersOf(record).length === 0) record.relationship = HEAD;
    record.heir = undefined;
  }

  #becomes(record: ModelRecord, relationship: string): void {
    record.relationship = relationship;
    this.tally(record.municipality, record.residentCode);
  }

  #settle(record: ModelRecord, place: { readonly household: number; readonly relationship: string }): void {
    this.#households.get(record.household)?.delete(record);
    record.household = place.household;
    record.relationship = place.relationship;
    const members = this.#households.get(place.household) ?? new Set<ModelRecord>();
    this.#households.set(place.household, members.add(record));
  }

  /** An act was answered at a counter. */
  tally(municipality: string, residentCode: string): void {
    const key = keyOf(municipality, residentCode);
    this.answered.set(key, (this.answered.get(key) ?? 0) + 1);
  }
}
