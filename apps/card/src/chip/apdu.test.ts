import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assert as assertProperty,
  constantFrom,
  integer,
  oneof,
  option,
  property,
  tuple,
  uint8Array,
} from 'fast-check';
import { encodeCommand, parseCommand } from './apdu.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const read = (text: string) => {
  const command = parseCommand(hex(text));
  return command && [command.data.toString('hex'), command.expected];
};

test('all cases of ISO 7816-4 are read, short and extended', () => {
  assert.deepEqual(read('00200080'), ['', undefined]);
  assert.deepEqual(read('00b0000004'), ['', 4]);
  assert.deepEqual(read('00b0000000'), ['', 256]);
  assert.deepEqual(read('00a4020c 02 0018'), ['0018', undefined]);
  assert.deepEqual(read('802a0080 02 0018 00'), ['0018', 256]);
  assert.deepEqual(read('00b00000 000100'), ['', 256]);
  assert.deepEqual(read('00b00000 000000'), ['', 65_536]);
  assert.deepEqual(read('00a4020c 000002 0018'), ['0018', undefined]);
  assert.deepEqual(read('802a0080 000002 0018 0000'), ['0018', 65_536]);
});

test('what has lengths that do not add up is no command', () => {
  for (const text of [
    '',
    '00',
    '002000',
    '00a4020c 02 00',
    '00a4020c 02 0018 0000',
    '00a4020c 00 00',
    '00a4020c 000000 00',
    '00a4020c 000003 0018',
    '00a4020c 000002 0018 00',
    '00a4020c 000002 0018 000000',
  ])
    assert.equal(read(text), undefined, text);
});

test('a command is read as it was written', () => {
  const octet = integer({ min: 0, max: 255 });
  assertProperty(
    property(
      tuple(octet, octet, octet, octet),
      oneof(uint8Array({ maxLength: 300 }), uint8Array({ minLength: 255, maxLength: 257 })),
      option(oneof(integer({ min: 1, max: 65_536 }), constantFrom(255, 256, 257, 65_536)), {
        nil: undefined,
      }),
      (header, data, expected) => {
        const command = parseCommand(encodeCommand(header, data, expected));
        assert.deepEqual(
          command && [[command.cla, command.ins, command.p1, command.p2], command.data, command.expected],
          [header, Buffer.from(data), expected],
        );
      },
    ),
  );
});
