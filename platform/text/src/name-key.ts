/**
 * The key by which names are compared (domain: strict search, 検索条件の厳格化). Two names with one key differ only in
 * what a system that writes them may change: spaces, middle dots, widths, letter case and accents, variation
 * selectors, and the official forms of a kanji. What a person may choose stays: hiragana and katakana, small kana,
 * 斉 and 斎, 嶋 and 島, 々. A key is not a name: never show it, never store it in a name's place.
 */
import { CodeUnitBuffer } from './code-unit-buffer.ts';
import { foldCharacters, isFolded } from './fold-characters.ts';

const buffer = new CodeUnitBuffer();

/** The comparison key of a name; idempotent. */
export function nameKey(name: string): string {
  if (isFolded(name)) return name;
  buffer.clear();
  foldCharacters(name, buffer, 'drop');
  return buffer.toString();
}
