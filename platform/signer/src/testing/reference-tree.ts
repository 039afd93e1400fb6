/**
 * RFC 9162's definitions of tree hash (2.1.1) and consistency proof (2.1.4.1), written down as the recursion that the
 * RFC gives; the code under test verifies by the iterative algorithm and shares nothing with this.
 */
import { createHash } from 'node:crypto';

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export class ReferenceTree {
  readonly #leaves: readonly Buffer[];
  readonly #hashes = new Map<string, Buffer>();

  /** A tree over the leaf texts `seed 0`, `seed 1`, … */
  constructor(size: number, seed = 'leaf') {
    this.#leaves = Array.from({ length: size }, (_, i) =>
      sha256(Buffer.from([0]), Buffer.from(`${seed} ${i}`)),
    );
  }

  root(size: number): Buffer {
    return size === 0 ? sha256() : this.#hash(0, size);
  }

  consistencyProof(first: number, second: number): Buffer[] {
    return first === 0 || first === second ? [] : this.#subProof(first, 0, second, true);
  }

  #hash(from: number, to: number): Buffer {
    const leaf = this.#leaves[from];
    if (!leaf) throw new Error(`no leaf ${from}`);
    if (to - from === 1) return leaf;
    const name = `${from}-${to}`;
    const known = this.#hashes.get(name);
    if (known) return known;
    const middle = from + splitAt(to - from);
    const hash = sha256(Buffer.from([1]), this.#hash(from, middle), this.#hash(middle, to));
    this.#hashes.set(name, hash);
    return hash;
  }

  #subProof(first: number, from: number, to: number, whole: boolean): Buffer[] {
    if (first === to - from) return whole ? [] : [this.#hash(from, to)];
    const split = splitAt(to - from);
    const middle = from + split;
    return first <= split
      ? [...this.#subProof(first, from, middle, whole), this.#hash(middle, to)]
      : [...this.#subProof(first - split, middle, to, false), this.#hash(from, middle)];
  }
}

/** The greatest power of two below n. */
function splitAt(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
