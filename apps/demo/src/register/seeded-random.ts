/**
 * Randomness that a seed replays: the same seed gives the same people on every machine. Not for secrets. The generator
 * is sfc32 (Chris Doty-Humphrey, public domain), whose 32-bit arithmetic is exact in JavaScript.
 */

/** A weighted choice in constant time (Vose's alias method), prepared once for a list. */
export class WeightedChoice<T> {
  readonly #items: readonly T[];
  readonly #threshold: Float64Array;
  readonly #alias: Uint32Array;

  constructor(items: readonly T[], weightOf: (item: T) => number) {
    if (items.length === 0) throw new Error('nothing to choose from');
    const total = items.reduce((sum, item) => sum + weightOf(item), 0);
    this.#items = items;
    this.#threshold = Float64Array.from(items, (item) => (weightOf(item) * items.length) / total);
    this.#alias = new Uint32Array(items.length);
    const small: number[] = [];
    const large: number[] = [];
    for (const [index, share] of this.#threshold.entries()) (share < 1 ? small : large).push(index);
    while (small.length > 0 && large.length > 0) {
      const less = small.pop() ?? 0;
      const more = large.pop() ?? 0;
      const rest = (this.#threshold[more] ?? 0) + (this.#threshold[less] ?? 0) - 1;
      this.#alias[less] = more;
      this.#threshold[more] = rest;
      (rest < 1 ? small : large).push(more);
    }
    // what rounding left over has no alias and keeps itself
    for (const index of [...small, ...large]) this.#threshold[index] = 1;
  }

  pick(random: SeededRandom): T {
    const index = random.below(this.#items.length);
    const isKept = random.fraction() < (this.#threshold[index] ?? 1);
    return at(this.#items, isKept ? index : (this.#alias[index] ?? index));
  }
}

export class SeededRandom {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** @param seed any text; equal texts give equal sequences */
  constructor(seed: string) {
    // FNV-1a from three starting points fills the state
    this.#a = hash(seed, 0x811c9dc5);
    this.#b = hash(seed, 0x9e3779b9);
    this.#c = hash(seed, 0x85ebca6b);
    for (let round = 0; round < 16; round++) this.#next();
  }

  #next(): number {
    const result = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result;
    this.#c |= 0;
    return result >>> 0;
  }

  /** A fraction of at least 0 and less than 1. */
  fraction(): number {
    return this.#next() / 0x1_0000_0000;
  }

  /** A whole number of at least 0 and less than `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** A whole number between two bounds, both inclusive. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True with a probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** About normal: the sum of four uniform numbers, so that it stays within 3.5 deviations. */
  normal(mean: number, deviation: number): number {
    const sum = this.fraction() + this.fraction() + this.fraction() + this.fraction();
    return mean + (sum - 2) * 1.732 * deviation;
  }

  pick<T>(items: readonly T[]): T {
    return at(items, this.below(items.length));
  }

  /** As `pick`, but the first items of the list more often than the last. */
  pickEarly<T>(items: readonly T[]): T {
    return at(items, Math.floor(this.fraction() ** 1.6 * items.length));
  }
}

function hash(text: string, start: number): number {
  let state = start;
  for (let index = 0; index < text.length; index++)
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  return state | 0;
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
