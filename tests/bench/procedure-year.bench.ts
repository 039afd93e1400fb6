/**
 * `procedure-year`: a year's 5.18 million card applications through the engine of procedures, day by day: opened, screened, 13.5 %
 * of them returned (domain rules 0.2: 4.48 of 5.18 million were without error), nine in ten of these sent again, and the rest through
 * ten more moves each to the hand-over; 3 in 100 are never collected (assumed). What a day has to do is done in bulk, every
 * case with its history and ledger entries. The limit: PostgreSQL writing the very rows once more, without engine,
 * indexes and checks.
 */
import { addDays, isBusinessDay, ManualClock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import { CaseDesk } from '@ishizue/procedure';
import { withCountry } from './bench-country.ts';
import type { Benchmark, Workplace } from './benchmark.ts';
import { MUNICIPALITY } from './card-orders.ts';
import { inParallel } from './measure.ts';
import { MemoryWatch, peakMiB } from './peak-memory.ts';
import { yearProcedure } from './year-procedure.ts';

const YEAR = 5_180_000;
const FIRST_DAY = '2023-04-03';
const BUSINESS_DAYS = 243;
/** Fewer cases are fewer days, not smaller ones. */
const CASES_A_DAY = Math.ceil(YEAR / BUSINESS_DAYS);
const AT_ONCE = 2;
/** Rows in a request: what a request holds in memory stays young. */
const PIECE = 2_000;
const SAMPLE_CASES = 100_000;
/** Of 1000 applications. */
const DEFICIENT = 135;
const NEVER_CORRECTED = 14;
const NEVER_COLLECTED = 30;
/** The moves of an accepted case, each on the next business day. */
const STEPS = ['link', 'manufacture', 'inspect', 'ship', 'arrive', 'prepare', 'call', 'hand-over'] as const;

const BY = {
  actor: { kind: 'operator', id: 'o-bench', roles: ['card-clerk'] },
  terminal: 'batch',
  correlation: 'year',
} as const;

export const benchmark: Benchmark = (place) =>
  withCountry(place, [MUNICIPALITY], async (bench) => {
    const { database, pseudonyms } = bench.country;
    const clock = new ManualClock(`${FIRST_DAY}T00:00:00Z`);
    const desk = await CaseDesk.open({
      sql: database.pool('cards'),
      site: 'national',
      clock,
      pseudonyms,
      procedure: yearProcedure,
      context: undefined,
    });
    const watch = new MemoryWatch(bench.postmaster);
    const { cases } = place.options;
    const year = new Year(desk, cases);
    const began = performance.now();
    await year.run(place, clock);
    const seconds = (performance.now() - began) / 1000;
    watch.stop();
    const told = await checkYear(bench.superuser, year, cases);
    place.say('PostgreSQL alone, with the same rows');
    const limit = await writeOnceMore(bench.superuser, Math.min(cases, SAMPLE_CASES));
    const hours = (seconds / 3600) * (YEAR / cases);
    const isWhole = cases === YEAR;
    return [
      {
        bench: 'procedure-year',
        value: cases / seconds,
        unit: 'cases/s',
        limit,
        limitName: `INSERT … SELECT of the same rows, no indexes and checks, ${Math.min(cases, SAMPLE_CASES)} cases`,
        peakMiB: peakMiB(),
        note: `${cases} applications and ${year.moves} moves in ${(seconds / 60).toFixed(1)} min (${Math.round(year.moves / seconds)} moves/s), ${told}; the year of ${YEAR} ${isWhole ? 'took' : 'would take, extrapolated,'} ${hours.toFixed(2)} h; PostgreSQL ${Math.round(watch.databaseMiB)} MiB`,
        postgresql: bench.postgresql,
        ...(told.startsWith('all') ? {} : { broken: told }),
      },
    ];
  });

/** Cases that wait for a move, by the day from which they may make it. */
class Year {
  readonly #desk: CaseDesk;
  readonly #cases: number;
  readonly #waiting = new Map<number, [string, number[]][]>();
  #requests = 0;
  moves = 0;
  opened = 0;

  constructor(desk: CaseDesk, cases: number) {
    this.#desk = desk;
    this.#cases = cases;
  }

  /** Days until everything is closed: those of the year, and those that the last ones still take. */
  async run(place: Workplace, clock: ManualClock): Promise<void> {
    for (
      let day = 0, date = FIRST_DAY;
      this.opened < this.#cases || this.#waiting.size > 0;
      date = addDays(date, 1)
    ) {
      clock.advance(Date.parse(`${date}T00:00:00Z`) - clock.now());
      if (!isBusinessDay(date)) continue;
      await this.#openFor(day, Math.min(this.opened + CASES_A_DAY, this.#cases));
      await this.#moveFor(day);
      if (++day % 20 === 0) place.say(`day ${day}: ${this.opened} applications, ${this.moves} moves`);
      if (day % 5 === 0) await this.#passDeadlines();
    }
    clock.advance(100 * 86_400_000);
    await this.#passDeadlines();
  }

  async #passDeadlines(): Promise<void> {
    this.moves += (await this.#desk.passDeadlines()).moved;
  }

  async #openFor(day: number, through: number): Promise<void> {
    const first = this.opened;
    const pieces = Math.ceil((through - first) / PIECE);
    this.opened = through;
    await inParallel(pieces, AT_ONCE, async (piece) => {
      const from = first + piece * PIECE;
      const rows = Array.from({ length: Math.min(PIECE, through - from) }, (_, index) =>
        applicationOf(from + index),
      );
      const carried = await this.#desk.startMany(BY, { move: 'apply', request: this.#request(), rows });
      if (!carried.ok || carried.value.refused.length > 0) throw new Error('an application was refused');
      this.moves += rows.length;
      this.#later(
        day + 1,
        'screen',
        carried.value.moved.map(({ caseId }) => caseId),
      );
    });
  }

  async #moveFor(day: number): Promise<void> {
    const today = this.#waiting.get(day) ?? [];
    this.#waiting.delete(day);
    const requests = today.flatMap(([move, ids]) =>
      Array.from({ length: Math.ceil(ids.length / PIECE) }, (_, piece) => ({
        move,
        ids: ids.slice(piece * PIECE, (piece + 1) * PIECE),
      })),
    );
    await inParallel(requests.length, AT_ONCE, async (index) => {
      const { move, ids = [] } = requests[index] ?? {};
      if (move !== undefined) await this.#move(day, move, ids);
    });
  }

  async #move(day: number, move: string, ids: readonly number[]): Promise<void> {
    const { own, next } = planOf(move);
    const rows = ids.map((caseId) => ({
      caseId,
      ...(move === 'resubmit' && { form: { photo: caseId.toString(16).padStart(32, '1') } }),
    }));
    const carried = await this.#desk.moveMany(BY, { move, request: this.#request(), rows, own });
    if (!carried.ok || carried.value.refused.length > 0) throw new Error(`${move} was refused`);
    this.moves += ids.length;
    for (const [after, to, some] of next(ids)) this.#later(day + after, to, some);
  }

  #later(day: number, move: string, ids: readonly number[]): void {
    if (ids.length === 0) return;
    const that = this.#waiting.get(day) ?? [];
    this.#waiting.set(day, that);
    const same = that.find(([name]) => name === move);
    if (same) same[1].push(...ids);
    else that.push([move, [...ids]]);
  }

  readonly #request = (): string => `year-${++this.#requests}`;
}

type Next = readonly (readonly [number, string, readonly number[]])[];

/** What is deficient, and what is never corrected or collected, by the case's number. */
const share = (caseId: number): number => (caseId * 7919) % 1000;

function planOf(move: string): {
  readonly own: Record<string, unknown>;
  readonly next: (ids: readonly number[]) => Next;
} {
  if (move === 'screen')
    return {
      own: {},
      next: (ids) => [
        [1, 'return', ids.filter((id) => share(id) < DEFICIENT)],
        [1, 'accept', ids.filter((id) => share(id) >= DEFICIENT)],
      ],
    };
  if (move === 'return')
    return {
      own: { reason: 'photo' },
      next: (ids) => [[5, 'resubmit', ids.filter((id) => share(id) >= NEVER_CORRECTED)]],
    };
  if (move === 'resubmit') return { own: {}, next: (ids) => [[1, 'accept', ids]] };
  if (move === 'accept') return { own: {}, next: (ids) => [[1, STEPS[0], ids]] };
  const after = STEPS[STEPS.findIndex((step) => step === move) + 1];
  if (after === undefined) return { own: {}, next: () => [] };
  const collected = (id: number): boolean => after !== 'hand-over' || share(id) < 1000 - NEVER_COLLECTED;
  return { own: {}, next: (ids) => [[after === 'hand-over' ? 10 : 1, after, ids.filter(collected)]] };
}

const CHANNELS = ['phone', 'phone', 'phone', 'booth', 'counter', 'post'] as const;

function applicationOf(index: number) {
  const residentCode = String(20_000_000_000 + index);
  return {
    applicant: `person:${residentCode}`,
    form: {
      residentCode,
      applicationId: String(index).padStart(23, '3'),
      channel: CHANNELS[index % CHANNELS.length] ?? 'phone',
      birthDate: `19${50 + (index % 50)}-0${1 + (index % 9)}-1${index % 10}`,
      photo: index.toString(16).padStart(32, '0'),
      withSignature: index % 10 !== 0,
      withAuthentication: true,
    },
  };
}

/** Whether everything was kept: every case closed, history and ledger with a line for each move. */
async function checkYear(superuser: Sql, { moves }: Year, cases: number): Promise<string> {
  const [found] = await superuser<{ closed: number; lines: number; entries: number }[]>`
    SELECT (SELECT count(*) FROM procedure.case_state WHERE NOT is_open) AS closed,
      (SELECT count(*) FROM procedure.history) AS lines,
      (SELECT sum(greatest(octet_length(subjects) / 32, 1)) FROM ledger.entry WHERE affair LIKE 'year-application-%')::bigint AS entries`;
  const isAll = found?.closed === cases && found.lines === moves && found.entries === moves;
  return isAll
    ? 'all closed, a line of history and a place in the ledger for each move'
    : `not all: ${JSON.stringify(found)} of ${cases} cases and ${moves} moves`;
}

/** Writes the rows of some cases once more into plain tables; cases/s. */
async function writeOnceMore(superuser: Sql, cases: number): Promise<number> {
  const sources = [
    ['case_file', 'procedure.case_file WHERE id <= cut'],
    ['case_state', 'procedure.case_state WHERE case_id <= cut'],
    ['history', 'procedure.history WHERE case_id <= cut'],
    ['notice', 'procedure.notice WHERE case_id <= cut'],
    [
      'entry',
      "ledger.entry WHERE affair LIKE 'year-application-%' LIMIT (SELECT count(*) / 250 FROM bench.history)",
    ],
  ] as const;
  const [cut] = await superuser<{ id: number }[]>`
    SELECT max(id) AS id FROM (SELECT id FROM procedure.case_file ORDER BY id LIMIT ${cases}) chosen`;
  let seconds = 0;
  for (const [table, source] of sources) {
    const from = source.replace('cut', String(cut?.id ?? 0));
    await superuser.unsafe(
      `CREATE TABLE bench.${table} AS SELECT * FROM ${source.split(' ')[0]} WITH NO DATA`,
    );
    const began = performance.now();
    await superuser.unsafe(`INSERT INTO bench.${table} SELECT * FROM ${from}`);
    seconds += (performance.now() - began) / 1000;
  }
  return cases / seconds;
}
