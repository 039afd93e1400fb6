/**
 * Chance that a seed replays: numbers drawn from a name, not from a stream, so that what is drawn for one event does
 * not depend on which others came before it.
 */
import { createHash } from 'node:crypto';

export class Chance {
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** A number from 0 (included) to 1 (excluded), always the same for the name. */
  at(name: string): number {
    return createHash('sha256').update(`${this.#seed}\n${name}`).digest().readUIntBE(0, 6) / 2 ** 48;
  }

  /** Whether something of the probability happens. */
  happens(name: string, probability: number): boolean {
    return this.at(name) < probability;
  }

  /** A whole number from the first to the second, both included. */
  between(name: string, first: number, last: number): number {
    return first + Math.floor(this.at(name) * (last - first + 1));
  }

  /** One of the values. */
  oneOf<T>(name: string, values: readonly T[]): T {
    const value = values[Math.floor(this.at(name) * values.length)];
    if (value === undefined) throw new Error('nothing to choose from');
    return value;
  }
}
