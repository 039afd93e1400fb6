/**
 * Spellings that registers hold and JIS X 0208 does not (or only in another form): compatibility ideographs, characters
 * outside the basic plane and ideographic variation sequences, as real Unicode. Whoever normalises a name loses them,
 * which is why the demonstration has them.
 */

/** A spelling that some bearers of a surname have; `share` of them, the rest keep the common one. */
interface Variant {
  readonly of: string;
  readonly text: string;
  readonly share: number;
}

/** Compatibility ideographs, escaped because editors and normalisers silently replace them by 塚, 飯, 神, 都. */
const COMPATIBLE = { tsuka: '\uFA10', ii: '\uFA2A', kami: '\uFA19', tsu: '\uFA26' } as const;

/** U+E0100 and the 239 that follow select among the glyphs of one character (UTS #37). */
const selected = (character: string, selector: number): string => character + String.fromCodePoint(selector);

const TSUJI = selected('辻', 0xe0102);
const KATSU = selected('葛', 0xe0102);
const SAKAKI = selected('榊', 0xe0102);
const ASHI = selected('芦', 0xe0102);
const HI = selected('樋', 0xe0102);
const NABE_19 = selected('邉', 0xe0119);
const NABE_1B = selected('邉', 0xe011b);
const NABE_0F = selected('邊', 0xe010f);
const NABE_0E = selected('邊', 0xe010e);

export const SURNAME_VARIANTS: readonly Variant[] = [
  { of: '高橋', text: '髙橋', share: 0.14 },
  { of: '高橋', text: '髙𣘺', share: 0.005 },
  { of: '高木', text: '髙木', share: 0.12 },
  { of: '高田', text: '髙田', share: 0.12 },
  { of: '高野', text: '髙野', share: 0.12 },
  { of: '高山', text: '髙山', share: 0.12 },
  { of: '日高', text: '日髙', share: 0.15 },
  { of: '山崎', text: '山﨑', share: 0.22 },
  { of: '宮崎', text: '宮﨑', share: 0.2 },
  { of: '岩崎', text: '岩﨑', share: 0.18 },
  { of: '川崎', text: '川﨑', share: 0.18 },
  { of: '尾崎', text: '尾﨑', share: 0.18 },
  { of: '岡崎', text: '岡﨑', share: 0.18 },
  { of: '渡辺', text: '渡邉', share: 0.12 },
  { of: '渡辺', text: '渡邊', share: 0.12 },
  { of: '渡辺', text: `渡${NABE_19}`, share: 0.02 },
  { of: '渡辺', text: `渡${NABE_1B}`, share: 0.01 },
  { of: '渡辺', text: `渡${NABE_0F}`, share: 0.01 },
  { of: '渡辺', text: `渡${NABE_0E}`, share: 0.01 },
  { of: '田辺', text: '田邉', share: 0.1 },
  { of: '田辺', text: `田${NABE_19}`, share: 0.03 },
  { of: '吉田', text: '𠮷田', share: 0.15 },
  { of: '吉川', text: '𠮷川', share: 0.12 },
  { of: '吉村', text: '𠮷村', share: 0.12 },
  { of: '吉野', text: '𠮷野', share: 0.12 },
  { of: '橋本', text: '𣘺本', share: 0.02 },
  { of: '大橋', text: '大𣘺', share: 0.02 },
  { of: '斎藤', text: '齋藤', share: 0.25 },
  { of: '斉藤', text: '齊藤', share: 0.2 },
  { of: '辻', text: TSUJI, share: 0.3 },
  { of: '葛西', text: `${KATSU}西`, share: 0.3 },
  { of: '榊原', text: `${SAKAKI}原`, share: 0.2 },
  { of: '芦田', text: `${ASHI}田`, share: 0.2 },
  { of: '樋口', text: `${HI}口`, share: 0.1 },
  { of: '浜田', text: '濱田', share: 0.2 },
  { of: '浜田', text: '濵田', share: 0.06 },
  { of: '広瀬', text: '廣瀬', share: 0.15 },
  { of: '広瀬', text: '廣瀨', share: 0.03 },
  { of: '瀬戸', text: '瀨戸', share: 0.05 },
  { of: '桜井', text: '櫻井', share: 0.25 },
  { of: '沢田', text: '澤田', share: 0.3 },
  { of: '小沢', text: '小澤', share: 0.35 },
  { of: '滝沢', text: '瀧澤', share: 0.25 },
  { of: '柳田', text: '栁田', share: 0.1 },
  { of: '柳沢', text: '栁澤', share: 0.08 },
  { of: '徳永', text: '德永', share: 0.15 },
  { of: '塚本', text: `${COMPATIBLE.tsuka}本`, share: 0.08 },
  { of: '大塚', text: `大${COMPATIBLE.tsuka}`, share: 0.08 },
  { of: '飯塚', text: `${COMPATIBLE.ii}${COMPATIBLE.tsuka}`, share: 0.06 },
  { of: '飯田', text: `${COMPATIBLE.ii}田`, share: 0.03 },
  { of: '神谷', text: `${COMPATIBLE.kami}谷`, share: 0.06 },
  { of: '神田', text: `${COMPATIBLE.kami}田`, share: 0.04 },
  { of: '都築', text: `${COMPATIBLE.tsu}築`, share: 0.06 },
  { of: '黒田', text: '黑田', share: 0.04 },
  { of: '増田', text: '增田', share: 0.06 },
  { of: '清水', text: '淸水', share: 0.03 },
  { of: '横山', text: '橫山', share: 0.02 },
  { of: '横田', text: '橫田', share: 0.02 },
  { of: '青木', text: '靑木', share: 0.02 },
  { of: '緒方', text: '緖方', share: 0.04 },
];
