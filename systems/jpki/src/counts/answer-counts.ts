/**
 * How often which verifier was told what (domain: status answer counters per verifier), by day in Japan. Counted in memory
 * and added to the database every second by one statement, so that an answer waits for no write. A kill loses what was
 * counted in its last second, and no more; a database that is away loses nothing.
 */
import type { Clock } from '@ishizue/clock';
import { dateInTokyo } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { CertificateKind } from '../profile/certificate-kind.ts';

/** Who asks where nobody says who: the public. */
export const PUBLIC_VERIFIER = '';

export interface CountedAnswer {
  /** The verifier's id, or `PUBLIC_VERIFIER`. */
  readonly verifier: string;
  readonly service: 'ocsp' | 'crl';
  /** Empty where no authority of ours was asked about. */
  readonly kind: CertificateKind | '';
  /** `good`, `revoked`, `unknown`, `malformedRequest`, …; `sent`, `not-modified` of lists. */
  readonly answer: string;
}

interface Counted extends CountedAnswer {
  readonly day: number;
  count: number;
}

const FLUSH_MS = 1_000;
/** Verifiers are registered one by one; past so many rows of a second, those who come are counted as the public. */
const ROWS_MAX = 10_000;
const DAY_MS = 86_400_000;
const TOKYO_MS = 9 * 3_600_000;

export class AnswerCounts {
  readonly #sql: Sql;
  readonly #clock: Clock;
  #counted = new Map<string, Counted>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(sql: Sql, clock: Clock) {
    this.#sql = sql;
    this.#clock = clock;
  }

  add(answer: CountedAnswer): void {
    this.#add(answer, Math.floor((this.#clock.now() + TOKYO_MS) / DAY_MS), 1);
  }

  /** Puts what is counted into the database; rejects where that cannot be, and keeps it. At the end, and by itself. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.catch(() => undefined).then(() => this.#flush());
    return this.#flushing;
  }

  #add({ service, kind, answer, verifier: asking }: CountedAnswer, day: number, count: number): void {
    let key = `${day} ${service} ${kind} ${answer} ${asking}`;
    let verifier = asking;
    if (this.#counted.size >= ROWS_MAX && !this.#counted.has(key)) {
      verifier = PUBLIC_VERIFIER;
      key = `${day} ${service} ${kind} ${answer} `;
    }
    const known = this.#counted.get(key);
    if (known) known.count += count;
    else this.#counted.set(key, { service, kind, answer, verifier, day, count });
    // what fails is kept, and tried again by the next one
    this.#timer ??= setTimeout(() => void this.flush().catch(() => this.#flushLater()), FLUSH_MS).unref();
  }

  #flushLater(): void {
    this.#timer ??= setTimeout(() => void this.flush().catch(() => this.#flushLater()), FLUSH_MS).unref();
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows = [...this.#counted.values()];
    if (rows.length === 0) return;
    this.#counted = new Map();
    try {
      await addRows(this.#sql, rows);
    } catch (error) {
      for (const row of rows) this.#add(row, row.day, row.count);
      throw error;
    }
  }
}

const dateOf = (day: number): string => dateInTokyo(day * DAY_MS);

/** In one order, so that two processes wait for each other and never in a circle. */
async function addRows(sql: Sql, rows: readonly Counted[]): Promise<void> {
  await sql`
    INSERT INTO jpki.answer_count AS known (day, verifier, service, kind, answer, count)
    SELECT * FROM unnest(${rows.map(({ day }) => dateOf(day))}::date[], ${rows.map(({ verifier }) => verifier)}::text[],
      ${rows.map(({ service }) => service)}::text[], ${rows.map(({ kind }) => kind)}::text[],
      ${rows.map(({ answer }) => answer)}::text[], ${rows.map(({ count }) => count)}::bigint[])
    ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (day, verifier, service, kind, answer) DO UPDATE SET count = known.count + excluded.count`;
}

/** Counts of days in Japan, `YYYY-MM-DD`, from the first to the last. */
export interface CountPeriod {
  readonly from: string;
  readonly to: string;
}

export interface CountRow extends CountedAnswer {
  readonly day: string;
  readonly count: number;
}

/** What is in the database, by day and verifier. */
export const readAnswerCounts = (
  { sql }: { readonly sql: Sql },
  { from, to }: CountPeriod,
): Promise<readonly CountRow[]> =>
  sql<CountRow[]>`
    SELECT day, verifier, service, kind, answer, count FROM jpki.answer_count
    WHERE day BETWEEN ${from}::date AND ${to}::date ORDER BY day, verifier, service, kind, answer`;
