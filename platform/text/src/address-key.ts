/**
 * The key by which addresses are compared: 2丁目1番地2号, 2-1-2 and 二丁目1番2号 have one. The lot becomes numbers joined by
 * "-"; what follows it (a building) is kept apart by one space; other spaces go. Kanji numerals are numbers only
 * before 丁目, 番地, 番, 号 or in a chain of numbers, so 一番町 and 三田 stay names; where a reading is doubtful the text
 * stays as it is, because a false merge is worse than a miss. Idempotent. The rules, one by one, are the tests'.
 */
import {
  CHOME,
  joinedNumber,
  type Suffix,
  skipNumber,
  skipSpaces,
  suffixOfDigits,
  suffixOfNumerals,
} from './address-lookahead.ts';
import {
  foldAddress,
  isAlphanumeric,
  isKanjiLike,
  KE,
  KE_FORMS,
  KIND,
  kindOf,
  SMALL_KE,
  wouldJoin,
} from './address-units.ts';
import { CodeUnitBuffer } from './code-unit-buffer.ts';
import { HYPHEN, SPACE } from './fold-characters.ts';
import { numberAtEnd } from './kanji-number.ts';

const CHOME_MAX = 99;
const LOT_MAX = 99_999;

/** What was written last: text, one number alone (北3条), the number of a chain (2-1), or a number with its suffix. */
type Last = 'text' | 'number' | 'chain' | 'chome' | 'ban' | 'go';

/** Reads one address after another; its buffers live as long as it does. */
class AddressReader {
  readonly #units = new CodeUnitBuffer();
  readonly #key = new CodeUnitBuffer();
  readonly #run: number[] = [];
  #position = 0;
  #last: Last = 'text';
  #isAfterSpace = false;
  /** A joiner was read: the next token is a number and goes on with the chain. */
  #isJoining = false;

  keyOf(address: string): string {
    this.#units.clear();
    this.#key.clear();
    foldAddress(address, this.#units);
    this.#position = 0;
    this.#last = 'text';
    this.#isAfterSpace = false;
    this.#isJoining = false;
    while (this.#position < this.#units.length) this.#readToken();
    return this.#key.toString();
  }

  #readToken(): void {
    const current = this.#units.at(this.#position);
    const kind = kindOf(current);
    if (kind === KIND.space) {
      this.#isAfterSpace = true;
      this.#position++;
    } else if (kind === KIND.digit) {
      this.#readDigits();
    } else if (kind === KIND.numeral) {
      this.#readNumerals();
    } else if (!this.#readJoiner()) {
      this.#readText(current, kind);
    }
  }

  /** Whether a number here goes on with the lot that the last number began. */
  #isInChain(): boolean {
    return this.#isJoining || this.#last === 'chome' || (this.#last === 'ban' && !this.#isAfterSpace);
  }

  #readDigits(): void {
    const start = this.#position;
    const end = skipNumber(this.#units, start);
    const inChain = this.#isInChain();
    const suffix = suffixOfDigits(this.#units, end, inChain);
    this.#separateNumber(inChain, suffix);
    for (let i = start; i < end; i++) this.#key.push(this.#units.at(i));
    this.#finishNumber(end, inChain, suffix);
  }

  #readNumerals(): void {
    const end = skipNumber(this.#units, this.#position);
    const run = this.#run;
    run.length = 0;
    for (let i = this.#position; i < end; i++) run.push(this.#units.at(i));
    const inChain = this.#isInChain();
    const suffix = this.#suffixOfRun(end, inChain);
    const number = suffix && numberAtEnd(run, suffix === CHOME ? CHOME_MAX : LOT_MAX);
    const isAfterNumber = this.#last !== 'text';
    if (suffix === undefined || number === undefined || (isAfterNumber && number.start > 0)) {
      this.#writeNumerals(run.length);
      this.#position = end;
      return;
    }
    if (number.start > 0) this.#writeNumerals(number.start);
    this.#separateNumber(inChain, suffix);
    this.#writeDecimal(number.value);
    this.#finishNumber(end, inChain, suffix);
  }

  #suffixOfRun(end: number, inChain: boolean): Suffix | undefined {
    const touchesDigits = this.#last === 'number' && !this.#isAfterSpace && !inChain;
    if (touchesDigits) return undefined; // 3三: whatever it is, it is no lot
    const isAfterBan = this.#last === 'ban';
    return suffixOfNumerals(this.#units, end, { inChain, isAfterBan, isJoined: this.#isJoining });
  }

  /** Writes the first numerals of the run as the text that they are. */
  #writeNumerals(count: number): void {
    this.#separateText(this.#run[0] ?? 0);
    for (let i = 0; i < count; i++) this.#key.push(this.#run[i] ?? 0);
  }

  #writeDecimal(value: number): void {
    if (value >= 10) this.#writeDecimal(Math.floor(value / 10));
    this.#key.push(0x30 + (value % 10));
  }

  /** A number followed by text is 北3条, unless it is the end of a lot; then a space keeps the building apart. */
  #separateText(next: number): void {
    if (this.#last === 'text') {
      if (this.#isAfterSpace && wouldJoin(this.#key.last, next)) this.#key.push(SPACE);
    } else if (this.#isAfterSpace || this.#last !== 'number') {
      this.#key.push(SPACE);
    }
    this.#isAfterSpace = false;
    this.#isJoining = false;
    this.#last = 'text';
  }

  #separateNumber(inChain: boolean, suffix: Suffix): void {
    if (this.#last === 'text') {
      if (this.#isAfterSpace && isAlphanumeric(this.#key.last)) this.#key.push(SPACE);
    } else {
      this.#key.push(inChain || this.#isHouseOfLot(suffix) ? HYPHEN : SPACE);
    }
  }

  /** 1番 2号: a space does not part a house number from its lot. */
  #isHouseOfLot(suffix: Suffix): boolean {
    return this.#last === 'ban' && suffix.kind === 'go';
  }

  #finishNumber(end: number, inChain: boolean, suffix: Suffix): void {
    if (suffix.kind === 'none') this.#last = inChain ? 'chain' : 'number';
    else this.#last = suffix.kind;
    this.#position = end + suffix.units;
    this.#isAfterSpace = false;
    this.#isJoining = false;
  }

  #readJoiner(): boolean {
    if (this.#last === 'text' || this.#isJoining) return false;
    const mayBeNo = !this.#isAfterSpace && this.#last !== 'go';
    const next = joinedNumber(this.#units, this.#position, mayBeNo);
    if (next === undefined) return false;
    this.#isJoining = true;
    this.#isAfterSpace = false;
    this.#position = next;
    return true;
  }

  #readText(current: number, kind: number): void {
    const next = this.#units.at(skipSpaces(this.#units, this.#position + 1));
    const isBeforeNumber = isAlphanumeric(next) || kindOf(next) === KIND.numeral;
    const isDash = kind === KIND.longMark && isAlphanumeric(this.#key.last) && isBeforeNumber;
    this.#position++;
    if (kind === KIND.hyphen || isDash) {
      this.#key.push(HYPHEN); // A-101, 1-B: never apart from what it joins
      this.#isAfterSpace = false;
      this.#last = 'text';
      return;
    }
    this.#separateText(current);
    const isBetweenKanji = isKanjiLike(this.#key.last) && isKanjiLike(next);
    this.#key.push(KE_FORMS.has(current) && (isBetweenKanji || current === SMALL_KE) ? KE : current);
  }
}

const reader = new AddressReader(); // keys are made synchronously: one reader serves all

/** The comparison key of an address; idempotent. */
export function addressKey(address: string): string {
  return reader.keyOf(address);
}
