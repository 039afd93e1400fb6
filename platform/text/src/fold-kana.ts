/**
 * Readings brought to one spelling, to compare what two systems wrote for one sound: width and script, small kana
 * (キヨシ ＝ キョシ), ヂ/ジ, ヅ/ズ, ヴ, and long vowels (コーノ ＝ コウノ ＝ コオノ, ケーコ ＝ ケイコ). Short stays
 * apart from long: オノ is not オオノ. Not for display, and never alone a proof that two persons are one.
 */
import { composeSafely } from './compose.ts';
import { toFullWidthKatakana, toKatakana } from './kana.ts';

const LONG_MARK = 'ー';
const DASHES_AFTER_KANA = /(?<=[\u30A1-\u30FC])[\u2010-\u2015\u2212\uFF0D-]+/g;
const LOOSE_MARKS = /[\u3099-\u309C]/g; // marks that made no voiced kana: the sound is the kana's
const FOREIGN_V = /ヴ([ァィェォュアイエオユ]?)/g;

const SAME_SOUND: Readonly<Record<string, string>> = {
  ...pairs('ァィゥェォッャュョヮヵヶ', 'アイウエオツヤユヨワカケ'),
  ...pairs('ヂヅ', 'ジズ'),
};

const V_SOUNDS: Readonly<Record<string, string>> = {
  '': 'ブ',
  ...pairs('ァィェォュアイエオユ', 'バビベボビバビベボビ'),
};

/** The kana of each vowel. */
const ROWS: ReadonlyArray<readonly [vowel: string, kana: string]> = [
  ['ア', 'アカサタナハマヤラワガザダバパ'],
  ['イ', 'イキシチニヒミリヰギジビピ'],
  ['ウ', 'ウクスツヌフムユルグズブプ'],
  ['エ', 'エケセテネヘメレヱゲゼデベペ'],
  ['オ', 'オコソトノホモヨロヲゴゾドボポ'],
];

const VOWEL = new Map(ROWS.flatMap(([vowel, kana]) => Array.from(kana, (one) => [one, vowel] as const)));

/** How a long vowel is spelled after folding. */
const LENGTHENED: Readonly<Record<string, string>> = { ア: 'ア', イ: 'イ', ウ: 'ウ', エ: 'イ', オ: 'ウ' };

/** Spellings of a long vowel besides the mark. */
const LENGTHENS: Readonly<Record<string, string>> = { エ: 'エイ', オ: 'オウ' };

function pairs(from: string, to: string): Record<string, string> {
  return Object.fromEntries(Array.from(from, (character, index) => [character, to[index] ?? '']));
}

/** The reading in the spelling used for comparison (see the head); what is not kana stays. Idempotent. */
export function foldKana(reading: string): string {
  const katakana = toKatakana(toFullWidthKatakana(composeSafely(reading)))
    .replace(LOOSE_MARKS, '')
    .replace(
      FOREIGN_V,
      (_, small: string) => (V_SOUNDS[small] ?? '') + (small === 'ュ' || small === 'ユ' ? 'ユ' : ''),
    )
    .replace(DASHES_AFTER_KANA, (dashes) => LONG_MARK.repeat(dashes.length));
  let folded = '';
  let vowel: string | undefined;
  for (const character of katakana) {
    const kana = SAME_SOUND[character] ?? character;
    if (vowel !== undefined && (kana === LONG_MARK || LENGTHENS[vowel]?.includes(kana) === true)) {
      const long: string = LENGTHENED[vowel] ?? '';
      folded += long;
      vowel = long;
    } else {
      folded += kana;
      vowel = VOWEL.get(kana);
    }
  }
  return folded;
}
