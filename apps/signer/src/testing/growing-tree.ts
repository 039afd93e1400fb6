/** Roots and consistency proofs of one growing Merkle tree, by the recursion of RFC 9162, 2.1.4.1. */
import { createHash } from 'node:crypto';

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

export class GrowingTree {
  readonly #seed: string;
  readonly #hashes = new Map<string, Buffer>();

  constructor(seed: string) {
    this.#seed = seed;
  }

  root(size: number): Buffer {
    return this.#hash(0, size);
  }

  proof(first: number, second: number): Buffer[] {
    return first === 0 || first === second ? [] : this.#subProof(first, 0, second, true);
  }

  #hash(from: number, to: number): Buffer {
    const name = `${from}-${to}`;
    const known = this.#hashes.get(name);
    if (known) return known;
    const middle = from + half(to - from);
    const hash =
      to - from === 1
        ? sha256(Buffer.from([0]), Buffer.from(`${this.#seed} ${from}`))
        : sha256(Buffer.from([1]), this.#hash(from, middle), this.#hash(middle, to));
    this.#hashes.set(name, hash);
    return hash;
  }

  #subProof(first: number, from: number, to: number, whole: boolean): Buffer[] {
    if (first === to - from) return whole ? [] : [this.#hash(from, to)];
    const middle = from + half(to - from);
    return first <= middle - from
      ? [...this.#subProof(first, from, middle, whole), this.#hash(middle, to)]
      : [...this.#subProof(first - (middle - from), middle, to, false), this.#hash(from, middle)];
  }
}

/** The greatest power of two below n. */
function half(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
