/**
 * Kanji numerals inside addresses: 二十三, 二三 and 百二 as numbers. A run of numerals may begin inside a town's name
 * (四十万五丁目 is 四十万 and 5), so what is read is the longest end of the run that is well formed and not above a limit.
 */

const DIGITS = '〇一二三四五六七八九';
const ZERO = 0x3007;
const UNIT_VALUES = new Map([
  [0x5341, 10],
  [0x767e, 100],
  [0x5343, 1_000],
  [0x4e07, 10_000],
]);
const DIGIT_VALUES = new Map(Array.from(DIGITS, (digit, value) => [digit.charCodeAt(0), value]));

/** Runs longer than this are no lot number; the bound also keeps the search for the longest end short. */
const RUN_UNITS_MAX = 12;

/** The numerals that are read. */
export const KANJI_NUMERALS = `${DIGITS}十百千万`;

/** A number read from the end of a run: where it begins and what it is. */
export interface RunNumber {
  readonly start: number;
  readonly value: number;
}

/** The longest well-formed number that ends the run and is at most `max`; undefined where there is none. */
export function numberAtEnd(run: readonly number[], max: number): RunNumber | undefined {
  const first = Math.max(0, run.length - RUN_UNITS_MAX);
  for (let start = first; start < run.length; start++) {
    const value = valueOf(run, start);
    if (value !== undefined && value <= max) return { start, value };
  }
  return undefined;
}

/** The value of the run from `start`, undefined where it is not well formed. */
function valueOf(run: readonly number[], start: number): number | undefined {
  return positionalValue(run, start) ?? multiplicativeValue(run, start);
}

/** 二〇五: digits only, no leading zero. */
function positionalValue(run: readonly number[], start: number): number | undefined {
  if (run[start] === ZERO) return undefined;
  let value = 0;
  for (let i = start; i < run.length; i++) {
    const digit = DIGIT_VALUES.get(run[i] ?? 0);
    if (digit === undefined) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/** 千二百三十: units that fall, each with at most one digit before it; 万 needs a number before it. */
function multiplicativeValue(run: readonly number[], start: number): number | undefined {
  let total = 0;
  let section = 0; // what is below 万
  let digit = 0;
  let lastUnit = 10_000;
  for (let i = start; i < run.length; i++) {
    const numeral = run[i] ?? 0;
    const unit = UNIT_VALUES.get(numeral);
    if (unit === undefined) {
      if (digit !== 0 || numeral === ZERO) return undefined;
      digit = DIGIT_VALUES.get(numeral) ?? 0;
    } else if (unit === 10_000) {
      if (total !== 0 || section + digit === 0) return undefined;
      total = (section + digit) * unit;
      section = 0;
      digit = 0;
      lastUnit = unit;
    } else {
      if (unit >= lastUnit) return undefined;
      section += (digit || 1) * unit;
      digit = 0;
      lastUnit = unit;
    }
  }
  return total + section + digit;
}
