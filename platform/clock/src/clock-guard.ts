/**
 * Notices that the machine's clock was moved, before anything is dated by it: against time that only grows, counted since
 * the guard was made, and against the latest instant that something was dated with. Sleep is no movement: where the system
 * says how long it was, it is taken off. Flow: docs/flows/clock.md.
 */
import { uptime } from 'node:os';
import { type Clock, systemClock } from './clock.ts';

/** What a clock is held against, in milliseconds. */
export interface ElapsedTime {
  /** Grows with time and with nothing else; it may stand still while the machine sleeps. */
  elapsed(): number;
  /** As `elapsed`, but counts sleep too; asked only where the clock seems to have been moved. */
  elapsedAsleepToo(): number;
}

/** How the clock differs from what it should say. */
export interface ClockMoved {
  /** How far it is ahead of the time that has passed, or behind (negative), or behind what was dated last. */
  readonly by_ms: number;
  readonly since: 'start' | 'last-dated';
}

/** What those who date something ask. */
export interface ClockWatch {
  /** How the clock was moved; undefined where it may be believed. */
  look(): ClockMoved | undefined;
}

/** What NTP may step, or two machines differ by, without anybody being told: far below an hour. */
export const CLOCK_BOUND_MS = 60_000;
/** How much a crystal may be wrong: a clock that runs by itself for a month is 4 minutes out at the worst. */
const DRIFT_MAX = 1e-4;

export class ClockGuard implements ClockWatch {
  readonly #clock: Clock;
  readonly #time: ElapsedTime;
  readonly #began: { readonly clock: number; readonly elapsed: number; readonly asleepToo: number };
  #latest: number;

  /** @param latest the latest instant that is known to have been dated with; nothing where there is none */
  constructor(clock: Clock, time: ElapsedTime, latest = Number.NEGATIVE_INFINITY) {
    this.#clock = clock;
    this.#time = time;
    this.#began = {
      clock: clock.now(),
      elapsed: time.elapsed(),
      asleepToo: time.elapsedAsleepToo(),
    };
    this.#latest = latest;
  }

  look(): ClockMoved | undefined {
    const now = this.#clock.now();
    const behind_ms = this.#latest - now;
    if (behind_ms > CLOCK_BOUND_MS) return { by_ms: -behind_ms, since: 'last-dated' };
    const { clock, elapsed, asleepToo } = this.#began;
    const awake = this.#time.elapsed() - elapsed;
    const bound_ms = CLOCK_BOUND_MS + awake * DRIFT_MAX;
    if (Math.abs(now - clock - awake) > bound_ms) {
      const by_ms = now - clock - (this.#time.elapsedAsleepToo() - asleepToo);
      if (Math.abs(by_ms) > bound_ms) return { by_ms, since: 'start' };
    }
    this.#latest = Math.max(this.#latest, now);
    return undefined;
  }
}

/**
 * This machine's. Linux counts time asleep in its time since boot and nowhere else; other systems count it in the
 * monotonic clock already.
 */
export const machineTime: ElapsedTime = {
  elapsed: () => performance.now(),
  elapsedAsleepToo: () => (process.platform === 'linux' ? uptime() * 1_000 : performance.now()),
};

/** A guard over the machine's clock. */
export const guardMachineClock = (latest?: number): ClockGuard =>
  new ClockGuard(systemClock, machineTime, latest);

/** For clocks that are moved by hand: there is nothing to notice. */
export const UNGUARDED: ClockWatch = { look: () => undefined };

/** What is wrong, for people. */
export const clockMovedText = ({ by_ms, since }: ClockMoved): string => {
  const seconds = Math.round(Math.abs(by_ms) / 1_000);
  const where = by_ms < 0 ? 'behind' : 'ahead of';
  return `the clock is ${seconds} s ${where} ${since === 'start' ? 'the time that has passed since the start' : 'what was signed last'}`;
};
