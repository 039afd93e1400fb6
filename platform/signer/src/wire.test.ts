import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { operations } from './operations.ts';
import {
  bytes,
  decode,
  encode,
  FieldRangeError,
  flag,
  hash32,
  list,
  optional,
  record,
  text,
  u16,
  u64,
} from './wire.ts';

interface Sample {
  readonly name: string;
  readonly size: number;
  readonly body: Buffer;
  readonly words: readonly string[];
  readonly hash: Buffer | undefined;
}

const sample = record<Sample>({
  name: text,
  size: u64,
  body: bytes,
  words: list(text, 5),
  hash: optional(hash32),
});
const buffer = (constraints: fc.IntArrayConstraints) =>
  fc.uint8Array(constraints).map((array) => Buffer.from(array));
const sampleArbitrary: fc.Arbitrary<Sample> = fc.record(
  {
    name: fc.string({ unit: 'grapheme' }),
    size: fc.maxSafeNat(),
    body: buffer({ maxLength: 2000 }),
    words: fc.array(fc.string(), { maxLength: 5 }),
    hash: fc.option(buffer({ minLength: 32, maxLength: 32 }), { nil: undefined }),
  },
  { noNullPrototype: true },
);

test('what is written is read again, and no shorter or longer bytes are read at all', () => {
  fc.assert(
    fc.property(sampleArbitrary, fc.nat(), (value, cut) => {
      const written = encode(sample, value);
      assert.deepEqual(decode(sample, written)?.value, value);
      assert.equal(decode(sample, written.subarray(0, cut % written.length)), undefined);
      assert.equal(decode(sample, Buffer.concat([written, Buffer.from([0])])), undefined);
    }),
  );
});

test('random bytes never make a request’s reader throw', () => {
  const codecs = Object.values(operations).map((operation) => operation.request);
  fc.assert(
    fc.property(buffer({ maxLength: 200 }), (foreign) => {
      for (const codec of codecs) assert.doesNotThrow(() => decode<unknown>(codec, foreign));
    }),
    { numRuns: 1000 },
  );
});

test('a length that promises more than is there is refused without allocating it', () => {
  const huge = Buffer.from('ffffffff00', 'hex');
  assert.equal(decode(bytes, huge), undefined);
  assert.equal(decode(list(flag, 2 ** 32), huge), undefined);
});

test('text that is no UTF-8, a flag that is neither 0 nor 1 and an unsafe integer are refused', () => {
  assert.equal(decode(text, Buffer.from('0001ff', 'hex')), undefined);
  assert.equal(decode(flag, Buffer.from([2])), undefined);
  assert.equal(decode(u64, Buffer.from('0020000000000000', 'hex')), undefined);
});

test('a value that its field cannot carry is not written', () => {
  assert.throws(() => encode(text, 'x'.repeat(65_536)), FieldRangeError);
  assert.throws(() => encode(u16, 65_536), FieldRangeError);
  assert.throws(() => encode(u16, 1.5), FieldRangeError);
  assert.throws(() => encode(u64, -1), FieldRangeError);
  assert.throws(() => encode(hash32, Buffer.alloc(31)), FieldRangeError);
  assert.throws(() => encode(list(u16, 2), [1, 2, 3]), FieldRangeError);
});
