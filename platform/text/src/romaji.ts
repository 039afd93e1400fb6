/**
 * Kana of place names in Hepburn letters, as the public JPKI examples show (`Kiyose-shi`, `Yokohama-shi-Naka-ku`).
 * Long o and u are written short (トウキョウ Tokyo, オオサカ Osaka) but for a final オ (ヒロオ Hiroo), ー is left out, っ before ch is t. Before b, m and p ん
 * stays n, as the road-sign standard (道路標識設置基準) writes place names: Gunma. The passport rule would write m;
 * `NASAL_BEFORE_LABIAL` is the one place to change. A reading alone cannot tell a long vowel from two words that meet:
 * 松浦 (マツウラ) comes out as Matsura unless the meeting is marked, マツ・ウラ.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { composeSafely } from './compose.ts';
import { toFullWidthKatakana, toKatakana } from './kana.ts';

/** `not-kana`: a character of the reading is neither kana, ー nor ・. */
export type RomajiCode = 'not-kana';

const NASAL_BEFORE_LABIAL: 'n' | 'm' = 'n';

const ROWS: ReadonlyArray<readonly [kana: string, letters: string]> = [
  ['アイウエオ', 'a i u e o'],
  ['カキクケコ', 'ka ki ku ke ko'],
  ['サシスセソ', 'sa shi su se so'],
  ['タチツテト', 'ta chi tsu te to'],
  ['ナニヌネノ', 'na ni nu ne no'],
  ['ハヒフヘホ', 'ha hi fu he ho'],
  ['マミムメモ', 'ma mi mu me mo'],
  ['ヤユヨ', 'ya yu yo'],
  ['ラリルレロ', 'ra ri ru re ro'],
  ['ワヰヱヲ', 'wa i e o'],
  ['ガギグゲゴ', 'ga gi gu ge go'],
  ['ザジズゼゾ', 'za ji zu ze zo'],
  ['ダヂヅデド', 'da ji zu de do'],
  ['バビブベボ', 'ba bi bu be bo'],
  ['パピプペポ', 'pa pi pu pe po'],
  ['ァィゥェォ', 'a i u e o'],
  ['ャュョヮ', 'ya yu yo wa'],
  ['ヴヵヶ', 'bu ka ga'],
];

const SYLLABLES = new Map(
  ROWS.flatMap(([kana, letters]) => {
    const syllables = letters.split(' ');
    return Array.from(kana, (one, index) => [one, syllables[index] ?? ''] as const);
  }),
);

/** Two kana of one syllable: キャ kya, シェ she. */
const GLIDES = new Map([
  ...Array.from('キギニヒビピミリ').flatMap((kana) =>
    glides(kana, `${SYLLABLES.get(kana)?.[0] ?? ''}y`, 'ャュョ', 'auo'),
  ),
  ...glides('シ', 'sh', 'ャュョェ', 'auoe'),
  ...glides('チ', 'ch', 'ャュョェ', 'auoe'),
  ...glides('ジ', 'j', 'ャュョェ', 'auoe'),
  ...glides('ヂ', 'j', 'ャュョ', 'auo'),
  ...glides('フ', 'f', 'ァィェォ', 'aieo'),
  ...glides('テ', 't', 'ィ', 'i'),
  ...glides('デ', 'd', 'ィ', 'i'),
  ...glides('ヴ', 'b', 'ァィェォ', 'aieo'),
]);

function glides(
  kana: string,
  consonant: string,
  small: string,
  vowels: string,
): Array<readonly [string, string]> {
  return Array.from(small, (one, index) => [kana + one, consonant + (vowels[index] ?? '')] as const);
}

/** The long mark, and the dot that marks where two words meet: the vowel before them is not lengthened further. */
const NOT_WRITTEN: ReadonlySet<string> = new Set(['ー', '・']);

/** The reading in Hepburn letters with a capital first letter; ・ marks where two words meet and is not written. */
export function romaji(kana: string): Result<string, RomajiCode> {
  const reading = toKatakana(toFullWidthKatakana(composeSafely(kana)));
  let written = '';
  let vowel = ''; // the last one, where a following one may lengthen it
  let isDoubled = false; // after ッ
  let isNasal = false; // after ン
  for (let i = 0; i < reading.length; i++) {
    const one = reading[i] ?? '';
    if (one === 'ッ') {
      isDoubled = true;
    } else if (NOT_WRITTEN.has(one)) {
      vowel = '';
    } else if (one === 'ン') {
      written += isNasal ? 'n' : '';
      isNasal = true;
      vowel = '';
    } else {
      const glide = GLIDES.get(reading.slice(i, i + 2));
      const syllable = glide ?? SYLLABLES.get(one);
      if (syllable === undefined) return fail('not-kana', 'a character of the reading is not kana');
      if (glide !== undefined) i++;
      const isFinalO = one === 'オ' && i === reading.length - 1; // 広尾 Hiroo, as the passport rule has it
      const isLong = !isFinalO && lengthens(vowel, syllable);
      vowel = isLong ? '' : (syllable.at(-1) ?? '');
      if (isLong) continue;
      written += (isNasal ? nasalBefore(syllable) : '') + (isDoubled ? doubled(syllable) : '') + syllable;
      isNasal = false;
      isDoubled = false;
    }
  }
  return ok(capitalised(isNasal ? `${written}n` : written));
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const lengthens = (vowel: string, syllable: string): boolean =>
  (vowel === 'o' && (syllable === 'o' || syllable === 'u')) || (vowel === 'u' && syllable === 'u');

const nasalBefore = (syllable: string): string => (/^[bmp]/.test(syllable) ? NASAL_BEFORE_LABIAL : 'n');

/** What ッ writes before a syllable: its first consonant, t before ch, nothing before a vowel. */
function doubled(syllable: string): string {
  if (syllable.startsWith('ch')) return 't';
  return /^[aiueo]/.test(syllable) ? '' : syllable.charAt(0);
}
