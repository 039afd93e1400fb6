/** The simulated year's time: virtual milliseconds since its first midnight in Tokyo, and what they are in the calendar. */
import { type Clock, dateInTokyo, type IsoDate, startOfDateInTokyo } from '@ishizue/clock';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const FIRST_DAY: IsoDate = '2026-01-01';
const START_MS = startOfDateInTokyo(FIRST_DAY);

/** The calendar date of a virtual instant. */
export const dateAt = (virtual_ms: number): IsoDate => dateInTokyo(START_MS + virtual_ms);

/** The clock of a process. Armed, it breaks the act that looks at it for the nth time from now. */
export class ProcessClock implements Clock {
  readonly #virtual: Clock;
  #looksLeft = Number.POSITIVE_INFINITY;

  constructor(virtual: Clock) {
    this.#virtual = virtual;
  }

  now(): number {
    if (--this.#looksLeft === 0) throw new ProcessDied('amid a transaction');
    return START_MS + this.#virtual.now();
  }

  /** Lets the nth look from now throw. */
  breakAt(nth: number): void {
    this.#looksLeft = nth;
  }

  /** Whatever was armed is not. */
  mend(): void {
    this.#looksLeft = Number.POSITIVE_INFINITY;
  }
}

/** What an act meets whose process the simulation lets die. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}
