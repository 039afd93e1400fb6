import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { RegisterNumbers } from './register-numbers.ts';
import { SeededRandom, WeightedChoice } from './seeded-random.ts';

test('equal seeds give equal sequences, and neighbouring seeds unrelated ones', () => {
  const sequence = (seed: string) => {
    const random = new SeededRandom(seed);
    return Array.from({ length: 100 }, () => random.below(1_000_000));
  };
  assert.deepEqual(sequence('a 1'), sequence('a 1'));
  const same = sequence('a 1').filter((value, index) => value === sequence('a 2')[index]);
  assert.ok(same.length <= 1);
});

test('fractions fill all of 0 to 1 evenly', () => {
  const random = new SeededRandom('even');
  const buckets = Array.from({ length: 16 }, () => 0);
  for (let index = 0; index < 160_000; index++) {
    const bucket = Math.floor(random.fraction() * 16);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  assert.ok(
    buckets.every((count) => Math.abs(count - 10_000) < 500),
    buckets.join(),
  );
});

test('numbers stay within their bounds for any seed', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: -50, max: 50 }), fc.nat(100), (seed, low, width) => {
      const random = new SeededRandom(seed);
      const value = random.between(low, low + width);
      assert.ok(Number.isInteger(value) && low <= value && value <= low + width);
      assert.ok(Math.abs(random.normal(0, 1)) <= 3.5);
    }),
  );
});

test('a weighted choice takes each item as often as it weighs, whatever the weights', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 12 }), (weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      fc.pre(total > 0);
      const choice = new WeightedChoice([...weights.entries()], ([, weight]) => weight);
      const random = new SeededRandom(weights.join());
      const counts = weights.map(() => 0);
      const rounds = 20_000;
      for (let round = 0; round < rounds; round++) {
        const [index] = choice.pick(random);
        counts[index] = (counts[index] ?? 0) + 1;
      }
      for (const [index, weight] of weights.entries()) {
        const found = (counts[index] ?? 0) / rounds;
        assert.ok(Math.abs(found - weight / total) < 0.025, `${weights.join()}: ${found} for item ${index}`);
        if (weight === 0) assert.equal(found, 0);
      }
    }),
    { numRuns: 25 },
  );
});

test('register numbers are ten digits and never meet', () => {
  const numbers = new RegisterNumbers(0.123);
  const seen = new Set<string>();
  for (let count = 0; count < 200_000; count++) seen.add(numbers.numberOf(count));
  assert.equal(seen.size, 200_000);
  fc.assert(
    fc.property(
      fc.nat(9_999_999_999),
      fc.nat(9_999_999_999),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (one, two, key) => {
        const any = new RegisterNumbers(key);
        assert.match(any.numberOf(one), /^\d{10}$/);
        assert.equal(any.numberOf(one) === any.numberOf(two), one === two);
      },
    ),
  );
  assert.throws(() => numbers.numberOf(-1));
  assert.throws(() => numbers.numberOf(10_000_000_000));
});
