/**
 * Where Japanese text may be broken into lines.
 *
 * JIS X 4051 / W3C "Requirements for Japanese Text Layout" 3.1.7 (not at a line's start), 3.1.8 (not at its end),
 * 3.1.10 (not between): what would offend is pushed to the next line. Invariant: nothing is lost but the spaces at
 * the end of a line, and a line is never wider than asked unless a single glyph is.
 */
import type { Glyph } from './shaper.ts';

const NOT_AT_START = new Set(
  '）〕］｝〉》」』】)]}、。，．,.・：；:;？！?!‼⁇⁈⁉‐－–〜～゠ヽヾゝゞ々〻ー' +
    'ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ゛゜°′″℃％%‰',
);
const NOT_AT_END = new Set('（〔［｛〈《「『【([{￥＄￡¥$£＃#№');
const INSEPARABLE = new Set('—―…‥');
/** Letters of either width, since foreign names are written with wide ones; digits only when narrow. */
const WORD = /^[\p{Script=Latin}0-9.,'’:/@_+&-]$/u;
const ROUNDING = 1e-6;

/** Whether a line may end before `after`. */
function isBreakAllowed(before: Glyph, after: Glyph): boolean {
  const last = before.text;
  const first = after.text;
  if (isSpace(first)) return false;
  if (isSpace(last)) return true;
  if (NOT_AT_START.has(first) || NOT_AT_END.has(last)) return false;
  if (INSEPARABLE.has(last) && last === first) return false;
  return !(WORD.test(last) && WORD.test(first));
}

/** Breaks one paragraph into lines no wider than `width_em`; an empty paragraph is one empty line. */
export function breakLines(glyphs: readonly Glyph[], width_em: number): readonly (readonly Glyph[])[] {
  const lines: (readonly Glyph[])[] = [];
  let start = 0;
  do {
    const overflow = firstOverflow(glyphs, start, width_em);
    const end = overflow === glyphs.length ? overflow : lastBreak(glyphs, start, overflow);
    lines.push(withoutTrailingSpaces(glyphs.slice(start, end)));
    start = end;
  } while (start < glyphs.length);
  return lines;
}

/** The width of glyphs set without extra space, in ems. */
export function widthOf(glyphs: readonly Glyph[]): number {
  return glyphs.reduce((sum, glyph) => sum + glyph.advance_em, 0);
}

/** The index of the first glyph that does not fit; spaces hang over the edge. */
function firstOverflow(glyphs: readonly Glyph[], start: number, width_em: number): number {
  let width = 0;
  for (let index = start; index < glyphs.length; index++) {
    const glyph = glyphs[index];
    width += glyph?.advance_em ?? 0;
    if (width > width_em + ROUNDING && !isSpace(glyph?.text ?? '')) return index;
  }
  return glyphs.length;
}

/** The last place at or before `limit` where the line may end; `limit` itself when there is none. */
function lastBreak(glyphs: readonly Glyph[], start: number, limit: number): number {
  for (let index = limit; index > start; index--) {
    const before = glyphs[index - 1];
    const after = glyphs[index];
    if (before !== undefined && after !== undefined && isBreakAllowed(before, after)) return index;
  }
  return Math.max(limit, start + 1);
}

function withoutTrailingSpaces(line: readonly Glyph[]): readonly Glyph[] {
  let end = line.length;
  while (end > 0 && isSpace(line[end - 1]?.text ?? '')) end--;
  return line.slice(0, end);
}

function isSpace(text: string): boolean {
  return text === ' ' || text === '\u3000';
}
