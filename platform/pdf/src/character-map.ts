/**
 * A font's `cmap`: format 12 (code point to glyph) and format 14 (variation sequences). Written here because
 * fontkit looks for a sequence among the non-default ones only when the default ones also list it, so that a font
 * with both kinds (BIZ UDMincho) answers the wrong glyph without a word.
 *
 * OpenType 1.9, cmap. Invariant: nothing changes after construction; documents may share it.
 */

interface Sequences {
  /** Pairs (first, last) of bases whose sequence looks like the base alone. */
  readonly defaults: Uint32Array;
  /** Pairs (base, glyph), ascending by base. */
  readonly others: Uint32Array;
}

/** Answers which glyph shows a code point, or a code point with a variation selector. */
export class CharacterMap {
  readonly #groups: Uint32Array;
  readonly #sequences = new Map<number, Sequences>();

  /** Reads the table; throws RangeError or Error when it is damaged or has no format 12. */
  constructor(cmap: DataView) {
    let groups: Uint32Array | undefined;
    for (let index = 0; index < cmap.getUint16(2); index++) {
      const offset = cmap.getUint32(4 + index * 8 + 4);
      const format = cmap.getUint16(offset);
      if (format === 12) groups = words(cmap, offset + 16, cmap.getUint32(offset + 12) * 3);
      if (format === 14) this.#readSequences(cmap, offset);
    }
    if (groups === undefined) throw new Error('no cmap subtable of format 12');
    this.#groups = groups;
  }

  /** The glyph of a code point; 0 when the font has none. */
  glyphOf(codePoint: number): number {
    const at = lastAtMost(this.#groups, 3, codePoint);
    if (at < 0 || codePoint > (this.#groups[at + 1] ?? 0)) return 0;
    return (this.#groups[at + 2] ?? 0) + codePoint - (this.#groups[at] ?? 0);
  }

  /** The glyph of a variation sequence; 0 when the font does not have the sequence. */
  glyphOfSequence(base: number, selector: number): number {
    const sequences = this.#sequences.get(selector);
    if (sequences === undefined) return 0;
    const other = lastAtMost(sequences.others, 2, base);
    if (other >= 0 && sequences.others[other] === base) return sequences.others[other + 1] ?? 0;
    const range = lastAtMost(sequences.defaults, 2, base);
    if (range < 0 || base > (sequences.defaults[range + 1] ?? 0)) return 0;
    return this.glyphOf(base);
  }

  #readSequences(cmap: DataView, offset: number): void {
    for (let index = 0; index < cmap.getUint32(offset + 6); index++) {
      const record = offset + 10 + index * 11;
      const defaults = cmap.getUint32(record + 3);
      const others = cmap.getUint32(record + 7);
      this.#sequences.set(uint24(cmap, record), {
        defaults: defaults === 0 ? new Uint32Array() : defaultRanges(cmap, offset + defaults),
        others: others === 0 ? new Uint32Array() : otherPairs(cmap, offset + others),
      });
    }
  }
}

function defaultRanges(cmap: DataView, offset: number): Uint32Array {
  const pairs = new Uint32Array(cmap.getUint32(offset) * 2);
  for (let index = 0; index < pairs.length; index += 2) {
    const first = uint24(cmap, offset + 4 + index * 2);
    pairs[index] = first;
    pairs[index + 1] = first + cmap.getUint8(offset + 4 + index * 2 + 3);
  }
  return pairs;
}

function otherPairs(cmap: DataView, offset: number): Uint32Array {
  const pairs = new Uint32Array(cmap.getUint32(offset) * 2);
  for (let index = 0; index < pairs.length; index += 2) {
    const record = offset + 4 + (index / 2) * 5;
    pairs[index] = uint24(cmap, record);
    pairs[index + 1] = cmap.getUint16(record + 3);
  }
  return pairs;
}

function words(view: DataView, offset: number, count: number): Uint32Array {
  const result = new Uint32Array(count);
  for (let index = 0; index < count; index++) result[index] = view.getUint32(offset + index * 4);
  return result;
}

function uint24(view: DataView, offset: number): number {
  return view.getUint16(offset) * 256 + view.getUint8(offset + 2);
}

/** The index of the last record (of `width` words, ascending by the first) whose first word is at most `value`. */
function lastAtMost(records: Uint32Array, width: number, value: number): number {
  let low = 0;
  let high = records.length / width - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if ((records[middle * width] ?? 0) <= value) low = middle + 1;
    else high = middle - 1;
  }
  return high * width;
}
