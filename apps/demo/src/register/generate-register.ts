/**
 * A demonstration register as a stream: any number of invented residents of a real municipality, household by household,
 * in bounded memory. The same options give the same lines. Asking for bad rows does not change the good ones.
 */
import type { IsoDate } from '@ishizue/clock';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { type BadRow, BadRowPlanter } from './bad-rows.ts';
import { dayOf } from './calendar-day.ts';
import { HouseholdWriter, type UnnumberedRow } from './household-writer.ts';
import { RegisterNumbers } from './register-numbers.ts';
import type { RegisterRow } from './register-row.ts';
import { SeededRandom } from './seeded-random.ts';
import type { FixedResident } from './story-people.ts';
import { readTowns, type TownsByMunicipality } from './towns.ts';

export interface RegisterOptions {
  /** Six-digit code of a municipality; a ward of a designated city has no register of its own. */
  readonly municipality: string;
  /** How many residents, those in `fixed` included, bad rows not. */
  readonly people: number;
  readonly seed: string;
  /** The day of the register: nobody is born or moves in later. */
  readonly asOf: IsoDate;
  /** Malformed lines of each kind, besides the residents; none where absent. */
  readonly badRows?: number;
  /** Share of residents who have the name, sex and day of birth of another one; at most 0.1, nobody where absent. */
  readonly namesakeRate?: number;
  /** Residents who live alone and come first. */
  readonly fixed?: readonly FixedResident[];
}

/** The stream of lines. */
export interface GeneratedRegister extends AsyncIterable<RegisterRow> {
  /** What was planted where; complete when the stream has ended, begun anew when it is iterated again. */
  readonly badRows: readonly BadRow[];
}

const NAMESAKE_RATE_MAX = 0.1;
const directory = new MunicipalityDirectory(bundledReference());
const townsByDate = new Map<IsoDate, Promise<TownsByMunicipality>>();

/** Generates a register; each iteration gives the same lines. Invalid options throw. */
export function generateRegister(options: RegisterOptions): GeneratedRegister {
  const { people, badRows = 0, namesakeRate = 0, fixed = [] } = options;
  directory.getMunicipality(options.municipality);
  dayOf(options.asOf);
  if (!Number.isSafeInteger(people) || people < fixed.length)
    throw new Error(`not a number of residents: ${people}`);
  if (!Number.isSafeInteger(badRows) || badRows < 0) throw new Error(`not a number of bad rows: ${badRows}`);
  if (!(namesakeRate >= 0 && namesakeRate <= NAMESAKE_RATE_MAX))
    throw new Error(`a rate of namesakes is between 0 and ${NAMESAKE_RATE_MAX}`);
  const planted: BadRow[] = [];
  return {
    badRows: planted,
    async *[Symbol.asyncIterator]() {
      const towns = await townsOn(options.asOf);
      planted.length = 0;
      yield* linesOf(options, towns, planted);
    },
  };
}

/** The towns of the country, read once a process for each date. */
function townsOn(on: IsoDate): Promise<TownsByMunicipality> {
  const known = townsByDate.get(on);
  if (known) return known;
  const reading = readTowns(directory, on);
  townsByDate.set(on, reading);
  return reading;
}

function* linesOf(
  options: RegisterOptions,
  towns: TownsByMunicipality,
  planted: BadRow[],
): Generator<RegisterRow, void, undefined> {
  const { people, seed, badRows = 0, fixed = [] } = options;
  const municipality = directory.getMunicipality(options.municipality);
  const source = `${seed} ${municipality.code}`;
  const random = new SeededRandom(source);
  const residents = new RegisterNumbers(random.fraction());
  const households = new RegisterNumbers(random.fraction());
  const writer = (from: SeededRandom) =>
    new HouseholdWriter(from, municipality, directory, towns, dayOf(options.asOf));
  const bad = new SeededRandom(`${source} bad rows`);
  const planter = new BadRowPlanter(bad, writer(bad), { perKind: badRows, people, municipality, planted });
  let line = 1; // the header
  let resident = 0;
  let household = 0;
  for (const group of householdsOf(options, fixed, writer(random))) {
    const household_number = households.numberOf(household++);
    for (const unnumbered of group) {
      line++;
      const row = { resident_number: residents.numberOf(resident++), household_number, ...unnumbered };
      planter.previous = row;
      yield row;
    }
    // numbers beyond the residents' own, so that only a row that means to repeats one
    for (const make of planter.due(resident))
      yield make(
        ++line,
        residents.numberOf(people + planted.length),
        households.numberOf(people + planted.length),
      );
  }
}

function* householdsOf(
  { people, namesakeRate = 0 }: RegisterOptions,
  fixed: readonly FixedResident[],
  writer: HouseholdWriter,
): Generator<readonly UnnumberedRow[], void, undefined> {
  for (const resident of fixed) yield [resident];
  let owed = 0;
  for (let count = fixed.length; count < people; ) {
    const household = owed >= 1 ? writer.nextNamesake() : writer.next(people - count);
    if (owed >= 1) owed -= 1;
    count += household.length;
    owed += namesakeRate * household.length;
    yield household;
  }
}
