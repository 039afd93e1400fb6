/**
 * The status words of the chip and where each is from: `formats` is a survey of real cards, which gives AIDs, EFs and
 * status words (docs/flows/chip.md); `iso` is ISO 7816-4, tables 5 and 6; `ours` is a word of ISO 7816-4 chosen here
 * for a case of which nothing public says how the real card answers.
 */

interface StatusWord {
  readonly word: number;
  readonly from: 'formats' | 'iso' | 'ours';
}

export const STATUS_WORDS = {
  done: { word: 0x9000, from: 'formats' },
  /** The PIN was missed so often that it is closed. */
  'pin-locked': { word: 0x6984, from: 'formats' },
  'not-authorised': { word: 0x6982, from: 'formats' },
  'file-absent': { word: 0x6a82, from: 'formats' },
  'past-the-end': { word: 0x6b00, from: 'formats' },
  'parameters-wrong': { word: 0x6a86, from: 'formats' },
  'length-wrong': { word: 0x6700, from: 'iso' },
  'channel-unsupported': { word: 0x6881, from: 'iso' },
  'secure-messaging-unsupported': { word: 0x6882, from: 'iso' },
  'chain-unfinished': { word: 0x6883, from: 'iso' },
  'file-of-another-kind': { word: 0x6981, from: 'iso' },
  'no-file-selected': { word: 0x6986, from: 'iso' },
  'key-unknown': { word: 0x6a88, from: 'iso' },
  'instruction-unknown': { word: 0x6d00, from: 'iso' },
  'class-unknown': { word: 0x6e00, from: 'iso' },
  /** The state could not be stored: nothing has happened. */
  'memory-failed': { word: 0x6581, from: 'iso' },
  /** A PIN that nobody has set, a key that is not on the card. */
  'conditions-unmet': { word: 0x6985, from: 'ours' },
  /** What cannot be a PIN of this kind: no try is used. Also a hash or a block of a wrong length. */
  'data-wrong': { word: 0x6a80, from: 'ours' },
  /** Of the free area, or of an application’s own area. */
  'memory-full': { word: 0x6a84, from: 'iso' },
  /** An application of this AID is there. */
  'file-exists': { word: 0x6a89, from: 'iso' },
} as const satisfies Readonly<Record<string, StatusWord>>;

export type Status = keyof typeof STATUS_WORDS;

export const wordOf = (status: Status): number => STATUS_WORDS[status].word;

const TRIES = 0x63c0;
const MORE = 0x6100;

/** `63Cx`: a wrong PIN, and the answer to how many tries are left. */
export const triesWord = (left: number): number => TRIES | Math.min(left, 0xf);

/** The tries of a `63Cx`; undefined of any other word. */
export const triesIn = (word: number): number | undefined =>
  (word & 0xfff0) === TRIES ? word & 0xf : undefined;

/** `61xx`: so many more octets wait for GET RESPONSE, 00 for 256 or more. */
export const moreWord = (octets: number): number => MORE | (octets > 0xff ? 0 : octets);
