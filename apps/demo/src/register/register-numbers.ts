/**
 * A municipality's own ten-digit numbers (宛名番号, 世帯番号), leading zeros included: different for different counts without
 * remembering any, because a Feistel network over two halves of five digits is a permutation. Not for secrets.
 */
const HALF = 100_000;
const ROUNDS = 4;
const COUNT_MAX = HALF * HALF;

export class RegisterNumbers {
  readonly #key: number;

  /** @param key a fraction; equal keys give equal numbers */
  constructor(key: number) {
    this.#key = Math.floor(key * 0x1_0000_0000);
  }

  /** The number of the n-th, from 0. */
  numberOf(count: number): string {
    if (count < 0 || count >= COUNT_MAX) throw new Error(`a register has no number for ${count}`);
    let left = Math.floor(count / HALF);
    let right = count % HALF;
    for (let round = 0; round < ROUNDS; round++) {
      const mixed = (left + this.#mix(right, round)) % HALF;
      left = right;
      right = mixed;
    }
    return String(COUNT_MAX + left * HALF + right).slice(1);
  }

  #mix(half: number, round: number): number {
    let state = Math.imul(half ^ this.#key, 0x9e3779b1) + round * 0x85ebca6b;
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    return ((state ^ (state >>> 13)) >>> 0) % HALF;
  }
}
