/**
 * What kinds of characters an address is made of after folding, and the words that the address key knows. The kinds
 * are one table of 64 KiB, so that a unit is classified by one read.
 */
import { CodeUnitBuffer } from './code-unit-buffer.ts';
import { foldCharacters, isAsciiLetter, SPACE } from './fold-characters.ts';
import { KANJI_NUMERALS } from './kanji-number.ts';

export const KIND = {
  other: 0,
  space: 1,
  digit: 2,
  letter: 3,
  hyphen: 4,
  longMark: 5,
  numeral: 6,
  kanji: 7,
  kana: 8,
} as const;

const unit = (character: string): number => character.charCodeAt(0);

export const CHO = unit('丁');
export const ME = unit('目');
export const BAN = unit('番');
export const CHI = unit('地');
export const GO = unit('号');
export const KU = unit('区');
export const KE = unit('ケ');
export const SMALL_KE = unit('ヶ');
const DAI = unit('大');
const AZA = unit('字');
const BUN = unit('文');

/** の and ノ join the numbers of a lot: 1番地の2. */
export const JOINERS: ReadonlySet<number> = new Set([unit('の'), unit('ノ')]);
/** Written for the ケ of a place name between kanji: 霞が関, 霞ヶ関. */
export const KE_FORMS: ReadonlySet<number> = new Set(Array.from('ヶケがガヵ', unit));
/** After 番 these make a name: 一番町, 三番街, 二番館. */
export const AFTER_BAN_NAMES: ReadonlySet<number> = new Set(Array.from('町丁街館通組割目線口手', unit));
/** After 号 these make something else than a house number: 101号室, 2号棟, 3号線. */
export const AFTER_GO_NAMES: ReadonlySet<number> = new Set(Array.from('室棟館線車地店階機艇門塔橋様', unit));

const kinds = new Uint8Array(0x10000);
kinds.fill(KIND.kana, 0x3041, 0x3097);
kinds.fill(KIND.kana, 0x30a1, 0x30fb);
kinds.fill(KIND.kanji, 0x3400, 0xa000);
kinds.fill(KIND.kanji, 0xd800, 0xe000); // halves of the ideographs beyond the basic plane
kinds.fill(KIND.kanji, 0xf900, 0xfb00);
kinds.fill(KIND.digit, 0x30, 0x3a);
for (let code = 0; code < 0x80; code++) if (isAsciiLetter(code)) kinds[code] = KIND.letter;
for (const numeral of KANJI_NUMERALS) kinds[unit(numeral)] = KIND.numeral;
kinds[unit('々')] = KIND.kanji;
kinds[unit('ー')] = KIND.longMark;
kinds[unit('-')] = KIND.hyphen;
kinds[unit(' ')] = KIND.space;

/** The kind of a folded code unit. */
export const kindOf = (codeUnit: number): number => kinds[codeUnit] ?? KIND.other;

export const isKanjiLike = (codeUnit: number): boolean => {
  const kind = kindOf(codeUnit);
  return kind === KIND.kanji || kind === KIND.numeral;
};

export const isAlphanumeric = (codeUnit: number): boolean => {
  const kind = kindOf(codeUnit);
  return kind === KIND.digit || kind === KIND.letter;
};

/** Whether leaving out a space between the two would make one number or one word of the lot: A 1, 一 〇, 十 丁目. */
export function wouldJoin(before: number, after: number): boolean {
  if (isAlphanumeric(before)) return isAlphanumeric(after);
  if (kindOf(before) === KIND.numeral) {
    return kindOf(after) === KIND.numeral || after === CHO || after === BAN || after === GO;
  }
  return (before === CHO && after === ME) || (before === BAN && after === CHI);
}

const folded = new CodeUnitBuffer();

/**
 * Folds the address into `units` and leaves out 大字 and 字, which stand before a name (上野字中原) and which many leave
 * out. 文字 (十文字町) is part of a name, and what comes after the first digit is no longer a district.
 */
export function foldAddress(address: string, units: CodeUnitBuffer): void {
  folded.clear();
  foldCharacters(address, folded, 'keep');
  let hasDigit = false;
  for (let i = 0; i < folded.length; i++) {
    const current = folded.at(i);
    hasDigit ||= kindOf(current) === KIND.digit;
    if (current !== AZA || hasDigit || !startsName(nextVisible(folded, i + 1))) {
      units.push(current);
      continue;
    }
    const before = lastVisible(units);
    if (before === BUN) units.push(current);
    else if (before === DAI) dropLastVisible(units);
  }
}

function startsName(codeUnit: number): boolean {
  return isKanjiLike(codeUnit) || kindOf(codeUnit) === KIND.kana;
}

/** The first unit at or after the index that is no space, 0 at the end. */
function nextVisible(units: CodeUnitBuffer, index: number): number {
  let i = index;
  while (units.at(i) === SPACE) i++;
  return units.at(i);
}

function lastVisible(units: CodeUnitBuffer): number {
  let i = units.length - 1;
  while (i >= 0 && units.at(i) === SPACE) i--;
  return i < 0 ? 0 : units.at(i);
}

function dropLastVisible(units: CodeUnitBuffer): void {
  while (units.last === SPACE) units.pop();
  units.pop();
}
