/**
 * What follows a number in an address: whether the unit at an index begins a suffix (丁目, 番地, 番, 号), a joiner, or a
 * number. Every question looks only at the units, is bounded by the run it looks at, and in doubt answers no.
 */
import {
  AFTER_BAN_NAMES,
  AFTER_GO_NAMES,
  BAN,
  CHI,
  CHO,
  GO,
  isKanjiLike,
  JOINERS,
  KIND,
  KU,
  kindOf,
  ME,
} from './address-units.ts';
import type { CodeUnitBuffer } from './code-unit-buffer.ts';
import { SPACE } from './fold-characters.ts';

/** What a suffix makes of a number, and its length in units. */
export interface Suffix {
  readonly kind: 'none' | 'chome' | 'ban' | 'go';
  readonly units: number;
}

const NO_SUFFIX: Suffix = { kind: 'none', units: 0 };
export const CHOME: Suffix = { kind: 'chome', units: 2 };
const BANCHI: Suffix = { kind: 'ban', units: 2 };
const BAN_ALONE: Suffix = { kind: 'ban', units: 1 };
const HOUSE: Suffix = { kind: 'go', units: 1 };

/** The suffix of the digits that end before the index; `inChain` where they go on with a lot that has begun. */
export function suffixOfDigits(units: CodeUnitBuffer, end: number, inChain: boolean): Suffix {
  const current = units.at(end);
  if (isChomeAt(units, end)) return CHOME;
  if (current === BAN) return banSuffix(units, end, inChain) ?? NO_SUFFIX;
  return current === GO && isHouseAt(units, end, inChain) ? HOUSE : NO_SUFFIX;
}

/**
 * What makes a number of the kanji numerals that end before the index; undefined where they are none. Stricter than
 * for digits: 番 without 地 needs a lot before it or a house number after it, 号 needs a lot before it, and no suffix
 * at all needs a joiner before or after.
 */
export function suffixOfNumerals(
  units: CodeUnitBuffer,
  end: number,
  lot: { readonly inChain: boolean; readonly isAfterBan: boolean; readonly isJoined: boolean },
): Suffix | undefined {
  const current = units.at(end);
  if (isChomeAt(units, end)) return CHOME;
  if (current === BAN) {
    const suffix = banSuffix(units, end, lot.inChain);
    return suffix === BANCHI || lot.inChain || isHouseAfter(units, end + 1) ? suffix : undefined;
  }
  if (current === GO) {
    return (lot.inChain || lot.isAfterBan) && isHouseAt(units, end, true) ? HOUSE : undefined;
  }
  const endsChain = (lot.isJoined || (lot.inChain && lot.isAfterBan)) && isClosed(units, end);
  return endsChain || isHyphenBeforeNumber(units, end) ? NO_SUFFIX : undefined;
}

/** 番地 or 番 as a suffix, undefined where it is part of a name (一番町). */
function banSuffix(units: CodeUnitBuffer, end: number, inChain: boolean): Suffix | undefined {
  const next = units.at(end + 1);
  if (next === CHI) return units.at(end + 2) === KU ? undefined : BANCHI;
  if (AFTER_BAN_NAMES.has(next)) return undefined;
  if (isKanjiLike(next) && !inChain && !isNumberAt(units, end + 1)) return undefined;
  return BAN_ALONE;
}

/** Whether 号 at the index ends a house number. */
function isHouseAt(units: CodeUnitBuffer, index: number, inChain: boolean): boolean {
  const next = units.at(index + 1);
  if (AFTER_GO_NAMES.has(next)) return false;
  return inChain || !(isKanjiLike(next) || kindOf(next) === KIND.digit);
}

const isChomeAt = (units: CodeUnitBuffer, index: number): boolean =>
  units.at(index) === CHO && units.at(index + 1) === ME;

/** Whether a number and 号 (not 号室) follow. */
function isHouseAfter(units: CodeUnitBuffer, index: number): boolean {
  const start = skipSpaces(units, index);
  const end = skipNumber(units, start);
  return end > start && units.at(end) === GO && isHouseAt(units, end, true);
}

/** Whether numerals that end before the index are followed by nothing that could make them part of a name. */
function isClosed(units: CodeUnitBuffer, end: number): boolean {
  if (end >= units.length) return true;
  const current = units.at(end);
  const kind = kindOf(current);
  if (kind === KIND.space || kind === KIND.hyphen || kind === KIND.longMark) return true;
  return current === GO || current === BAN || isChomeAt(units, end);
}

/** Whether a number begins at the index: digits, or numerals that are not the beginning of a name. */
function isNumberAt(units: CodeUnitBuffer, index: number): boolean {
  const kind = kindOf(units.at(index));
  return kind === KIND.digit || (kind === KIND.numeral && isClosed(units, skipNumber(units, index)));
}

function isHyphenBeforeNumber(units: CodeUnitBuffer, index: number): boolean {
  const at = skipSpaces(units, index);
  return isHyphen(kindOf(units.at(at))) && isNumberAt(units, skipSpaces(units, at + 1));
}

const isHyphen = (kind: number): boolean => kind === KIND.hyphen || kind === KIND.longMark;

/**
 * Where the number begins that a joiner at the index joins to the one before it (2-1, 2ー1, 1の2); undefined where the
 * unit joins nothing. の and ノ join only where they touch the number before them.
 */
export function joinedNumber(units: CodeUnitBuffer, index: number, mayBeNo: boolean): number | undefined {
  const current = units.at(index);
  if (!isHyphen(kindOf(current)) && !(mayBeNo && JOINERS.has(current))) return undefined;
  const next = skipSpaces(units, index + 1);
  return isNumberAt(units, next) ? next : undefined;
}

/** The index of the first unit at or after the index that is no space. */
export function skipSpaces(units: CodeUnitBuffer, index: number): number {
  let i = index;
  while (units.at(i) === SPACE) i++;
  return i;
}

/** The index after the run of digits or of numerals that begins at the index; the index itself where none does. */
export function skipNumber(units: CodeUnitBuffer, index: number): number {
  const kind = kindOf(units.at(index));
  if (kind !== KIND.digit && kind !== KIND.numeral) return index;
  let i = index;
  while (kindOf(units.at(i)) === kind) i++;
  return i;
}
