/**
 * The chip with power: it takes octets and gives octets, one command after the other, and does what the steps of the answer
 * ask for. Whoever has it has the lock of the card (card-lock.ts): as with one of plastic, a card is in one reader.
 */
import { constants, createPrivateKey, privateEncrypt, randomBytes } from 'node:crypto';
import type { CardFile } from '../card-file.ts';
import type { CardRecord } from '../card-record.ts';
import { hashPin, pinMatches } from '../pin-hash.ts';
import { answerCommand } from './answer-command.ts';
import { POWERED_UP, type Session } from './session.ts';
import { wordOf } from './status-words.ts';
import type { Step } from './step.ts';

/** Answer to reset: by it readers know the card. Source: a survey of real cards. */
export const ATR: Buffer = Buffer.from('3be000ff8131fe4514', 'hex');

export class Chip {
  readonly #file: CardFile;
  #record: CardRecord;
  #session: Session = POWERED_UP;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param record what the file holds */
  constructor(file: CardFile, record: CardRecord) {
    this.#file = file;
    this.#record = record;
  }

  /** What the file holds now. */
  get record(): CardRecord {
    return this.#record;
  }

  /** Power off and on: what is not stored is gone. */
  reset(): void {
    this.#session = POWERED_UP;
  }

  /**
   * The answer: data and status word. Where the state cannot be stored it is 6581 and nothing was compared or done; `onTrouble`
   * is told why.
   */
  transmit(command: Uint8Array, onTrouble?: (error: unknown) => void): Promise<Buffer> {
    const answered = this.#turn.then(() => this.#answer(command, onTrouble));
    this.#turn = answered.catch(() => undefined);
    return answered;
  }

  async #answer(command: Uint8Array, onTrouble?: (error: unknown) => void): Promise<Buffer> {
    try {
      let step = answerCommand(this.#record, this.#session, command);
      while (step.step !== 'answer') step = await this.#perform(step);
      this.#session = step.session;
      return Buffer.concat([step.data, octetsOf(step.word)]);
    } catch (error) {
      this.#session = POWERED_UP;
      if (!onTrouble) throw error;
      onTrouble(error);
      return octetsOf(wordOf('memory-failed'));
    }
  }

  async #perform(step: Exclude<Step, { readonly step: 'answer' }>): Promise<Step> {
    switch (step.step) {
      case 'store':
        await this.#file.save(step.record);
        this.#record = step.record;
        return step.next();
      case 'compare':
        return step.next(await pinMatches(step.pin, step.hash));
      case 'hash':
        return step.next(await hashPin(step.pin));
      case 'draw':
        return step.next(randomBytes(step.bytes));
      case 'rsa':
        return step.next(rsa(step.privateKey, step.padding, step.block));
    }
  }
}

const octetsOf = (word: number): Buffer => Buffer.of(word >> 8, word & 0xff);

function rsa(privateKey: string, padding: 'pkcs1' | 'none', block: Buffer): Buffer {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  return privateEncrypt(
    { key, padding: padding === 'pkcs1' ? constants.RSA_PKCS1_PADDING : constants.RSA_NO_PADDING },
    block,
  );
}
