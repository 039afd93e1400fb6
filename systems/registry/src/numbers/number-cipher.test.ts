/** The cipher of numbers against RFC 5297, against the standard's own steps written out, and against who alters a token. */
import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { testNumberCipher as cipher } from '../testing/test-number-cipher.ts';
import { NumberCipher, sealedNumber } from './number-cipher.ts';
import { ShortSiv } from './short-siv.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

const individualNumber = fc.bigInt(0n, 999_999_999_999n).map((value) => String(value).padStart(12, '0'));
const keys = fc.uint8Array({ minLength: 64, maxLength: 64 }).map((key) => Buffer.from(key));
const someBytes = (least: number, most: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: least, maxLength: most }).map((value) => Buffer.from(value));

test('the first example of RFC 5297 comes out, and opens again', () => {
  const siv = new ShortSiv(
    bytes('fffefdfc fbfaf9f8 f7f6f5f4 f3f2f1f0 f0f1f2f3 f4f5f6f7 f8f9fafb fcfdfeff'),
    bytes('10111213 14151617 18191a1b 1c1d1e1f 20212223 24252627'),
    14,
  );
  const text = bytes('11223344 55667788 99aabbcc ddee');
  const sealed = siv.seal(text);
  assert.equal(sealed.toString('hex'), '85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c');
  assert.deepEqual(siv.open(sealed), text);
});

// ── RFC 5297 and NIST SP 800-38B step by step, over whole numbers of 128 bits ──

const ALL = (1n << 128n) - 1n;
const numberOf = (block: Uint8Array): bigint => BigInt(`0x${Buffer.from(block).toString('hex') || '0'}`);
const blockOf = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(32, '0'), 'hex');
const dbl = (value: bigint): bigint => ((value << 1n) & ALL) ^ (value >> 127n === 1n ? 0x87n : 0n);

function aes(key: Buffer, value: bigint): bigint {
  const cipherOf = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  return numberOf(cipherOf.update(blockOf(value)));
}

function cmac(key: Buffer, text: Buffer): bigint {
  const k1 = dbl(aes(key, 0n));
  const blocks = Array.from({ length: Math.max(1, Math.ceil(text.length / 16)) }, (_, nth) =>
    text.subarray(nth * 16, nth * 16 + 16),
  );
  return blocks.reduce((state, block, nth) => {
    if (nth < blocks.length - 1) return aes(key, state ^ numberOf(block));
    if (block.length === 16) return aes(key, state ^ numberOf(block) ^ k1);
    const padded = Buffer.concat([block, bytes('80'), Buffer.alloc(15 - block.length)]);
    return aes(key, state ^ numberOf(padded) ^ dbl(k1));
  }, 0n);
}

function sivByTheBook(key: Buffer, associated: Buffer, text: Buffer): string {
  const [k1, k2] = [key.subarray(0, 32), key.subarray(32)];
  const chained = dbl(cmac(k1, Buffer.alloc(16))) ^ cmac(k1, associated);
  const padded = Buffer.concat([text, bytes('80'), Buffer.alloc(15 - text.length)]);
  const v = cmac(k1, blockOf(dbl(chained) ^ numberOf(padded)));
  const counter = v & ~((1n << 63n) | (1n << 31n));
  const stream = createCipheriv('aes-256-ctr', k2, blockOf(counter));
  return blockOf(v).toString('hex') + stream.update(text).toString('hex');
}

test('a batch is what the standard says of each text alone', () => {
  fc.assert(
    fc.property(
      keys,
      someBytes(0, 40),
      fc
        .integer({ min: 1, max: 15 })
        .chain((length) => fc.array(someBytes(length, length), { minLength: 1, maxLength: 5 })),
      (key, associated, texts) => {
        const siv = new ShortSiv(key, associated, texts[0]?.length ?? 0);
        assert.equal(
          siv.seal(Buffer.concat(texts)).toString('hex'),
          texts.map((text) => sivByTheBook(key, associated, text)).join(''),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('numbers open as they were, in any company and order, and a number is one token', () => {
  fc.assert(
    fc.property(fc.array(individualNumber, { maxLength: 40 }), (numbers) => {
      const tokens = cipher.sealAll(numbers);
      assert.deepEqual(cipher.openAll(tokens), numbers);
      assert.deepEqual(cipher.openAll(tokens.toReversed()), numbers.toReversed());
      assert.deepEqual(
        numbers.map((number) => cipher.seal(number)),
        tokens,
      );
      assert.equal(new Set(tokens).size, new Set(numbers).size);
      for (const token of tokens) assert.match(token, /^[A-Za-z0-9_-]{28}$/);
    }),
  );
});

test('a token in which one character is another does not open, alone or among sound ones', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=';
  fc.assert(
    fc.property(
      individualNumber,
      individualNumber,
      fc.nat(27),
      fc.nat(alphabet.length - 1).map((nth) => alphabet.charAt(nth)),
      (number, other, at, character) => {
        const token = cipher.seal(number);
        fc.pre(token[at] !== character);
        const altered = `${token.slice(0, at)}${character}${token.slice(at + 1)}` as typeof token;
        assert.throws(() => cipher.open(altered), /altered|no sealed number/);
        assert.throws(() => cipher.openAll([cipher.seal(other), altered]), /altered|no sealed number/);
      },
    ),
  );
});

test('another installation opens nothing, and what is no number is not sealed', async () => {
  const elsewhere = await NumberCipher.open((label) =>
    Promise.resolve(createHash('sha256').update(`elsewhere ${label}`).digest()),
  );
  const token = cipher.seal('123456789018');
  assert.throws(() => elsewhere.open(token), /altered/);
  assert.notEqual(elsewhere.seal('123456789018'), token);
  for (const wrong of [
    '12345678901',
    '1234567890189',
    '12345678901x',
    ' 23456789018',
    '',
    '１２３４５６７８９０１８',
  ])
    assert.throws(() => cipher.seal(wrong), /no individual number/, wrong);
  assert.throws(() => cipher.openAll([sealedNumber.parse('A'.repeat(28))]), /altered/);
});

test('of rows only those with a number are opened, each its own', () => {
  const rows = [
    { name: 'a', individualNumber: '123456789018' },
    { name: 'b', individualNumber: null },
    { name: 'c', individualNumber: '983205673214' },
  ];
  const sealed = cipher.sealIn(rows);
  assert.deepEqual(
    sealed.map(({ individualNumber: token }) => token?.length),
    [28, undefined, 28],
  );
  assert.deepEqual(cipher.openIn(sealed), rows);
});
