/**
 * Names in romaji as the JPKI certificate profile writes them: `Kanagawa-ken`, `Kiyose-shi`, `Hachijo-machi`. The
 * suffix is split off and hyphenated; the stem is romanised by platform/text. Kana alone does not tell where one word
 * of a name ends (豊岡 is Toyo-oka, not a long o), so the names where that matters carry their seams here.
 */
import { romaji } from '@ishizue/text';

/** What stands at the end of a name, in kana, and what it becomes. */
const SUFFIXES: readonly (readonly [name: string, kana: string, romaji: string])[] = [
  ['市', 'シ', '-shi'],
  ['区', 'ク', '-ku'],
  ['町', 'チョウ', '-cho'],
  ['町', 'マチ', '-machi'],
  ['村', 'ソン', '-son'],
  ['村', 'ムラ', '-mura'],
  ['都', 'ト', '-to'],
  ['府', 'フ', '-fu'],
  ['県', 'ケン', '-ken'],
];

/** Stems with a seam at which two vowels meet that are no long vowel. */
const SEAMS: ReadonlyMap<string, string> = new Map(
  [
    'カツ|ウラ',
    'コ|ウミ',
    'コト|ウラ',
    'サンヨウ|オノダ',
    'ショウ|オウ',
    'スオウ|オオシマ',
    'セト|ウチ',
    'ソ|オ',
    'タキノ|ウエ',
    'トウ|オン',
    'トヨ|ウラ',
    'トヨ|オカ',
    'ナチカツ|ウラ',
    'ニシノ|オモテ',
    'ブンゴ|オオノ',
    'マツ|ウラ',
    'ミノ|オ',
    'ヤマノ|ウチ',
    'ワノ|ウチ',
  ].map((segments) => [segments.replaceAll('|', ''), segments]),
);

/** Spellings that the place itself has laid down against the general rule. */
const OWN_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['ホッカイドウ', 'Hokkaido'],
  ['グンマ', 'Gunma'],
]);

/**
 * A name in romaji, suffix hyphenated. Hokkaido has no suffix.
 * @param name the name in kanji, whose last character says which suffix may be split off
 * @param kana full-width katakana of the whole name; throws where the kana does not end in the name's suffix
 */
export function romajiName(name: string, kana: string): string {
  const own = OWN_SPELLINGS.get(kana);
  if (own !== undefined) return own;
  for (const [ending, kanaEnding, romajiEnding] of SUFFIXES) {
    if (name.endsWith(ending) && kana.endsWith(kanaEnding) && kana.length > kanaEnding.length)
      return romajiStem(kana.slice(0, -kanaEnding.length)) + romajiEnding;
  }
  throw new Error(`${name} (${kana}) does not end in the reading of a known suffix`);
}

function romajiStem(kana: string): string {
  const own = OWN_SPELLINGS.get(kana);
  if (own !== undefined) return own;
  const [first = '', ...rest] = (SEAMS.get(kana) ?? kana).split('|').map((segment) => romaji(segment));
  return first + rest.join('').toLowerCase();
}
