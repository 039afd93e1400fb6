/**
 * What may be stored as text about a person (name, address, reading): well-formed Unicode that every reader sees
 * alike. Refused are control and invisible formatting characters (they hide or reorder what is shown), halves of
 * surrogate pairs, private-use characters (another vendor's 外字 means another glyph: write `{MJ…}`), noncharacters,
 * and a variation selector with nothing to select from. Details name the place, never the text.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { countCharacters, selectorNumber } from './characters.ts';

export type PersonTextCode =
  | 'text-too-long'
  | 'control-character'
  | 'unpaired-surrogate'
  | 'private-use-character'
  | 'noncharacter'
  | 'stray-variation-selector';

/** Code units of the longest character, a supplementary base with an ideographic selector. */
const UNITS_PER_CHARACTER_MAX = 4;

/** The text itself, if it may be stored; `limit` counts characters as `countCharacters` does. */
export function checkPersonText(text: string, limit: number): Result<string, PersonTextCode> {
  if (text.length > limit * UNITS_PER_CHARACTER_MAX || countCharacters(text) > limit) {
    return fail('text-too-long', `more than ${limit} characters`);
  }
  let hasBase = false;
  for (let i = 0; i < text.length; i++) {
    const codePoint = text.codePointAt(i) ?? 0;
    const code = refusalOf(codePoint, hasBase);
    if (code !== undefined) return fail(code, `at code unit ${i}`);
    hasBase = selectorNumber(codePoint) === 0;
    if (codePoint > 0xffff) i++;
  }
  return ok(text);
}

function refusalOf(codePoint: number, hasBase: boolean): PersonTextCode | undefined {
  if (isControl(codePoint)) return 'control-character';
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return 'unpaired-surrogate';
  if ((codePoint >= 0xe000 && codePoint <= 0xf8ff) || codePoint >= 0xf0000) {
    return (codePoint & 0xfffe) === 0xfffe ? 'noncharacter' : 'private-use-character';
  }
  if ((codePoint >= 0xfdd0 && codePoint <= 0xfdef) || (codePoint & 0xfffe) === 0xfffe) return 'noncharacter';
  return selectorNumber(codePoint) > 0 && !hasBase ? 'stray-variation-selector' : undefined;
}

/** Unicode's Cc, Cf, Zl and Zp: line breaks, bidirectional controls, zero-width characters, tags. */
const CONTROL = /^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]$/u;

function isControl(codePoint: number): boolean {
  if (codePoint >= 0x20 && codePoint <= 0x7e) return false;
  if (codePoint >= 0x2100 && codePoint <= 0xd7ff) return false; // kana, ideographs, Hangul: none is a control
  return CONTROL.test(String.fromCodePoint(codePoint));
}
