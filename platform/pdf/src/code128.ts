/**
 * Code 128, set B, for document ids that a scanner reads back.
 *
 * ISO/IEC 15417: a symbol is a start pattern, one pattern a character, a check character (sum of value × position,
 * modulo 103) and a stop pattern; each pattern is six widths of bars and spaces in turn, eleven modules in all.
 */
import { fail, ok, type Result } from '@ishizue/outcome';

/** Widths of bar, space, bar, … for the values 0 to 105, three digits of bars interleaved with three of spaces. */
const PATTERNS =
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 ' +
  '123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 ' +
  '232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 ' +
  '313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 ' +
  '111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 ' +
  '111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 ' +
  '114311 411113 411311 113141 114131 311141 411131 211412 211214 211232';
const WIDTHS = PATTERNS.split(' ');
const START_B = 104;
const STOP = '2331112';

/** Characters in one bar code; longer ones are not read reliably in one sweep. */
export const BARCODE_CHARACTERS_MAX = 80;

/** Modules of white that belong to each side. */
export const QUIET_MODULES = 10;

/** The bars of a symbol: where each starts and how wide it is, in modules, and the symbol's whole width. */
export interface Bars {
  readonly modules: number;
  readonly bars: readonly (readonly [start: number, width: number])[];
}

/** Encodes printable ASCII. */
export function encodeCode128(data: string): Result<Bars, 'barcode-unencodable'> {
  if (!/^[ -~]+$/.test(data))
    return fail('barcode-unencodable', 'only printable ASCII, and at least one character');
  if (data.length > BARCODE_CHARACTERS_MAX) {
    return fail('barcode-unencodable', `more than ${BARCODE_CHARACTERS_MAX} characters`);
  }
  const values = Array.from(data, (character) => character.charCodeAt(0) - 0x20);
  const check = values.reduce((sum, value, index) => sum + value * (index + 1), START_B) % 103;
  const widths = [START_B, ...values, check].map((value) => WIDTHS[value]).join('') + STOP;
  const bars: (readonly [number, number])[] = [];
  let at = 0;
  for (const [index, digit] of Array.from(widths).entries()) {
    const width = Number(digit);
    if (index % 2 === 0) bars.push([at, width]);
    at += width;
  }
  return ok({ modules: at, bars });
}
