/**
 * Names in romaji as the JPKI certificate profile writes them: `Kanagawa-ken`, `Kiyose-shi`, `Yokohama-shi-Naka-ku`.
 * platform/text romanises; kana alone does not tell it where one word of a name ends (豊岡 is Toyo-oka, not a long o), so
 * the readings where that matters carry their seams here.
 */
import { mustSucceed } from '@ishizue/outcome';
import { type PlacePart, placeRomaji } from '@ishizue/text';

/** Readings with ・ where two vowels meet that are no long vowel. */
const SEAMS: ReadonlyMap<string, string> = new Map(
  [
    'カツ・ウラシ',
    'カツ・ウラチョウ',
    'コ・ウミマチ',
    'コト・ウラチョウ',
    'サンヨウ・オノダシ',
    'ショウ・オウチョウ',
    'スオウ・オオシマチョウ',
    'セト・ウチシ',
    'セト・ウチチョウ',
    'ソ・オシ',
    'タキノ・ウエチョウ',
    'トウ・オンシ',
    'トヨ・ウラチョウ',
    'トヨ・オカシ',
    'トヨ・オカムラ',
    'ナチカツ・ウラチョウ',
    'ニシノ・オモテシ',
    'ブンゴ・オオノシ',
    'マツ・ウラシ',
    'ミノ・オシ',
    'ヤマノ・ウチマチ',
    'ワノ・ウチチョウ',
  ].map((seamed) => [seamed.replaceAll('・', ''), seamed]),
);

/** Readings whose last word has grown together with the one before: 真岡 is Moka, 佐那河内 Sanagochi. */
const GROWN_TOGETHER: ReadonlySet<string> = new Set(['モオカシ', 'サナゴウチソン']);

/** A name in romaji: of one part, or of a city and its ward. Throws where a reading is not kana. */
export function romajiName(parts: readonly PlacePart[]): string {
  const seamed = parts.map(({ name, kana }) => ({
    // the kind of place alone: by its kanji the name would be taken apart
    name: GROWN_TOGETHER.has(kana) ? name.slice(-1) : name,
    kana: SEAMS.get(kana) ?? kana,
  }));
  return mustSucceed(placeRomaji(seamed), 'a reading in the reference data');
}
