/**
 * Text for the signature certificate, which holds JIS X 0208 (levels 1–2 and the non-kanji) and the supplementary
 * kanji of JIS X 0212; any other character is replaced by a 代替文字 and marked in a string of flags (attributes .2 and
 * .6 of the JPKI profile). Printable ASCII counts as inside: every JIS encoding has it. One character in, one code point
 * out, one flag; none is ever dropped. Where nothing can stand for a character it becomes 〓 (U+3013, the "geta" of
 * Japanese type-setting), which a counter must see and replace before the certificate is issued.
 */
import { charactersOf, selectorNumber } from './characters.ts';
import { composeSafely } from './compose.ts';
import { glyphNumberOf, resolveGlyphReferences } from './glyph.ts';
import { jisClassOf } from './jis.ts';
import { toFullWidthKatakana } from './kana.ts';
import { mjData } from './mj-data.ts';

/** What stands for a character that nothing else can stand for. */
export const NO_SUBSTITUTE = '〓';

/** Certificate text with its substitution flags. */
export interface CertificateText {
  readonly text: string;
  /** One `0` (as it was) or `1` (substituted) for each character of `text`, separators included. */
  readonly flags: string;
}

/** What somebody chose to stand for a character. */
export type Substitutes = Readonly<Record<string, string>>;

const REFERENCES = /(\{MJ[^{}]*\})/;
const COMBINING_MARK = /^\p{Mn}$/u;

/** Whether the code point may stand in a signature certificate. */
function isAllowed(codePoint: number): boolean {
  return (codePoint >= 0x20 && codePoint <= 0x7e) || jisClassOf(codePoint) !== undefined;
}

/** Whether every character of the text may stand in a signature certificate as it is. */
export function isCertificateText(text: string): boolean {
  for (const point of text) if (!isAllowed(point.codePointAt(0) ?? 0)) return false;
  return true;
}

/**
 * The text with what a signature certificate cannot hold replaced. References `{MJ028902}` are resolved first; one
 * that is unknown is one character that has no substitute. The width of katakana is no substitution. A variation sequence whose glyph is the one that the
 * base shows anyway loses its selector without a flag: nothing about it changes.
 */
export function substituteForCertificate(text: string, chosen: Substitutes = {}): CertificateText {
  let substituted = '';
  let flags = '';
  for (const character of charactersWithReferences(text)) {
    const substitute = substituteOf(character, chosen);
    substituted += substitute;
    flags += isSameCharacter(character, substitute) ? '0' : '1';
  }
  return { text: substituted, flags };
}

/** The characters of the text, half-width katakana full and marks composed; an unknown reference is one character. */
function charactersWithReferences(text: string): string[] {
  if (!text.includes('{MJ')) return charactersOf(composeSafely(toFullWidthKatakana(text)));
  const resolved = text
    .split(REFERENCES) // references stand at the odd places
    .map((part, index) => {
      if (index % 2 === 0) return part;
      const glyph = resolveGlyphReferences(part);
      return glyph.ok ? glyph.value : NO_GLYPH;
    })
    .join('');
  return charactersOf(composeSafely(toFullWidthKatakana(resolved)));
}

/** Stands for an unknown reference while characters are split: a noncharacter, which no substitute is known for. */
const NO_GLYPH = '\uffff';

function isSameCharacter(character: string, substitute: string): boolean {
  if (character === substitute) return true;
  const glyph = glyphNumberOf(character);
  return glyph !== 0 && glyph === glyphNumberOf(substitute);
}

/** What was chosen counts only where it is offered. */
function substituteOf(character: string, chosen: Substitutes): string {
  const base = character.codePointAt(0) ?? 0;
  if (isAllowed(base)) return String.fromCodePoint(base);
  const offered = substitutesFor(character);
  const wanted = Object.hasOwn(chosen, character) ? chosen[character] : undefined;
  return offered.find((each) => each === wanted) ?? offered[0] ?? NO_SUBSTITUTE;
}

/**
 * The characters that may stand for a character in a signature certificate, best first (see shrink-map.ts for the
 * order): what a counter offers for choice. Empty where none is known; the character itself where it is allowed.
 */
export function substitutesFor(character: string): readonly string[] {
  const base = character.codePointAt(0) ?? 0;
  if (isAllowed(base)) return [String.fromCodePoint(base)];
  const found = new Set<number>();
  const glyph = glyphNumberOf(character);
  if (glyph !== 0) addShrunk(glyph, found);
  const baseGlyph = mjData().byCodePoint.get(base);
  if (baseGlyph !== glyph) addShrunk(baseGlyph, found);
  addPlain(base, found);
  return [...found].map((codePoint) => String.fromCodePoint(codePoint));
}

/** Whether every choice is of a character that the text has and no certificate holds, by one that is offered for it. */
export function areSubstitutesOffered(text: string, chosen: Substitutes): boolean {
  const needed = new Set(charactersOf(text).filter((each) => !isCertificateText(each)));
  return Object.entries(chosen).every(
    ([character, substitute]) => needed.has(character) && substitutesFor(character).includes(substitute),
  );
}

/** Adds what the shrink maps give for the glyph: allowed characters, then what the maps give for the others. */
function addShrunk(glyph: number, found: Set<number>): void {
  const { byCodePoint } = mjData();
  const notAllowed: number[] = [];
  for (const target of shrunk(glyph)) {
    if (isAllowed(target)) found.add(target);
    else notAllowed.push(target);
  }
  for (const target of notAllowed) {
    for (const next of shrunk(byCodePoint.get(target))) if (isAllowed(next)) found.add(next);
    addPlain(target, found);
  }
}

function shrunk(glyph: number): Uint32Array {
  const { offsets, targets } = mjData().shrink;
  return targets.subarray(offsets[glyph], offsets[glyph + 1]);
}

/** Adds what needs no map of kanji: the decomposed base, the kana of a hentaigana, the other width. */
function addPlain(codePoint: number, found: Set<number>): void {
  const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  if (isSurrogate || selectorNumber(codePoint) > 0) return;
  const sound = mjData().hentaiganaSound.get(codePoint);
  if (sound !== 0) found.add(sound);
  const [first = '', ...rest] = String.fromCodePoint(codePoint).normalize('NFKD');
  const base = first.codePointAt(0) ?? 0;
  const isOneLetter = rest.every((mark) => COMBINING_MARK.test(mark)); // ㈱ and ½ are several: none can stand for them
  if (isOneLetter && base !== codePoint && base !== 0x20 && isAllowed(base)) found.add(base);
}
