/**
 * What a reader program does at the JPKI application, as commands and status words: the holder’s side of the card. It knows
 * the chip by its octets only.
 */
import { hash } from 'node:crypto';
import { fail, ok } from '@ishizue/outcome';
import type { CardResult } from '../card-code.ts';
import type { KeyKind } from '../card-record.ts';
import { parsePin } from '../pin-rules.ts';
import { encodeCommand } from './apdu.ts';
import { jpki } from './applications/jpki.ts';
import { triesIn, wordOf } from './status-words.ts';

/** A card in a reader. */
export interface Transmitter {
  transmit(command: Uint8Array): Promise<Buffer>;
}

interface Answer {
  readonly data: Buffer;
  readonly word: number;
}

const SELECT_APPLICATION = [0x00, 0xa4, 0x04, 0x0c] as const;
const SELECT_FILE = [0x00, 0xa4, 0x02, 0x0c] as const;
const VERIFY = [0x00, 0x20, 0x00, 0x80] as const;
const CHANGE_PIN = [0x00, 0x24, 0x01, 0x80] as const;
/** Of a hash that is given, with DigestInfo. */
const SIGN = [0x80, 0x2a, 0x02, 0x80] as const;
const SIGNATURE_BYTES = 256;

/** The files of each key. */
const FILES: Readonly<Record<KeyKind, { readonly key: number; readonly pin: number }>> = {
  authentication: { key: 0x0017, pin: 0x0018 },
  signature: { key: 0x001a, pin: 0x001b },
};

export class CardReader {
  readonly #card: Transmitter;
  #isSelected = false;

  constructor(card: Transmitter) {
    this.#card = card;
  }

  /** Shows a PIN to the card: until its power is off the key of this kind works. */
  async showPin(kind: KeyKind, pin: string): Promise<CardResult<undefined>> {
    const parsed = parsePin(kind, pin);
    if (!parsed.ok) return parsed;
    await this.#select(FILES[kind].pin);
    return outcomeOf(await this.#send(VERIFY, Buffer.from(parsed.value, 'latin1')));
  }

  /** The first PIN, or another one after the old one was shown. */
  async storePin(kind: KeyKind, pin: string): Promise<CardResult<undefined>> {
    const parsed = parsePin(kind, pin);
    if (!parsed.ok) return parsed;
    await this.#select(FILES[kind].pin);
    return outcomeOf(await this.#send(CHANGE_PIN, Buffer.from(parsed.value, 'latin1')));
  }

  /** RSASSA-PKCS1-v1_5 with SHA-256: the reader hashes, the card signs. */
  async sign(kind: KeyKind, data: Uint8Array): Promise<CardResult<Buffer>> {
    await this.#select(FILES[kind].key);
    const signed = await this.#send(SIGN, hash('sha256', data, 'buffer'), SIGNATURE_BYTES);
    const outcome = outcomeOf(signed);
    return outcome.ok ? ok(signed.data) : outcome;
  }

  async #select(fid: number): Promise<void> {
    if (!this.#isSelected) this.#must(await this.#send(SELECT_APPLICATION, Buffer.from(jpki.aid, 'hex')));
    this.#isSelected = true;
    this.#must(await this.#send(SELECT_FILE, Buffer.of(fid >> 8, fid & 0xff)));
  }

  #must({ word }: Answer): void {
    if (word !== wordOf('done')) throw new Error(`no card of ours: ${word.toString(16)} to a SELECT`);
  }

  async #send(
    header: readonly [number, number, number, number],
    data: Uint8Array,
    expected?: number,
  ): Promise<Answer> {
    const answer = await this.#card.transmit(encodeCommand(header, data, expected));
    return { data: answer.subarray(0, -2), word: answer.readUInt16BE(answer.length - 2) };
  }
}

/** What a status word means to whoever showed a PIN or used a key. */
export function outcomeOf({ word }: Pick<Answer, 'word'>): CardResult<undefined> {
  const triesLeft = triesIn(word);
  if (triesLeft !== undefined)
    return { ok: false, failure: { code: 'pin-wrong', detail: 'the PIN is wrong', triesLeft } };
  switch (word) {
    case wordOf('done'):
      return ok(undefined);
    case wordOf('pin-locked'):
      return fail('pin-locked', 'the PIN was missed too often');
    case wordOf('conditions-unmet'):
      return fail('pin-not-set', 'the holder has not set this PIN');
    case wordOf('not-authorised'):
      return fail('not-authorised', 'this needs the PIN');
    default:
      throw new Error(`the card answered ${word.toString(16)}`);
  }
}
