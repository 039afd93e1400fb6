/**
 * A map from variation sequences (a base and a selector) to numbers: two sorted arrays and a binary search, 90 KiB for
 * the 11,474 sequences of the MJ list.
 */

/** From a base and a selector's number to a number; 0 where there is no such sequence. */
export interface SequenceMap {
  get(base: number, selector: number): number;
}

// A base takes 21 bits and a selector's number 9: ideographs end at U+3FFFF, so 27 bits are enough and stay unsigned.
const keyOf = (base: number, selector: number): number => base * 512 + selector;

/** The map of the given sequences; of two with the same key the first is kept. */
export function sequenceMap(
  entries: ReadonlyArray<readonly [base: number, selector: number, value: number]>,
): SequenceMap {
  const sorted = entries
    .map(([base, selector, value]) => [keyOf(base, selector), value] as const)
    .toSorted(([a], [b]) => a - b);
  const keys = Uint32Array.from(sorted, ([key]) => key);
  const values = Uint32Array.from(sorted, ([, value]) => value);
  return {
    get(base, selector) {
      const key = keyOf(base, selector);
      let low = 0;
      let high = keys.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((keys[middle] ?? 0) < key) low = middle + 1;
        else high = middle;
      }
      return keys[low] === key ? (values[low] ?? 0) : 0;
    },
  };
}
