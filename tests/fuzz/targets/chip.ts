/**
 * The card’s chip: whatever a reader sends, command after command with the power going on and off between. Each answer has a
 * word that the card knows; a protected file is answered only after a PIN that opens it; a try is stored before a PIN
 * is compared, a wrong PIN costs one, and only a right one gives tries back.
 */
import {
  APPLICATIONS,
  contentOf,
  PAPER_PINS,
  PaperChip,
  paperRecord,
  STATUS_WORDS,
} from '@ishizue/card/testing';
import type { Draws } from '../draws.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { mutateOctets } from '../mutate/octets.ts';

const KNOWN_WORDS: ReadonlySet<number> = new Set(Object.values(STATUS_WORDS).map(({ word }) => word));
const COMMANDS_MAX = 64;
/** Shorter pieces may be in two files by chance. */
const TELLING_BYTES = 8;
const RESET = 2;
const DONE = STATUS_WORDS.done.word;

/** As the virtual reader sends them: a length of two octets and the message. */
function messagesOf(stream: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at + 2 <= stream.length && messages.length < COMMANDS_MAX; ) {
    const end = at + 2 + stream.readUInt16BE(at);
    messages.push(stream.subarray(at + 2, end));
    at = end;
  }
  return messages;
}

function streamOf(messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => [Buffer.of(message.length >> 8, message.length & 0xff), message]),
  );
}

interface Guarded {
  readonly content: Buffer;
  /** The PINs that open it; undefined where everybody may read it. */
  readonly pins: readonly string[] | undefined;
}

const RECORD = paperRecord();
const { signature, inputHelp, numberA, numberB, residentRegistry } = PAPER_PINS;

/** Which PINs open what, said here once more and not taken from the card: every other file is for everybody. */
const OPENED_BY: Readonly<Record<string, readonly string[]>> = {
  'jpki/1': [signature],
  'input-help/1': [inputHelp, numberA],
  'input-help/2': [inputHelp, numberB],
  'input-help/3': [inputHelp, numberA, numberB],
  'card-face/1': [numberA, numberB],
  'card-face/2': [numberA, numberB],
  'card-face/5': [numberA],
  'resident-registry/1': [residentRegistry],
};

const GUARDED: readonly Guarded[] = APPLICATIONS.flatMap(({ name, files }) =>
  files.flatMap((file) =>
    file.kind === 'transparent'
      ? [
          {
            content: contentOf(RECORD, { application: name, file }),
            pins: OPENED_BY[`${name}/${file.fid}`],
          },
        ]
      : [],
  ),
);

/** All tries that are left, of all PINs. */
function triesOf({ record }: PaperChip): number {
  const pins = [
    record.keys.authentication?.pin,
    record.keys.signature?.pin,
    ...Object.values(record.pins ?? {}),
  ];
  return pins.reduce((sum, pin) => sum + (pin?.triesLeft ?? 0), 0);
}

/** What a reader may have seen by now, kept apart from the chip’s own session. */
class Watch {
  readonly #chip = new PaperChip(RECORD);
  /** PINs that were right in the application selected, and whether any was ever changed to another. */
  #right = new Set<string>();
  #isChanged = false;

  reset(): void {
    this.#chip.reset();
    this.#right = new Set();
  }

  /** Sends a command, and answers its status word. */
  send(command: Buffer): string {
    const tries = triesOf(this.#chip);
    const answer = this.#chip.transmit(command);
    const { steps, rightPin } = this.#chip;
    demand(answer.length >= 2, 'an answer without a status word');
    const word = answer.readUInt16BE(answer.length - 2);
    demand(
      KNOWN_WORDS.has(word) || [0x61, 0x63].includes(word >> 8),
      `a word that is none: ${word.toString(16)}`,
    );
    if (word === DONE && isApplicationSelected(command)) this.#right = new Set();
    if (rightPin !== undefined) this.#right.add(rightPin);
    if (steps.includes('hash')) this.#isChanged = true;
    this.#checkTries(steps, rightPin, triesOf(this.#chip) - tries);
    this.#checkData(answer.subarray(0, -2));
    if (steps.includes('rsa')) demand(this.#right.size > 0 || this.#isChanged, 'signed without a PIN');
    return word.toString(16);
  }

  #checkTries(steps: readonly string[], rightPin: string | undefined, change: number): void {
    const compared = steps.indexOf('compare');
    demand(compared < 0 || steps[compared - 1] === 'store', 'compared before the try was stored');
    if (compared >= 0 && rightPin === undefined) demand(change === -1, `a wrong PIN cost ${-change} tries`);
    else if (change !== 0)
      demand(change > 0 && (rightPin !== undefined || steps.includes('hash')), 'tries for nothing');
  }

  #checkData(data: Buffer): void {
    // whoever changed a PIN knew the old one
    if (data.length < TELLING_BYTES || this.#isChanged) return;
    const from = GUARDED.filter(({ content }) => content.includes(data));
    demand(
      from.length === 0 ||
        from.some(({ pins }) => pins === undefined || pins.some((pin) => this.#right.has(pin))),
      'a protected file without its PIN',
    );
  }
}

const isApplicationSelected = (command: Buffer): boolean => command[1] === 0xa4 && command[2] === 0x04;

function feed(input: Uint8Array): string {
  const watch = new Watch();
  const words = new Set<string>();
  for (const message of messagesOf(Buffer.from(input))) {
    if (message.length === 1) {
      if (message[0] === RESET || message[0] === 0) watch.reset();
    } else words.add(watch.send(message));
  }
  const rare = [...words].filter((word) => word !== '9000').sort();
  return [words.has('9000') ? 'ok' : 'refused', ...rare.slice(0, 3)].join(' ');
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const verify = (pin: string): Buffer =>
  Buffer.concat([hex('00200080'), Buffer.of(pin.length), Buffer.from(pin)]);
const TOKENS: readonly Buffer[] = Object.values(PAPER_PINS).flatMap((pin) => [Buffer.from(pin), verify(pin)]);
const ENTRANCES = APPLICATIONS.map(({ aid }) => hex(`00a4040c0a${aid}`));
const FILES = [...new Set(APPLICATIONS.flatMap(({ files }) => files.map(({ fid }) => fid)))].map((fid) =>
  Buffer.concat([hex('00a4020c02'), Buffer.of(fid >> 8, fid & 0xff)]),
);

const SEEDS: readonly Buffer[] = [
  [ENTRANCES[0], '00a4020c020018', verify('1234'), '00a4020c020017', `802a028020${'07'.repeat(32)}00`],
  [ENTRANCES[0], '00a4020c02001b', verify('ABC123'), '00b0810000', '00b0010000', '00200080'],
  [ENTRANCES[0], '00a4020c020018', verify('0000'), verify('0000'), verify('0000'), verify('1234')],
  [ENTRANCES[0], '00a4020c020018', verify('1234'), '002401800435363738', verify('1234'), verify('5678')],
  [ENTRANCES[0], '1020008002 3132', '0020008002 3334', '802a009701 07', '00c0000040', '00c00000c0'],
  [ENTRANCES[0], '00b08a00000000', '802a059a00000568656c6c6f0100', '02', '0084000008'],
  [ENTRANCES[1], '00a4020c020012', verify(PAPER_PINS.numberB), '00b0820000', '00b0850000'],
  [ENTRANCES[2], '00a4020c020011', verify('2345'), '00b0810000', '00b0820000', '00b0830000'],
  [ENTRANCES[3], '00a4020c02001c', verify('3456'), '8032008004 33343536', '00b0810000'],
  [ENTRANCES[4], '00b0810000', '00d60000 0100', '00820000 0100 00'],
].map((lines) =>
  streamOf(lines.map((line) => (typeof line === 'string' ? hex(line) : (line ?? Buffer.alloc(0))))),
);

function mutate(draws: Draws, input: Uint8Array, other: Uint8Array): Uint8Array {
  const messages = messagesOf(Buffer.from(input));
  if (messages.length === 0 || draws.onceIn(16)) return mutateOctets(draws, input, other);
  const others = messagesOf(Buffer.from(other));
  const at = draws.below(messages.length);
  const message = messages[at] ?? Buffer.alloc(0);
  const second = others.length > 0 ? draws.oneOf(others) : message;
  switch (draws.below(8)) {
    case 0:
      messages.splice(at, 0, second);
      break;
    case 1:
      messages.splice(at, 1);
      break;
    case 2:
      messages.splice(at, 0, draws.oneOf(ENTRANCES));
      break;
    case 3:
      messages.splice(at, 0, draws.oneOf(FILES));
      break;
    case 4:
      messages.splice(at, 0, draws.oneOf(TOKENS));
      break;
    case 5:
      messages.splice(at, 0, Buffer.of(draws.below(5)));
      break;
    default:
      messages[at] = mutateOctets(draws, message, second, TOKENS);
  }
  return streamOf(messages.map((one) => one.subarray(0, 0xffff)));
}

export const makeTarget = (): FuzzTarget => ({
  bytesMax: 4_096,
  guidedBy: ['/apps/card/src/chip/'],
  seeds: SEEDS,
  mutate,
  feed,
});
