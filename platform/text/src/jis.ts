/**
 * Which characters the Japanese standards hold: JIS X 0208 (rows 1–8, level 1 = rows 16–47, level 2 = rows 48–84) and
 * the supplementary kanji of JIS X 0212 (rows 16–77). The sets are made once, by letting iconv-lite decode every cell
 * of EUC-JP: A0+row, A0+cell for JIS X 0208 and 8F before it for JIS X 0212. Rows 13 and 89–92, NEC's and IBM's
 * extensions that iconv-lite decodes too (髙, 﨑), are in neither standard and are left out.
 */
import iconv from 'iconv-lite';
import { CodePointMap } from './code-point-map.ts';

/** Where a character stands: level 1 or 2 or the non-kanji of JIS X 0208, or the kanji of JIS X 0212. */
export type JisClass = 'level-1' | 'level-2' | 'non-kanji' | 'supplementary-kanji';

const CLASSES: readonly JisClass[] = ['level-1', 'level-2', 'non-kanji', 'supplementary-kanji'];
const CELLS = 94;

/**
 * Seven cells of row 1 and 2 have one code point in the JIS tables and another in Windows'; iconv-lite gives Windows'.
 * Both are the same JIS character.
 */
const JIS_TABLE_FORMS = '〜‖−¢£¬—';

let loaded: CodePointMap | undefined;

function load(): CodePointMap {
  const classes = new CodePointMap();
  const mark = (text: string, jisClass: JisClass) => {
    if (text.length === 1 && text !== '\ufffd') {
      classes.set(text.charCodeAt(0), CLASSES.indexOf(jisClass) + 1);
    }
  };
  for (let row = 1; row <= 84; row++) {
    if (row > 8 && row < 16) continue;
    const jisClass = row <= 8 ? 'non-kanji' : row <= 47 ? 'level-1' : 'level-2';
    for (const text of decodeRow([], row)) mark(text, jisClass);
  }
  for (let row = 16; row <= 77; row++) {
    for (const text of decodeRow([0x8f], row)) mark(text, 'supplementary-kanji');
  }
  for (const form of JIS_TABLE_FORMS) mark(form, 'non-kanji');
  return classes;
}

/** The 94 cells of a row, each as iconv-lite decodes it: with a line feed between, which no cell contains. */
function decodeRow(prefix: readonly number[], row: number): string[] {
  const bytes: number[] = [];
  for (let cell = 1; cell <= CELLS; cell++) bytes.push(...prefix, 0xa0 + row, 0xa0 + cell, 0x0a);
  return iconv.decode(Buffer.from(bytes), 'eucjp').split('\n');
}

/** Where the code point stands in JIS X 0208 or 0212, undefined for one outside. */
export function jisClassOf(codePoint: number): JisClass | undefined {
  loaded ??= load();
  const number = loaded.get(codePoint);
  return number === 0 ? undefined : CLASSES[number - 1];
}

/** Whether the character (one code point) is in JIS X 0208, kanji or not. */
export function isJisX0208(character: string): boolean {
  const jisClass = jisClassOf(character.codePointAt(0) ?? 0);
  return isOneCodePoint(character) && jisClass !== undefined && jisClass !== 'supplementary-kanji';
}

/** Whether the character (one code point) is a supplementary kanji of JIS X 0212. */
export function isSupplementaryKanji(character: string): boolean {
  return isOneCodePoint(character) && jisClassOf(character.codePointAt(0) ?? 0) === 'supplementary-kanji';
}

const isOneCodePoint = (character: string): boolean =>
  character.length === ((character.codePointAt(0) ?? 0) > 0xffff ? 2 : 1);
