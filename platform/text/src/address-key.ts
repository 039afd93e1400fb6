/**
 * The key by which addresses are compared: 2丁目1番地2号, 2-1-2 and 二丁目1番2号 have one. The lot becomes numbers joined by
 * "-"; what follows it (a building) is kept apart by one space; other spaces go. Kanji numerals are numbers only
 * before 丁目, 番地, 番, 号 or in a chain of numbers, so 一番町 and 三田 stay names; where a reading is doubtful the text
 * stays as it is, because a false merge is worse than a miss. Idempotent. The rules, one by one, are the tests'.
 */
import {
  AFTER_BAN_NAMES,
  AFTER_GO_NAMES,
  BAN,
  CHI,
  CHO,
  foldAddress,
  GO,
  isAlphanumeric,
  isKanjiLike,
  JOINERS,
  KE,
  KE_FORMS,
  KIND,
  KU,
  kindOf,
  ME,
  nextVisible,
} from './address-units.ts';
import { CodeUnitBuffer } from './code-unit-buffer.ts';
import { HYPHEN, SPACE } from './fold-characters.ts';
import { numberAtEnd } from './kanji-number.ts';

const CHOME_MAX = 99;
const LOT_MAX = 99_999;

/** What the last written token was: text, or a number and what followed it. */
const LAST = { text: 0, number: 1, chained: 2, chome: 3, ban: 4, go: 5 } as const;

/** A suffix of a number: what it makes of the number, and its length in units. */
type Suffix = readonly [last: number, units: number];
const CHOME_SUFFIX: Suffix = [LAST.chome, 2];
const BANCHI_SUFFIX: Suffix = [LAST.ban, 2];
const BAN_SUFFIX: Suffix = [LAST.ban, 1];
const GO_SUFFIX: Suffix = [LAST.go, 1];
const NO_SUFFIX: Suffix = [LAST.number, 0];

// One reader at a time: the key is made synchronously, so its work space can be shared by all calls.
const units = new CodeUnitBuffer();
const key = new CodeUnitBuffer();
const run: number[] = [];
let position = 0;
let last: number = LAST.text;
let isAfterSpace = false;
/** A hyphen or の between two numbers was read: the next token is a number and joins. */
let isJoining = false;

/** The comparison key of an address; idempotent. */
export function addressKey(address: string): string {
  units.clear();
  key.clear();
  foldAddress(address, units);
  position = 0;
  last = LAST.text;
  isAfterSpace = false;
  isJoining = false;
  while (position < units.length) readToken();
  return key.toString();
}

function readToken(): void {
  const current = units.at(position);
  const kind = kindOf(current);
  if (kind === KIND.space) {
    isAfterSpace = true;
    position++;
  } else if (kind === KIND.digit) {
    readDigits();
  } else if (kind === KIND.numeral) {
    readNumerals();
  } else if (!readJoiner(current, kind)) {
    readText(current, kind);
  }
}

/** Whether a number here goes on with the lot that the last number began. */
function isInChain(): boolean {
  if (isJoining || last === LAST.chome) return true;
  return last === LAST.ban && !isAfterSpace;
}

function readDigits(): void {
  let end = position;
  while (kindOf(units.at(end)) === KIND.digit) end++;
  const inChain = isInChain();
  const suffix = suffixAt(end, inChain);
  separateNumber(inChain, suffix);
  for (let i = position; i < end; i++) key.push(units.at(i));
  finishNumber(end, inChain, suffix);
}

function readNumerals(): void {
  let end = position;
  run.length = 0;
  while (kindOf(units.at(end)) === KIND.numeral) run.push(units.at(end++));
  const inChain = isInChain();
  const touchesNumber = !isAfterSpace && !inChain && last !== LAST.text;
  const suffix = touchesNumber ? undefined : numeralSuffixAt(end, inChain);
  const max = suffix === CHOME_SUFFIX ? CHOME_MAX : LOT_MAX;
  const number = suffix === undefined ? undefined : numberAtEnd(run, max);
  const isWhole = number?.start === 0;
  if (suffix === undefined || number === undefined || (last !== LAST.text && !isWhole)) {
    separateText(run[0] ?? 0);
    for (const numeral of run) key.push(numeral);
    position = end;
    return;
  }
  if (!isWhole) {
    separateText(run[0] ?? 0);
    for (let i = 0; i < number.start; i++) key.push(run[i] ?? 0);
  }
  separateNumber(inChain, suffix);
  pushDecimal(number.value);
  finishNumber(end, inChain, suffix);
}

function pushDecimal(value: number): void {
  if (value >= 10) pushDecimal(Math.floor(value / 10));
  key.push(0x30 + (value % 10));
}

/** A number followed by text is 北3条, unless it is the end of a lot; then a space keeps the building apart. */
function separateText(next: number): void {
  if (last === LAST.text) {
    if (isAfterSpace && isAlphanumeric(key.last) && isAlphanumeric(next)) key.push(SPACE);
  } else if (isAfterSpace || last !== LAST.number) {
    key.push(SPACE);
  }
  isAfterSpace = false;
  isJoining = false;
  last = LAST.text;
}

function separateNumber(inChain: boolean, suffix: Suffix): void {
  if (last === LAST.text) {
    if (isAfterSpace && isAlphanumeric(key.last)) key.push(SPACE);
  } else {
    const isHouseNumber = last === LAST.ban && suffix === GO_SUFFIX; // 1番 2号
    key.push(inChain || isHouseNumber ? HYPHEN : SPACE);
  }
}

function finishNumber(end: number, inChain: boolean, suffix: Suffix): void {
  const isHouseNumber = last === LAST.ban && suffix === GO_SUFFIX;
  last = suffix === NO_SUFFIX && (inChain || isHouseNumber) ? LAST.chained : suffix[0];
  position = end + suffix[1];
  isAfterSpace = false;
  isJoining = false;
}

/** The suffix after Arabic digits that end at the index. */
function suffixAt(end: number, inChain: boolean): Suffix {
  const current = units.at(end);
  if (current === CHO && units.at(end + 1) === ME) return CHOME_SUFFIX;
  if (current === BAN) return banAt(end, inChain) ?? NO_SUFFIX;
  if (current === GO && isHouseNumberAt(end, inChain)) return GO_SUFFIX;
  return NO_SUFFIX;
}

/** 番地 or 番 as a suffix, undefined where it is part of a name or followed by another 丁目 (麻布十番2丁目). */
function banAt(end: number, inChain: boolean): Suffix | undefined {
  const next = units.at(end + 1);
  if (next === CHI) return units.at(end + 2) === KU ? undefined : BANCHI_SUFFIX;
  if (AFTER_BAN_NAMES.has(next)) return undefined;
  if (isKanjiLike(next) && !inChain && !isNumberAt(end + 1)) return undefined;
  return isChomeAfter(end + 1) ? undefined : BAN_SUFFIX;
}

function isHouseNumberAt(end: number, inChain: boolean): boolean {
  const next = units.at(end + 1);
  return !AFTER_GO_NAMES.has(next) && (inChain || !isKanjiLike(next));
}

/**
 * What makes the numerals that end at the index a number; undefined where they are none. Stricter than for digits:
 * 番 without 地 needs a lot before it or a house number after it, 号 needs a lot before it.
 */
function numeralSuffixAt(end: number, inChain: boolean): Suffix | undefined {
  const current = units.at(end);
  if (current === CHO && units.at(end + 1) === ME) return CHOME_SUFFIX;
  if (current === BAN) {
    const suffix = banAt(end, inChain);
    return suffix === BANCHI_SUFFIX || inChain || isHouseNumberAfter(end + 1) ? suffix : undefined;
  }
  if (current === GO) {
    const isHouse = (inChain || last === LAST.ban) && isHouseNumberAt(end, true);
    return isHouse ? GO_SUFFIX : undefined;
  }
  const isPartOfChain = isHyphenBeforeNumber(end) || (inChain && last !== LAST.chome && isClosed(end));
  return isPartOfChain ? NO_SUFFIX : undefined;
}

function skipSpaces(index: number): number {
  let i = index;
  while (units.at(i) === SPACE) i++;
  return i;
}

function skipNumber(index: number): number {
  const kind = kindOf(units.at(index));
  if (kind !== KIND.digit && kind !== KIND.numeral) return index;
  let i = index;
  while (kindOf(units.at(i)) === kind) i++;
  return i;
}

const isChomeAt = (index: number): boolean => units.at(index) === CHO && units.at(index + 1) === ME;

/** Whether a number and 丁目 follow. */
function isChomeAfter(index: number): boolean {
  const start = skipSpaces(index);
  const end = skipNumber(start);
  return end > start && isChomeAt(end);
}

/** Whether a number and 号 (not 号室) follow. */
function isHouseNumberAfter(index: number): boolean {
  const start = skipSpaces(index);
  const end = skipNumber(start);
  return end > start && units.at(end) === GO && isHouseNumberAt(end, true);
}

/** Whether what ends at the index is followed by nothing that could make it part of a name. */
function isClosed(end: number): boolean {
  if (end >= units.length) return true;
  const current = units.at(end);
  const kind = kindOf(current);
  if (kind === KIND.space || kind === KIND.hyphen || kind === KIND.longMark) return true;
  return current === GO || current === BAN || isChomeAt(end);
}

/** Whether a number begins at the index: digits, or numerals that are not the beginning of a name. */
function isNumberAt(index: number): boolean {
  const kind = kindOf(units.at(index));
  return kind === KIND.digit || (kind === KIND.numeral && isClosed(skipNumber(index)));
}

function isHyphenBeforeNumber(index: number): boolean {
  const at = skipSpaces(index);
  const kind = kindOf(units.at(at));
  return (kind === KIND.hyphen || kind === KIND.longMark) && isNumberAt(skipSpaces(at + 1));
}

/** Reads a hyphen, ー, の or ノ that joins two numbers; says whether it did. */
function readJoiner(current: number, kind: number): boolean {
  if (last === LAST.text || isJoining) return false;
  const isHyphen = kind === KIND.hyphen || kind === KIND.longMark;
  const isNo = JOINERS.has(current) && !isAfterSpace && last !== LAST.go;
  if (!isHyphen && !isNo) return false;
  const next = skipSpaces(position + 1);
  if (!isNumberAt(next)) return false;
  isJoining = true;
  isAfterSpace = false;
  position = next;
  return true;
}

function readText(current: number, kind: number): void {
  const next = nextVisible(units, position + 1);
  let written = current;
  if (kind === KIND.hyphen || (kind === KIND.longMark && isAlphanumeric(key.last) && isAlphanumeric(next))) {
    written = HYPHEN; // A-101 and 1-B: never apart from what it joins
    isAfterSpace = false;
    last = LAST.text;
  } else {
    separateText(current);
    const isBetweenKanji = isKanjiLike(key.last) && isKanjiLike(next);
    if (KE_FORMS.has(current) && (isBetweenKanji || current === SMALL_KE)) written = KE;
  }
  key.push(written);
  position++;
}

const SMALL_KE = 0x30f6;
