/** The record of a card that exists on paper only: every application written, every PIN set, no key that works. */
import { hash } from 'node:crypto';
import type { CardRecord, KeySlot } from '../card-record.ts';
import { paperPin } from './paper-chip.ts';

export const PAPER_PINS = {
  authentication: '1234',
  signature: 'ABC123',
  inputHelp: '2345',
  numberA: '123456789018',
  numberB: '80021726361234',
  residentRegistry: '3456',
} as const;

/** No two files have eight octets in common. */
function octets(length: number, name: string): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, at) =>
    hash('sha256', `${name} ${at}`, 'buffer'),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

const slot = (certificate: Buffer, pin: string, triesLeft: number): KeySlot => ({
  privateKey: 'AAAA',
  publicKey: 'AAAA',
  certificate: certificate.toString('base64'),
  pin: paperPin(pin, triesLeft),
});

/** A certificate’s length is in its first octets: readers read these first. */
const sequence = (length: number, name: string): Buffer =>
  Buffer.concat([Buffer.of(0x30, 0x82, (length - 4) >> 8, (length - 4) & 0xff), octets(length - 4, name)]);

/** What the factory wrote, and how long it is. */
const WRITTEN: Readonly<Record<string, number>> = {
  'input-help/0002': 300,
  'input-help/0003': 330,
  'input-help/0004': 563,
  'card-face/0001': 100,
  'card-face/0002': 6_000,
  'card-face/0003': 40,
  'card-face/0005': 1_000,
  'resident-registry/0001': 11,
  'common/0001': 16,
};

export function paperRecord(): CardRecord {
  const pins = PAPER_PINS;
  const files: Readonly<Record<string, Buffer>> = {
    ...Object.fromEntries(Object.entries(WRITTEN).map(([name, length]) => [name, octets(length, name)])),
    'jpki/0002': sequence(900, 'jpki/0002'),
    'jpki/000b': sequence(910, 'jpki/000b'),
    'input-help/0001': Buffer.from(`\xff\x10\x0c${pins.numberA}\xff\xff`, 'latin1'),
  };
  return {
    cardId: 'PAPERCARD0000001',
    keys: {
      authentication: slot(sequence(1_500, 'jpki/000a'), pins.authentication, 3),
      signature: slot(sequence(1_900, 'jpki/0001'), pins.signature, 5),
    },
    pins: {
      'input-help/0011': paperPin(pins.inputHelp, 3),
      'input-help/0014': paperPin(pins.numberA, 10),
      'input-help/0015': paperPin(pins.numberB, 10),
      'card-face/0012': paperPin(pins.numberB, 10),
      'card-face/0013': paperPin(pins.numberA, 10),
      'resident-registry/001c': paperPin(pins.residentRegistry, 3),
    },
    files: Object.fromEntries(
      Object.entries(files).map(([name, content]) => [name, content.toString('base64')]),
    ),
  };
}
