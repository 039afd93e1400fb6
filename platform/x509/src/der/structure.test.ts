import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDer } from './structure.ts';

const check = (hex: string): string => {
  const result = checkDer(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 1024);
  return result.ok ? 'ok' : result.failure.code;
};

test('strict DER passes, known meaning or not', () => {
  for (const hex of [
    '3000',
    '30 03 02 01 05',
    '31 06 020101 020102',
    'a0 03 0101ff',
    '80 02 dead',
    '0c 03 e7a48e',
    '17 0d 3236303430313132333435365a',
    '1e 02 4e00',
    '03 02 04 f0',
  ]) {
    assert.equal(check(hex), 'ok', hex);
  }
});

test('every departure from DER is found wherever it is', () => {
  const cases: [string, string][] = [
    ['30 80 0000', 'length-invalid'],
    ['30 8103 020105', 'length-invalid'],
    ['30 04 02020005', 'integer-invalid'],
    ['30 03 010101', 'boolean-invalid'],
    ['31 06 020102 020101', 'set-not-sorted'],
    ['a0 04 31020500', 'ok'],
    ['03 02 04 ff', 'bit-string-invalid'],
    ['03 02 08 00', 'bit-string-invalid'],
    ['03 01 03', 'bit-string-invalid'],
    ['0c 01 ff', 'string-invalid'],
    ['13 01 40', 'string-invalid'],
    ['16 01 80', 'string-invalid'],
    ['1e 01 00', 'string-invalid'],
    ['17 0b 323630343031313233345a', 'time-invalid'],
    ['10 00', 'unexpected-tag'],
    ['24 02 0400', 'unexpected-tag'], // constructed OCTET STRING
    ['00 00', 'unexpected-tag'],
    ['1f 81 01 00', 'unexpected-tag'],
    ['3000 00', 'trailing-data'],
    ['', 'unexpected-tag'],
  ];
  for (const [hex, code] of cases) assert.equal(check(hex), code, hex);
});

test('depth is bounded', () => {
  let nested = Buffer.alloc(0);
  for (let depth = 0; depth < 60; depth++) nested = Buffer.concat([Buffer.of(0x30, nested.length), nested]);
  assert.equal(check(nested.toString('hex')), 'too-deep');
});
