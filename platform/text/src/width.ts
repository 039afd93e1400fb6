/**
 * Full-width and half-width forms of ASCII (U+FF01–FF5E, JIS X 0208 row 3 and the symbols of row 1) and the space
 * (U+3000). Katakana widths are in kana.ts.
 */

const OFFSET = 0xfee0;
const FULL_WIDTH = /[\uFF01-\uFF5E\u3000]/g;
const HALF_WIDTH = /[\u0020-\u007E]/g;

const shifted = (character: string, by: number): string => String.fromCharCode(character.charCodeAt(0) + by);

/** Full-width ASCII and the ideographic space to half-width; all else stays. */
export function toHalfWidthAscii(text: string): string {
  return text.replace(FULL_WIDTH, (character) =>
    character === '\u3000' ? ' ' : shifted(character, -OFFSET),
  );
}

/** Printable ASCII and the space to full-width, as registers write addresses; all else stays. */
export function toFullWidthAscii(text: string): string {
  return text.replace(HALF_WIDTH, (character) => (character === ' ' ? '\u3000' : shifted(character, OFFSET)));
}
