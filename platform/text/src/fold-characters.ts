/**
 * The folding of single characters that the name key and the address key share: widths, letter case and accents of
 * Latin letters, half-width katakana, hyphens, dots, spaces, variation selectors, and the forms of a kanji (see
 * representative.ts). One table of 256 KiB for the basic plane, built at the first use; no normalisation form is
 * applied to the text. Kana are only composed with their marks: みどり and ミドリ, きょう and きよう stay apart.
 */
import { selectorNumber } from './characters.ts';
import type { CodeUnitBuffer } from './code-unit-buffer.ts';
import { composeKana, fullWidthKana } from './kana.ts';
import { representativeOf } from './representative.ts';

export const SPACE = 0x20;
export const HYPHEN = 0x2d;
const MIDDLE_DOT = 0x30fb;
const REPLACEMENT = 0xfffd;

// What the table says besides a code point. All are above the last one.
const DROPPED = 0x110000;
const COMBINING = 0x110001;
const VOICED = 0x110002;
const SEMI_VOICED = 0x110003;
const SURROGATE = 0x110004;

const SPACES = '\t\n\r \u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000';
const INVISIBLE = '\u0000\u00AD\u180B-\u180D\u180F\u200B-\u200F\u2060\uFE00-\uFE0F\uFEFF';
const HYPHENS = '\u002D\u2010-\u2015\u2212\u2500\u2501\uFE58\uFE63\uFF0D';
const MIDDLE_DOTS = '\u00B7\u2022\u2027\u2219\u22C5\u30FB\uFF65';

const CLASSES: ReadonlyArray<readonly [ranges: string, meaning: number]> = [
  [SPACES, SPACE],
  [INVISIBLE, DROPPED],
  [HYPHENS, HYPHEN],
  [MIDDLE_DOTS, MIDDLE_DOT],
  ['\u0300-\u036F', COMBINING],
  ['\u3099\u309B\uFF9E', VOICED],
  ['\u309A\u309C\uFF9F', SEMI_VOICED],
  ['\uD800-\uDFFF', SURROGATE],
];

let table: Uint32Array | undefined;

function build(): Uint32Array {
  const built = new Uint32Array(0x10000);
  for (let unit = 0; unit < built.length; unit++) built[unit] = foldUnit(unit);
  for (const [ranges, meaning] of CLASSES) {
    for (const unit of unitsOf(ranges)) built[unit] = meaning;
  }
  return built;
}

/** The code units of `a-cx` and the like. */
function* unitsOf(ranges: string): Generator<number> {
  for (let i = 0; i < ranges.length; i++) {
    const first = ranges.charCodeAt(i);
    const isRange = ranges[i + 1] === '-' && i + 2 < ranges.length;
    const last = isRange ? ranges.charCodeAt(i + 2) : first;
    for (let unit = first; unit <= last; unit++) yield unit;
    if (isRange) i += 2;
  }
}

function foldUnit(unit: number): number {
  const kana = fullWidthKana(unit);
  if (kana !== undefined) return kana;
  if (unit >= 0xff01 && unit <= 0xff5e) return upperCase(unit - 0xfee0);
  if (unit >= 0x2e80) return representativeOf(unit);
  return upperCase(unit);
}

/** The capital of a letter, of a Latin letter with accents the capital of its base. */
function upperCase(unit: number): number {
  const base = String.fromCharCode(unit).normalize('NFD').charCodeAt(0);
  const isLatin = isAsciiLetter(base);
  const upper = String.fromCharCode(isLatin ? base : unit).toUpperCase();
  const folded = upper.length === 1 ? upper.charCodeAt(0) : unit;
  return folded === unit ? unit : upperCase(folded); // ẛ: its capital Ṡ has an accent to lose
}

export const isAsciiLetter = (unit: number): boolean =>
  (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);

/** Whether the fold leaves the text as it is and nothing in it is a space or a dot: most names are such. */
export function isFolded(text: string): boolean {
  table ??= build();
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (table[unit] !== unit || unit === SPACE || unit === MIDDLE_DOT) return false;
  }
  return true;
}

/** Appends the folded text to `out`; spaces and middle dots are left out where `separators` is `drop`. */
export function foldCharacters(text: string, out: CodeUnitBuffer, separators: 'keep' | 'drop'): void {
  table ??= build();
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const folded = table[unit] ?? unit;
    if (folded < 0x110000) {
      const isSeparator = folded === SPACE || folded === MIDDLE_DOT;
      if (!isSeparator || separators === 'keep') out.pushCodePoint(folded);
    } else if (folded === SURROGATE) {
      const codePoint = text.codePointAt(i) ?? 0;
      if (codePoint > 0xffff) i++;
      foldSupplementary(codePoint, out);
    } else if (folded !== DROPPED) {
      foldMark(unit, folded, out);
    }
  }
}

/** A character beyond the basic plane; half of a pair becomes U+FFFD, so that it can find no other half. */
function foldSupplementary(codePoint: number, out: CodeUnitBuffer): void {
  if (codePoint <= 0xffff) out.push(REPLACEMENT);
  else if (selectorNumber(codePoint) === 0) out.pushCodePoint(representativeOf(codePoint));
}

/** A mark goes into the character before it (か and ゛ are が); one that cannot, or an accent on a Latin letter, goes. */
function foldMark(mark: number, meaning: number, out: CodeUnitBuffer): void {
  const base = out.last;
  if (meaning === COMBINING) {
    if (isAsciiLetter(base)) return;
    const composed = (String.fromCharCode(base) + String.fromCharCode(mark)).normalize('NFC');
    if (composed.length === 1) out.replaceLast(composed.charCodeAt(0));
    return;
  }
  const composed = composeKana(base, meaning === VOICED ? 'voiced' : 'semi-voiced');
  if (composed !== undefined) out.replaceLast(composed);
}
