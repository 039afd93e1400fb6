/**
 * The clock that everything takes as a parameter. Business time is Japan's: a date "today" is the date in Tokyo,
 * whatever the machine's zone. Tests and simulations use a clock that they move by hand.
 */

/** Milliseconds since the epoch and Tokyo's calendar date at that instant. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now: number;

  constructor(start: string | number) {
    this.#now = typeof start === 'number' ? start : Date.parse(start);
    if (Number.isNaN(this.#now)) throw new Error(`not an instant: ${start}`);
  }

  now(): number {
    return this.#now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

/** An ISO calendar date, `2026-11-22`. */
export type IsoDate = string;

const TOKYO_OFFSET_MS = 9 * 3_600_000; // Japan has had no daylight saving since 1951

/** The calendar date in Tokyo at an instant (milliseconds since the epoch). */
export function dateInTokyo(instant: number): IsoDate {
  return new Date(instant + TOKYO_OFFSET_MS).toISOString().slice(0, 10);
}

/** The instant at which a date begins in Tokyo, in milliseconds since the epoch. */
export function startOfDateInTokyo(date: IsoDate): number {
  return Date.parse(`${date}T00:00:00+09:00`);
}

/** The instant of 23:59:59 in Tokyo on a date, in milliseconds since the epoch. */
export function endOfDateInTokyo(date: IsoDate): number {
  return Date.parse(`${date}T23:59:59+09:00`);
}
