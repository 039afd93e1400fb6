/**
 * Names of prefectures and municipalities in the letters of the JPKI directory names: `Kanagawa-ken`, `Kiyose-shi`,
 * `Yokohama-shi-Naka-ku`. The kind of place at the end of the name (都府県郡市区町村) is set off by a hyphen; 北海道 has no
 * such end. Where the kana alone cannot tell the split (ヒロシマシ…) the parts are given apart, each with its own reading.
 */
import { ok, type Result } from '@ishizue/outcome';
import { toFullWidthKatakana, toKatakana } from './kana.ts';
import { type RomajiCode, romaji } from './romaji.ts';

/** One part of a place's name, `横浜市` or `中区`, with its reading in kana. */
export interface PlacePart {
  readonly name: string;
  readonly kana: string;
}

/** Readings of the kinds of places, by the last character of the name. */
const KINDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['都', ['ト']],
  ['府', ['フ']],
  ['県', ['ケン']],
  ['郡', ['グン']],
  ['市', ['シ']],
  ['区', ['ク']],
  ['町', ['チョウ', 'マチ']],
  ['村', ['ムラ', 'ソン']],
]);

/**
 * Words that end names and begin with a vowel which would lengthen the one before: 松浦 is Matsu-ura. The kanji tell
 * what the reading alone does not.
 */
const LAST_WORDS: ReadonlyMap<string, string> = new Map([
  ['浦', 'ウラ'],
  ['内', 'ウチ'],
  ['上', 'ウエ'],
  ['岡', 'オカ'],
  ['丘', 'オカ'],
  ['表', 'オモテ'],
]);

/** The reading with ・ before the last word of the name where the word is known. */
function withMeeting(name: string, kana: string): string {
  const word = LAST_WORDS.get(name.slice(-1));
  if (word === undefined || !kana.endsWith(word)) return kana;
  return `${kana.slice(0, -word.length)}・${word}`;
}

/** The parts of a place's name in Hepburn letters, joined by hyphens, kinds in small letters. */
export function placeRomaji(parts: readonly PlacePart[]): Result<string, RomajiCode> {
  const written: string[] = [];
  for (const part of parts) {
    const kana = toKatakana(toFullWidthKatakana(part.kana));
    const kind = KINDS.get(part.name.slice(-1))?.find((reading) => kana.endsWith(reading));
    const own =
      kind === undefined
        ? romaji(withMeeting(part.name, kana))
        : romaji(withMeeting(part.name.slice(0, -1), kana.slice(0, -kind.length)));
    if (!own.ok) return own;
    written.push(own.value);
    if (kind === undefined) continue;
    const letters = romaji(kind);
    if (!letters.ok) return letters;
    written.push(letters.value.toLowerCase());
  }
  return ok(written.join('-'));
}
