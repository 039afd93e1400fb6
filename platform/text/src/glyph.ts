/**
 * The three layers of a character kept apart: the glyph of the MJ list (文字情報基盤), its code in the resident registry
 * network (住基ネット統一文字コード), and the Unicode text that shows it. A register stores the glyph, never only a
 * substitute; text may name one that the writer could not type as `{MJ028902}`.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { selectorCodePoint, selectorNumber } from './characters.ts';
import { mjData } from './mj-data.ts';

/** `unknown-glyph`: the name is not in the MJ list. `glyph-not-encoded`: it is, but no Unicode text shows it. */
export type GlyphCode = 'unknown-glyph' | 'glyph-not-encoded';

/** A glyph of the MJ list. */
export interface Glyph {
  /** MJ文字図形名, `MJ028902`. */
  readonly mj: string;
  /** The Unicode text that shows this glyph: one code point, or a base and a variation selector. */
  readonly text: string;
  /** The ideograph that the glyph is a form of (対応するUCS), `U+9AD9`; that of U+FA19 is `U+795E`. */
  readonly ucs: string;
  /** 住基ネット統一文字コード, `J+9AD9`. */
  readonly unified?: string;
  /** 戸籍統一文字番号, six digits. */
  readonly familyRegister?: string;
}

const REFERENCE = /\{(MJ[^{}]*)\}/g;

const hexadecimal = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0');

/** The number of the glyph that a character shows; 0 where the MJ list has none. */
export function glyphNumberOf(character: string): number {
  const data = mjData();
  const base = character.codePointAt(0) ?? 0;
  const rest = character.length - (base > 0xffff ? 2 : 1);
  if (rest <= 0) return data.byCodePoint.get(base);
  const selector = character.codePointAt(character.length - rest) ?? 0;
  if (rest !== (selector > 0xffff ? 2 : 1)) return 0;
  const number = selectorNumber(selector);
  return number === 0 ? 0 : data.bySequence.get(base, number);
}

/** The Unicode text of an encoded glyph. */
function textOf(number: number): string {
  const data = mjData();
  const base = data.base[number] ?? 0;
  const selector = data.selector[number] ?? 0;
  return selector === 0
    ? String.fromCodePoint(base)
    : String.fromCodePoint(base, selectorCodePoint(selector));
}

function describe(number: number): Glyph {
  const data = mjData();
  const unifiedCode = data.unifiedCode[number] ?? 0;
  const familyRegister = data.familyRegister[number] ?? 0;
  return {
    mj: `MJ${String(number).padStart(6, '0')}`,
    text: textOf(number),
    ucs: `U+${hexadecimal(data.unifiedIdeograph[number] ?? 0)}`,
    ...(unifiedCode === 0 ? {} : { unified: `J+${hexadecimal(unifiedCode)}` }),
    ...(familyRegister === 0 ? {} : { familyRegister: String(familyRegister - 1).padStart(6, '0') }),
  };
}

/** The glyph that a character (a code point, or a base and a variation selector) shows, if the MJ list has it. */
export function findGlyph(character: string): Glyph | undefined {
  const number = glyphNumberOf(character);
  return number === 0 ? undefined : describe(number);
}

/** The glyph of an MJ name such as `MJ028902`. */
export function glyphNamed(mj: string): Result<Glyph, GlyphCode> {
  const number = /^MJ\d{6}$/.test(mj) ? Number(mj.slice(2)) : 0;
  if (mjData().notEncoded.has(number)) return fail('glyph-not-encoded', `no Unicode text shows ${mj}`);
  if ((mjData().base[number] ?? 0) === 0) {
    return fail('unknown-glyph', 'no glyph of this name is in the MJ list');
  }
  return ok(describe(number));
}

/** The glyph of a 住基ネット統一文字コード such as `J+9AD9`; each of them is encoded. */
export function glyphOfUnifiedCode(code: string): Result<Glyph, 'unknown-glyph'> {
  const value = /^J\+[\dA-F]{4}$/.test(code) ? Number.parseInt(code.slice(2), 16) : 0;
  const number = mjData().byUnifiedCode.get(value);
  return number === 0
    ? fail('unknown-glyph', 'no glyph of this code is in the MJ list')
    : ok(describe(number));
}

/**
 * The text with every reference `{MJ028902}` replaced by the Unicode text of the glyph; the rest stays as it is.
 * A reference that is not well formed (`{MJ12}`) is an unknown glyph, so that no slip of the pen becomes a name.
 */
export function resolveGlyphReferences(text: string): Result<string, GlyphCode> {
  if (!text.includes('{MJ')) return ok(text);
  let resolved = '';
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const glyph = glyphNamed(match[1] ?? '');
    if (!glyph.ok) return glyph;
    resolved += text.slice(end, match.index) + glyph.value.text;
    end = match.index + match[0].length;
  }
  return ok(resolved + text.slice(end));
}
