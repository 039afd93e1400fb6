/** The record of a card that exists on paper only: every application written, every PIN set, no key that works. */
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

const octets = (length: number, first: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, at) => (first + at) & 0xff));

const slot = (certificate: Buffer, pin: string, triesLeft: number): KeySlot => ({
  privateKey: 'AAAA',
  publicKey: 'AAAA',
  certificate: certificate.toString('base64'),
  pin: paperPin(pin, triesLeft),
});

/** A certificate’s length is in its first octets: readers read these first. */
const sequence = (length: number, first: number): Buffer => {
  const content = octets(length - 4, first);
  return Buffer.concat([Buffer.of(0x30, 0x82, content.length >> 8, content.length & 0xff), content]);
};

export function paperRecord(): CardRecord {
  const pins = PAPER_PINS;
  const files: Readonly<Record<string, Buffer>> = {
    'jpki/0002': sequence(900, 3),
    'jpki/000b': sequence(910, 4),
    'input-help/0001': Buffer.concat([Buffer.from('ff100c', 'hex'), Buffer.from('123456789018ÿÿ', 'latin1')]),
    'input-help/0002': octets(300, 5),
    'input-help/0003': octets(330, 6),
    'input-help/0004': octets(563, 7),
    'card-face/0001': octets(100, 8),
    'card-face/0002': octets(6_000, 9),
    'card-face/0003': octets(40, 10),
    'card-face/0005': octets(1_000, 11),
    'resident-registry/0001': octets(11, 12),
    'common/0001': octets(16, 13),
  };
  return {
    cardId: 'PAPERCARD0000001',
    keys: {
      authentication: slot(sequence(1_500, 1), pins.authentication, 3),
      signature: slot(sequence(1_900, 2), pins.signature, 5),
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
