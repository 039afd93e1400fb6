/**
 * Characters as a reader counts them in a register: a base and the variation selector that follows it are one
 * (Unicode 3.2 standardised selectors U+FE00–FE0F, UTS #37 ideographic selectors U+E0100–E01EF).
 */

const FIRST_STANDARD_SELECTOR = 0xfe00;
const FIRST_IDEOGRAPHIC_SELECTOR = 0xe0100;

/** The number of a variation selector, 1–16 (U+FE00…) and 17–256 (U+E0100…); 0 for any other code point. */
export function selectorNumber(codePoint: number): number {
  if (codePoint >= FIRST_STANDARD_SELECTOR && codePoint <= 0xfe0f)
    return codePoint - FIRST_STANDARD_SELECTOR + 1;
  if (codePoint >= FIRST_IDEOGRAPHIC_SELECTOR && codePoint <= 0xe01ef) {
    return codePoint - FIRST_IDEOGRAPHIC_SELECTOR + 17;
  }
  return 0;
}

/** The code point of a selector number; the inverse of `selectorNumber`. */
export function selectorCodePoint(number: number): number {
  if (number < 1 || number > 256) throw new Error(`not a variation selector number: ${number}`);
  return number <= 16 ? FIRST_STANDARD_SELECTOR + number - 1 : FIRST_IDEOGRAPHIC_SELECTOR + number - 17;
}

/** The characters of the text in order: a base with its selector, or a code point. They concatenate to the text. */
export function charactersOf(text: string): string[] {
  const characters: string[] = [];
  let hasBase = false;
  for (const point of text) {
    const last = characters.length - 1;
    if (hasBase && selectorNumber(point.codePointAt(0) ?? 0) > 0) {
      characters[last] += point;
      hasBase = false; // a second selector has nothing to select from
    } else {
      characters.push(point);
      hasBase = selectorNumber(point.codePointAt(0) ?? 0) === 0;
    }
  }
  return characters;
}

/** How many characters the text has: `charactersOf(text).length` without the array. */
export function countCharacters(text: string): number {
  let count = 0;
  let hasBase = false;
  for (let i = 0; i < text.length; i++) {
    const codePoint = text.codePointAt(i) ?? 0;
    if (codePoint > 0xffff) i++;
    const isSelector = selectorNumber(codePoint) > 0;
    if (hasBase && isSelector) {
      hasBase = false;
      continue;
    }
    count++;
    hasBase = !isSelector;
  }
  return count;
}
