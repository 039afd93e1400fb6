/**
 * Malformed lines for the import's tests: each is an otherwise good resident living alone, with one fault of a named
 * kind. They stand among the good lines and say where they are. Faults of the file itself (a missing column, broken
 * bytes) are in `malformed-lines.ts`.
 */
import type { Municipality } from '@ishizue/municipalities';
import type { HouseholdWriter } from './household-writer.ts';
import type { RegisterColumn, RegisterRow } from './register-row.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What a fault may refer to. */
interface Surroundings {
  /** The line before, which is good. */
  readonly previous: RegisterRow;
  readonly municipality: Municipality;
}

interface Fault {
  readonly column: RegisterColumn;
  readonly plant: (row: RegisterRow, around: Surroundings) => Partial<RegisterRow>;
}

const FAULTS = {
  'resident-number-missing': { column: 'resident_number', plant: () => ({ resident_number: '' }) },
  'resident-number-malformed': {
    column: 'resident_number',
    plant: () => ({ resident_number: '12A4567890' }),
  },
  'resident-number-twice': {
    column: 'resident_number',
    plant: (_, { previous }) => ({ resident_number: previous.resident_number }),
  },
  'household-number-missing': { column: 'household_number', plant: () => ({ household_number: '' }) },
  'household-without-head': { column: 'relationship', plant: () => ({ relationship: '妻', sex: '2' }) },
  'household-with-two-heads': {
    column: 'household_number',
    plant: (_, { previous }) => ({ household_number: previous.household_number }),
  },
  'relationship-unknown': { column: 'relationship', plant: () => ({ relationship: '親友' }) },
  'resident-code-check-digit-wrong': {
    // 24727059608 is the published sample with the right digit
    column: 'resident_code',
    plant: () => ({ resident_code: '24727059607' }),
  },
  'name-missing': { column: 'name', plant: () => ({ name: '' }) },
  'name-with-control-character': {
    column: 'name',
    plant: ({ name }) => ({ name: `${name}\u0007` }),
  },
  'name-with-unknown-glyph-reference': { column: 'name', plant: () => ({ name: '{MJ999999}田　太郎' }) },
  'kana-not-katakana': { column: 'name_kana', plant: () => ({ name_kana: 'yamada　taro' }) },
  'birth-date-missing': { column: 'birth_date', plant: () => ({ birth_date: '' }) },
  'birth-date-malformed': { column: 'birth_date', plant: () => ({ birth_date: 'S60.1.5' }) },
  'birth-date-impossible': { column: 'birth_date', plant: () => ({ birth_date: '1985-02-30' }) },
  'birth-date-in-the-future': { column: 'birth_date', plant: () => ({ birth_date: '2999-01-01' }) },
  'sex-unknown': { column: 'sex', plant: () => ({ sex: '9' }) },
  'nationality-unknown': { column: 'nationality', plant: () => ({ nationality: 'ZZZ' }) },
  'residence-status-missing': {
    column: 'residence_status',
    plant: () => ({
      nationality: 'BRA',
      residence_status: '',
      stay_expires_on: '',
      domicile: '',
      family_register_head: '',
    }),
  },
  'stay-date-malformed': {
    column: 'stay_expires_on',
    plant: () => ({
      nationality: 'BRA',
      residence_status: '定住者',
      stay_expires_on: '2027/13/01',
      domicile: '',
      family_register_head: '',
    }),
  },
  'ward-of-another-city': {
    column: 'ward_code',
    // 札幌市中央区, or for Sapporo itself 横浜市中区
    plant: (_, { municipality }) => ({ ward_code: municipality.prefecture === '01' ? '141046' : '011011' }),
  },
  'ward-check-digit-wrong': { column: 'ward_code', plant: () => ({ ward_code: '141047' }) },
  'postal-code-malformed': { column: 'postal_code', plant: () => ({ postal_code: '20400' }) },
  'lot-missing': { column: 'lot', plant: () => ({ lot: '' }) },
  'resident-before-birth': {
    column: 'became_resident_on',
    plant: () => ({ birth_date: '1990-05-05', became_resident_on: '1970-01-01' }),
  },
  'field-too-long': { column: 'building', plant: () => ({ building: '長'.repeat(5_000) }) },
} as const satisfies Record<string, Fault>;

export type BadRowKind = keyof typeof FAULTS;

/** The kinds, in the order in which they are planted. */
export const BAD_ROW_KINDS = Object.keys(FAULTS) as readonly BadRowKind[];

/** One planted line. */
export interface BadRow {
  readonly kind: BadRowKind;
  readonly column: RegisterColumn;
  /** The line of the file, the header being line 1. */
  readonly line: number;
  /** As the line has it: empty or another's where that is the fault. */
  readonly residentNumber: string;
}

interface Plan {
  readonly perKind: number;
  readonly people: number;
  readonly municipality: Municipality;
  /** Receives what was planted. */
  readonly planted: BadRow[];
}

type MakeRow = (line: number, residentNumber: string, householdNumber: string) => RegisterRow;

/** Spreads the bad rows over the register. */
export class BadRowPlanter {
  /** The line before the next one; set by the generator, once a resident has been written. */
  previous: RegisterRow | undefined;
  readonly #writer: HouseholdWriter;
  readonly #plan: Plan;
  /** After how many residents each bad row stands, in order. */
  readonly #places: readonly { readonly after: number; readonly kind: BadRowKind }[];
  #next = 0;

  constructor(random: SeededRandom, writer: HouseholdWriter, plan: Plan) {
    this.#writer = writer;
    this.#plan = plan;
    this.#places = BAD_ROW_KINDS.flatMap((kind) =>
      Array.from({ length: plan.perKind }, () => ({ after: random.between(1, plan.people), kind })),
    ).sort((one, two) => one.after - two.after);
  }

  /** The bad rows that stand here, after a number of residents. */
  *due(residents: number): Generator<MakeRow, void, undefined> {
    for (;;) {
      const place = this.#places[this.#next];
      if (!place || place.after > residents) return;
      this.#next++;
      yield (line, residentNumber, householdNumber) =>
        this.#make(place.kind, line, residentNumber, householdNumber);
    }
  }

  #make(kind: BadRowKind, line: number, resident_number: string, household_number: string): RegisterRow {
    const fault: Fault = FAULTS[kind];
    const [unnumbered] = this.#writer.next(1);
    if (!unnumbered || !this.previous) throw new Error('a bad row follows a good one');
    const good = { resident_number, household_number, ...unnumbered };
    const row = {
      ...good,
      ...fault.plant(good, { previous: this.previous, municipality: this.#plan.municipality }),
    };
    this.#plan.planted.push({ kind, column: fault.column, line, residentNumber: row.resident_number });
    return row;
  }
}
