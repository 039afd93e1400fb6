/**
 * Time that goes from event to event. One event runs at a time; the next one begins when everybody rests again, so that
 * the order of events depends on the seed alone, although the database answers in real time.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '@ishizue/clock';
import type { Wait } from '@ishizue/link';

interface Event {
  readonly at: number;
  readonly name: string;
  readonly run: () => unknown;
}

const REST_LIMIT_MS = 20_000; // of real time: somebody who never rests is a bug

/** Somebody who works between events: a dispatcher's loop. */
export interface Sleeper {
  isResting: boolean;
  isDead: boolean;
}

export class VirtualTime implements Clock {
  readonly #events = new Set<Event>();
  readonly #sleepers: Sleeper[] = [];
  readonly #trace = createHash('sha256');
  #now = 0;
  #onRest: () => void = () => undefined;
  #count = 0;

  now(): number {
    return this.#now;
  }

  /** A digest of all events so far. */
  trace(): string {
    return `${this.#count} events, ${this.#trace.copy().digest('hex').slice(0, 16)}`;
  }

  /** Plans an event; answers what cancels it. Names of events at one instant must differ. */
  plan(delay_ms: number, name: string, run: () => unknown): () => void {
    const event = { at: this.#now + delay_ms, name, run };
    this.#events.add(event);
    return () => void this.#events.delete(event);
  }

  /** A wait for a dispatcher, which rests during it. */
  waitOf(name: string): { readonly sleeper: Sleeper; readonly wait: Wait } {
    const sleeper: Sleeper = { isResting: false, isDead: false };
    this.#sleepers.push(sleeper);
    const wait: Wait = (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const wakeUp = (): void => {
          if (sleeper.isDead) return;
          sleeper.isResting = false;
          resolve();
        };
        const cancel = Number.isFinite(ms) ? this.plan(ms, `wait ${name}`, wakeUp) : () => undefined;
        sleeper.isResting = true;
        this.#onRest();
        signal.addEventListener('abort', () => {
          cancel();
          wakeUp();
        });
      });
    return { sleeper, wait };
  }

  /** Runs events until `isDone` or the instant; answers whether it was done. */
  async runUntil(limit_ms: number, isDone: () => boolean): Promise<boolean> {
    await this.#untilAllRest();
    while (!isDone()) {
      const next = this.#next();
      if (!next || next.at > limit_ms) return false;
      this.#events.delete(next);
      this.#now = next.at;
      this.#count++;
      this.#trace.update(`${next.at} ${next.name}\n`);
      await next.run();
      await this.#untilAllRest();
    }
    return true;
  }

  #next(): Event | undefined {
    let next: Event | undefined;
    for (const event of this.#events)
      if (!next || event.at < next.at || (event.at === next.at && event.name < next.name)) next = event;
    return next;
  }

  /** Resolves when every living sleeper waits for an event. */
  async #untilAllRest(): Promise<void> {
    await new Promise(setImmediate); // what has just been answered wakes whom it concerns first
    while (this.#sleepers.some((sleeper) => !sleeper.isDead && !sleeper.isResting)) {
      const rest = Promise.withResolvers<void>();
      this.#onRest = rest.resolve;
      const limit = setTimeout(() => rest.reject(new Error('somebody never rests')), REST_LIMIT_MS);
      await rest.promise.finally(() => clearTimeout(limit));
      await new Promise(setImmediate);
    }
  }
}
