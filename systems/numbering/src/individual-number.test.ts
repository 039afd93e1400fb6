import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  individualNumberCheckDigit,
  individualNumberOf,
  parseIndividualNumber,
} from './individual-number.ts';

const codeOf = (text: string): string => {
  const parsed = parseIndividualNumber(text);
  return parsed.ok ? 'ok' : parsed.failure.code;
};

test('published numbers are told from wrong ones', () => {
  for (const number of ['123456789018', '983205673214', '537686677188']) {
    assert.equal(codeOf(number), 'ok');
    assert.equal(individualNumberOf(number.slice(0, 11)), number);
    for (let digit = 0; digit < 10; digit++)
      if (String(digit) !== number[11])
        assert.equal(codeOf(`${number.slice(0, 11)}${digit}`), 'individual-number-check-digit');
  }
  assert.equal(codeOf('983205673210'), 'individual-number-check-digit');
  // Σ by hand: 1 at the lowest place weighs 2, at the sixth 7, at the seventh 2, at the eleventh 6
  assert.deepEqual(
    ['00000000001', '00000100000', '00001000000', '10000000000'].map(individualNumberCheckDigit),
    ['9', '4', '9', '5'],
  );
  assert.equal(individualNumberCheckDigit('00000000006'), '0', 'remainder 1 writes 0, as remainder 0 does');
});

test('what is not twelve ASCII digits is malformed', () => {
  for (const text of [
    '',
    '12345678901',
    '1234567890188',
    '12345678901x',
    '123456789018\n',
    '１２３４５６７８９０１８',
  ])
    assert.equal(codeOf(text), 'individual-number-malformed', JSON.stringify(text));
  for (const text of ['', '1234567890', '123456789012', '1234567890x'])
    assert.throws(() => individualNumberOf(text), /eleven digits/);
});

const elevenDigits = fc.bigInt({ min: 0n, max: 99_999_999_999n }).map((n) => String(n).padStart(11, '0'));
const remainderOf = (eleven: string): number => {
  const weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
  return weights.reduce((sum, weight, place) => sum + weight * Number(eleven[place]), 0) % 11;
};

test('every number that is made is read back', () => {
  fc.assert(
    fc.property(elevenDigits, (eleven) => assert.equal(codeOf(individualNumberOf(eleven)), 'ok')),
    {
      numRuns: 1000,
    },
  );
});

test('one wrong digit is caught, except where it turns a remainder of 0 into 1 or back: both write 0', () => {
  let missed = 0;
  fc.assert(
    fc.property(elevenDigits, fc.nat(11), fc.integer({ min: 1, max: 9 }), (eleven, place, shift) => {
      const number = individualNumberOf(eleven);
      const wrongDigit = (Number(number[place]) + shift) % 10;
      const wrong = `${number.slice(0, place)}${wrongDigit}${number.slice(place + 1)}`;
      const remainders = [remainderOf(eleven), remainderOf(wrong.slice(0, 11))];
      const ambiguous = place < 11 && remainders.every((remainder) => remainder <= 1);
      if (ambiguous) missed++;
      assert.equal(codeOf(wrong), ambiguous ? 'ok' : 'individual-number-check-digit');
    }),
    { numRuns: 5000 },
  );
  assert.ok(missed > 0, 'the known gap was never met: the property says less than it seems to');
});
