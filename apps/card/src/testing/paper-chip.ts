/**
 * A chip that does the steps of its answers at once and on paper: PINs are hashed to themselves, nothing is stored on a disk,
 * and what it draws is a fixed row of octets. What the chip decides is the chip’s own code; so a million commands take
 * minutes, and the same commands give the same octets.
 */
import { constants, createPrivateKey, type KeyObject, privateEncrypt } from 'node:crypto';
import type { CardRecord } from '../card-record.ts';
import { answerCommand } from '../chip/answer-command.ts';
import { POWERED_UP, type Session } from '../chip/session.ts';
import type { Step } from '../chip/step.ts';

const PREFIX = 'paper:';

/** A PIN as the paper chip keeps it. */
export const paperPin = (pin: string, triesLeft: number) => ({ hash: `${PREFIX}${pin}`, triesLeft });

/** Signs nothing: 256 octets of the block, over and over. */
const paperRsa = (block: Buffer): Buffer => Buffer.alloc(256, block.length > 0 ? block : 0);

export class PaperChip {
  record: CardRecord;
  session: Session = POWERED_UP;
  /** The steps of the last answer but the answer itself. */
  steps: string[] = [];
  /** The PIN that was right in the last answer, where one was. */
  rightPin: string | undefined;
  readonly #key: KeyObject | undefined;

  /** @param privateKey PKCS#8, base64; without it signatures are on paper too */
  constructor(record: CardRecord, privateKey?: string) {
    this.record = record;
    this.#key =
      privateKey === undefined
        ? undefined
        : createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  }

  reset(): void {
    this.session = POWERED_UP;
  }

  transmit(command: Uint8Array): Buffer {
    this.steps = [];
    this.rightPin = undefined;
    let step = answerCommand(this.record, this.session, command);
    while (step.step !== 'answer') {
      this.steps.push(step.step);
      step = this.#perform(step);
    }
    this.session = step.session;
    return Buffer.concat([step.data, Buffer.of(step.word >> 8, step.word & 0xff)]);
  }

  /** In hexadecimal both. */
  ask(command: string): string {
    return this.transmit(Buffer.from(command.replaceAll(' ', ''), 'hex')).toString('hex');
  }

  #perform(step: Exclude<Step, { readonly step: 'answer' }>): Step {
    switch (step.step) {
      case 'store':
        this.record = step.record;
        return step.next();
      case 'compare': {
        const matches = step.hash === `${PREFIX}${step.pin}`;
        if (matches) this.rightPin = step.pin;
        return step.next(matches);
      }
      case 'hash':
        return step.next(`${PREFIX}${step.pin}`);
      case 'draw':
        return step.next(Buffer.alloc(step.bytes, 0x5a));
      case 'rsa':
        return step.next(this.#rsa(step.padding, step.block));
    }
  }

  #rsa(padding: 'pkcs1' | 'none', block: Buffer): Buffer {
    if (!this.#key) return paperRsa(block);
    const { RSA_PKCS1_PADDING, RSA_NO_PADDING } = constants;
    return privateEncrypt(
      { key: this.#key, padding: padding === 'pkcs1' ? RSA_PKCS1_PADDING : RSA_NO_PADDING },
      block,
    );
  }
}
