/**
 * Numbers are distinct and valid, and nothing relates number and code without the key (番号法 art. 8 (2)): statistics over the
 * signer's own FF1 with fixed keys, so that every run measures the same. The bounds are some five standard deviations
 * of an ideal random permutation; a planted weak permutation is found by each. Ten million: `npm run bench -- numbering`.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { residentCodeOf } from '@ishizue/registry';
import { scramble } from '@ishizue/registry/testing';
import { Ff1, packDigits, unpackDigits } from '@ishizue/signer';
import { individualNumberOf, parseIndividualNumber } from './individual-number.ts';

const DIGITS = 11;

type Permute = (values: readonly string[]) => readonly string[];

function ff1(key: string): Permute {
  const cipher = new Ff1(createHash('sha256').update(key).digest());
  return (values) => {
    const packed = packDigits(values, DIGITS);
    assert.ok(packed);
    return unpackDigits(cipher.permute(packed, DIGITS), DIGITS);
  };
}

const strong = ff1('a key');

/** What the centre permutes for a code at its first derivation. */
const inputOf = (position: number): string => `0${residentCodeOf(String(position)).slice(0, 10)}`;
const inputs = (count: number, first = 3_000_000_000): readonly string[] =>
  Array.from({ length: count }, (_, index) => inputOf(first + index));

/** Codes all over the ten digits, so that every digit of them varies. */
const spread = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => inputOf(1_000_000_000 + ((index * 7_368_787) % 8_999_999_929)));

/** Pearson's coefficient of two columns. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (column: readonly number[]): number => column.reduce((sum, x) => sum + x, 0) / column.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [index, x] of a.entries()) {
    const [da, db] = [x - meanA, (b[index] ?? 0) - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa * bb === 0 ? 1 : ab / Math.sqrt(aa * bb); // a column that never varies is no secret
}

const digitsAt = (values: readonly string[], place: number): number[] =>
  values.map((value) => Number(value[place]));

/** The greatest coefficient between a digit of the one and a digit of the other, and between the whole values. */
function greatestCorrelation(one: readonly string[], other: readonly string[]): number {
  const found = [Math.abs(correlation(one.map(Number), other.map(Number)))];
  for (let a = 1; a < DIGITS; a++)
    for (let b = 0; b < DIGITS; b++) found.push(Math.abs(correlation(digitsAt(one, a), digitsAt(other, b))));
  return Math.max(...found);
}

/** Of pairs of inputs that differ in one digit: the share of output digits that differ, for each place of the output. */
function avalanche(permute: Permute, count: number): readonly number[] {
  const before = inputs(count, 1_234_567_890);
  const after = before.map((value, index) => {
    const place = 1 + (index % 10);
    return value.slice(0, place) + String((Number(value[place]) + 1) % 10) + value.slice(place + 1);
  });
  const [one, other] = [permute(before), permute(after)];
  return Array.from({ length: DIGITS }, (_, place) => {
    const changed = one.filter((value, index) => value[place] !== other[index]?.[place]);
    return changed.length / count;
  });
}

/** χ² of each place's digits against ten equal shares (nine degrees of freedom); the greatest. */
function greatestChiSquare(values: readonly string[]): number {
  const expected = values.length / 10;
  return Math.max(
    ...Array.from({ length: DIGITS }, (_, place) => {
      const counts = Array.from({ length: 10 }, () => 0);
      for (const digit of digitsAt(values, place)) counts[digit] = (counts[digit] ?? 0) + 1;
      return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    }),
  );
}

test('200,000 numbers are distinct and valid', () => {
  const numbers = strong(inputs(200_000)).map(individualNumberOf);
  assert.equal(new Set(numbers).size, 200_000);
  for (const number of numbers) assert.ok(parseIndividualNumber(number).ok, number);
});

const SAMPLE = 20_000;
const CORRELATION_MAX = 5 / Math.sqrt(SAMPLE);

test('no digit of the number goes with any digit of the code, and neither do the whole', () => {
  const codes = spread(SAMPLE);
  assert.ok(greatestCorrelation(codes, strong(codes)) < CORRELATION_MAX);
});

test('one digit of the code changed changes nine in ten of the number’s digits, wherever they stand', () => {
  for (const share of avalanche(strong, SAMPLE))
    assert.ok(Math.abs(share - 0.9) < 5 * Math.sqrt((0.9 * 0.1) / SAMPLE), String(share));
});

test('the numbers of neighbouring codes are spread evenly, and in no order', () => {
  const numbers = strong(inputs(SAMPLE));
  assert.ok(greatestChiSquare(numbers) < 40); // p < 10⁻⁵ for a place
  const next = numbers.slice(1);
  assert.ok(Math.abs(correlation(numbers.slice(0, -1).map(Number), next.map(Number))) < CORRELATION_MAX);
});

test('two keys give numbers that have nothing to do with each other', () => {
  const codes = inputs(SAMPLE);
  const [one, other] = [strong(codes), ff1('another key')(codes)];
  assert.ok(greatestCorrelation(one, other) < CORRELATION_MAX);
  const agreeing = one.filter((number, index) => number === other[index]);
  assert.equal(agreeing.length, 0);
  for (let place = 0; place < DIGITS; place++) {
    const same = one.filter((number, index) => number[place] === other[index]?.[place]).length / SAMPLE;
    assert.ok(Math.abs(same - 0.1) < 5 * Math.sqrt((0.1 * 0.9) / SAMPLE), `${place}: ${same}`);
  }
});

test('a permutation without secrecy is found by every one of these measures', async () => {
  const codes = inputs(SAMPLE);
  const weak = await scramble(codes); // a·x + b: distinct, but no cipher
  const shifted: Permute = (values) => values.map((value) => value.slice(3) + value.slice(0, 3));
  assert.ok(greatestCorrelation(spread(SAMPLE), shifted(spread(SAMPLE))) > CORRELATION_MAX);
  assert.ok(avalanche(shifted, SAMPLE).some((share) => Math.abs(share - 0.9) > 0.1));
  assert.ok(greatestChiSquare(shifted(codes)) > 40);
  assert.ok(new Set(weak).size === SAMPLE);
  const steps = weak.slice(1).map((number, index) => (Number(number) - Number(weak[index]) + 1e11) % 1e11);
  assert.equal(new Set(steps).size, 1, 'the weak one gives itself away by its steps');
  const strongSteps = strong(codes).map(Number);
  assert.ok(
    new Set(strongSteps.slice(1).map((x, i) => (x - (strongSteps[i] ?? 0) + 1e11) % 1e11)).size > SAMPLE - 10,
  );
});
