/**
 * Which parts of a tree a root or a proof is made of: RFC 6962 sections 2.1, 2.1.1 and 2.1.2, as ranges of leaves. Sizes
 * are numbers up to 2^53 − 1, so arithmetic is by division: JavaScript's bit operators stop at 32 bits.
 */

/** The leaves from `start` up to but not including `end`, as one subtree of RFC 6962. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** A perfect subtree: the `index`-th of those over 2^height leaves. */
export interface TreeNode {
  readonly height: number;
  readonly index: number;
}

/** Throws unless the value is a whole number from 0 to 2^53 − 1. */
export function requireCount(value: number, what: string): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${what} is not a count: ${value}`);
}

/** The greatest power of two that is smaller than `count` (at least 2). */
function splitPoint(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** The perfect subtrees of a range, from left to right: the greatest first. */
export function nodesOf(range: LeafRange): readonly TreeNode[] {
  const nodes: TreeNode[] = [];
  let { start } = range;
  while (start < range.end) {
    let height = 0;
    let span = 1;
    while (start % (span * 2) === 0 && start + span * 2 <= range.end) {
      span *= 2;
      height += 1;
    }
    nodes.push({ height, index: start / span });
    start += span;
  }
  return nodes;
}

/** The subtrees whose hashes prove that a leaf is in the tree, from the leaf's sibling upwards (PATH). */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] {
  requireCount(index, 'index');
  requireCount(size, 'size');
  if (index >= size) throw new Error(`leaf ${index} is outside a tree of ${size}`);
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.toReversed();
}

/** The subtrees whose hashes prove that the tree of `oldSize` is the beginning of the tree of `newSize` (PROOF). */
export function consistencyRanges(oldSize: number, newSize: number): readonly LeafRange[] {
  requireCount(oldSize, 'old size');
  requireCount(newSize, 'new size');
  if (oldSize > newSize) throw new Error(`a tree of ${oldSize} is no beginning of one of ${newSize}`);
  if (oldSize === 0 || oldSize === newSize) return [];
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = newSize;
  while (oldSize !== end) {
    const middle = start + splitPoint(end - start);
    if (oldSize <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // the verifier has the old root: its own subtree is only told where it is not the whole old tree
  if (start > 0) ranges.push({ start, end });
  return ranges.toReversed();
}
