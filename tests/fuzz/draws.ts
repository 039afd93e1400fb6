/** A stream of draws that a seed replays (sfc32): millions a second, which `Chance` of the simulation is not made for. */
import { createHash } from 'node:crypto';

export class Draws {
  #a: number;
  #b: number;
  #c: number;
  #count: number;

  constructor(seed: string) {
    const hash = createHash('sha256').update(seed).digest();
    this.#a = hash.readUInt32LE(0);
    this.#b = hash.readUInt32LE(4);
    this.#c = hash.readUInt32LE(8);
    this.#count = hash.readUInt32LE(12) | 1;
  }

  /** 32 random bits. */
  bits(): number {
    const drawn = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  }

  /** A whole number from 0 up to, not including, `end`; 0 where `end` is 0. */
  below(end: number): number {
    return end <= 1 ? 0 : this.bits() % end;
  }

  /** Whether something happens that happens once in `times`. */
  onceIn(times: number): boolean {
    return this.below(times) === 0;
  }

  oneOf<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error('nothing to choose from');
    return value;
  }

  octets(length: number): Buffer {
    const octets = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; at++) octets[at] = this.bits() & 0xff;
    return octets;
  }
}
