import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { putTime, takeTime } from './time.ts';

const FIRST = Date.parse('0000-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59Z');

const write = (instant: number, century: boolean): string => {
  const bytes = Buffer.alloc(century ? 15 : 13);
  putTime(bytes, 0, instant, century);
  return bytes.toString('latin1');
};

const read = (text: string): number =>
  takeTime(Buffer.from(text, 'latin1'), 0, text.length, text.length !== 13);

test('every second from year 0 to 9999 is written as Date has it, and read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: FIRST / 1000, max: LAST / 1000 }), (second) => {
      const instant = second * 1000;
      const expected = new Date(instant).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
      assert.equal(write(instant, true), expected);
      assert.equal(read(expected), instant);
    }),
    { numRuns: 2000 },
  );
});

test('two-digit years from 50 on are of the twentieth century', () => {
  assert.equal(read('491231235959Z'), Date.parse('2049-12-31T23:59:59Z'));
  assert.equal(read('500101000000Z'), Date.parse('1950-01-01T00:00:00Z'));
});

test('anything but the exact form, and dates that are none, are no time', () => {
  const wrong = [
    '2604011234Z', // without seconds
    '260401123456+0900',
    '260401123456.5Z',
    '260401123456z',
    '2604011234560',
    '20260401123456.1Z',
    '20260401123456',
    '261301000000Z',
    '260001000000Z',
    '260229000000Z',
    '260431000000Z',
    '260400000000Z',
    '260401240000Z',
    '260401006000Z',
    '260401000060Z', // a leap second: RFC 5280 has no use for it
    '26 401000000Z',
    '-60401000000Z',
    '21000229000000Z',
  ];
  for (const text of wrong) assert.ok(Number.isNaN(read(text)), text);
  assert.equal(read('20000229000000Z'), Date.parse('2000-02-29T00:00:00Z'));
});
