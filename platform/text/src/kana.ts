/**
 * Katakana of both widths, and hiragana ↔ katakana. The half-width forms are those of JIS X 0201, where a voiced kana
 * is two characters: カ and a mark. The text is otherwise left as it is; `foldKana` (fold-kana.ts) is for comparison.
 */

const HALF_START = 0xff61;
const HALF_END = 0xff9f;

/** What U+FF61–FF9D are in full width, in the order of JIS X 0201. */
const FULL =
  '。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u309B\u309C';

const HALF_WIDTH_RUN = /[\uFF61-\uFF9F]+/g;
const HIRAGANA = /[\u3041-\u3096\u309D\u309E]/g;
const KATAKANA = /[\u30A1-\u30F6\u30FD\u30FE]/g;
const KATAKANA_OFFSET = 0x60;

const VOICED = 0xff9e;
const SEMI_VOICED = 0xff9f;

/** The kana with its mark as one character, or undefined where there is none (ア with a mark). */
export function composeKana(kana: number, mark: 'voiced' | 'semi-voiced'): number | undefined {
  const combining = mark === 'voiced' ? '\u3099' : '\u309A';
  const composed = (String.fromCharCode(kana) + combining).normalize('NFC');
  return composed.length === 1 ? composed.charCodeAt(0) : undefined;
}

/** Half-width katakana and their punctuation to full width, marks composed (ｶﾞ → ガ, ｳﾞ → ヴ); all else stays. */
export function toFullWidthKatakana(text: string): string {
  return text.replace(HALF_WIDTH_RUN, (run) => {
    let full = '';
    for (let i = 0; i < run.length; i++) {
      const kana = FULL.charCodeAt(run.charCodeAt(i) - HALF_START);
      const next = run.charCodeAt(i + 1);
      const isMark = next === VOICED || next === SEMI_VOICED;
      const composed = isMark ? composeKana(kana, next === VOICED ? 'voiced' : 'semi-voiced') : undefined;
      if (composed !== undefined) i++;
      full += String.fromCharCode(composed ?? kana);
    }
    return full;
  });
}

/** The full-width form of one half-width katakana or mark, undefined for any other code unit. */
export function fullWidthKana(unit: number): number | undefined {
  return unit >= HALF_START && unit <= HALF_END ? FULL.charCodeAt(unit - HALF_START) : undefined;
}

/** Hiragana to katakana, iteration marks too; all else stays. */
export function toKatakana(text: string): string {
  return text.replace(HIRAGANA, (kana) => String.fromCharCode(kana.charCodeAt(0) + KATAKANA_OFFSET));
}

/** Full-width katakana to hiragana; ヷ ヸ ヹ ヺ and ー, which have no hiragana, and all else stay. */
export function toHiragana(text: string): string {
  return text.replace(KATAKANA, (kana) => String.fromCharCode(kana.charCodeAt(0) - KATAKANA_OFFSET));
}
