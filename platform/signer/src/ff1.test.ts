import assert from 'node:assert/strict';
import { createCipheriv, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { arePackedDigits, Ff1, packDigits, unpackDigits } from './ff1.ts';

const KEY_128 = '2B7E151628AED2A6ABF7158809CF4F3C';
const KEY_192 = `${KEY_128}EF4359D8D580AA4F`;
const KEY_256 = `${KEY_192}7F036D6F04FC6A94`;
const TWEAK = '39383736353433323130';

/** The radix-10 samples that NIST publishes beside SP 800-38G (FF1samples.pdf), by their numbers. */
const NIST_SAMPLES = [
  { sample: 1, key: KEY_128, tweak: '', cipher: '2433477484' },
  { sample: 2, key: KEY_128, tweak: TWEAK, cipher: '6124200773' },
  { sample: 4, key: KEY_192, tweak: '', cipher: '2830668132' },
  { sample: 5, key: KEY_192, tweak: TWEAK, cipher: '2496655549' },
  { sample: 7, key: KEY_256, tweak: '', cipher: '6657667009' },
  { sample: 8, key: KEY_256, tweak: TWEAK, cipher: '1001623463' },
];

for (const { sample, key, tweak, cipher } of NIST_SAMPLES) {
  test(`NIST FF1 sample ${sample} encrypts and decrypts`, () => {
    const ff1 = new Ff1(Buffer.from(key, 'hex'), Buffer.from(tweak, 'hex'));
    assert.equal(ff1.permute(Buffer.from('0123456789'), 10).toString(), cipher);
    assert.equal(ff1.invert(Buffer.from(cipher), 10).toString(), '0123456789');
  });
}

/** SP 800-38G algorithm 7 step by step with BigInt and one CBC-MAC a value: slow, and shares nothing with ours. */
function referenceFf1(key: Buffer, tweak: Buffer, text: string): string {
  const n = text.length;
  const u = Math.floor(n / 2);
  const v = n - u;
  const b = Math.ceil(Math.ceil(v * Math.log2(10)) / 8);
  const d = 4 * Math.ceil(b / 4) + 4;
  const p = Buffer.from([1, 2, 1, 0, 0, 10, 10, u % 256, 0, 0, 0, n, 0, 0, 0, tweak.length]);
  let [a, c] = [text.slice(0, u), text.slice(u)];
  for (let i = 0; i < 10; i++) {
    const zeros = (16 - ((tweak.length + b + 1) % 16)) % 16;
    const half = Buffer.from(
      BigInt(c)
        .toString(16)
        .padStart(b * 2, '0'),
      'hex',
    );
    const q = Buffer.concat([tweak, Buffer.alloc(zeros), Buffer.from([i]), half]);
    const cbc = createCipheriv(`aes-${key.length * 8}-cbc`, key, Buffer.alloc(16)).setAutoPadding(false);
    const mac = cbc.update(Buffer.concat([p, q])).subarray(-16);
    const y = BigInt(`0x${mac.subarray(0, d).toString('hex')}`);
    const m = i % 2 === 0 ? u : v;
    [a, c] = [c, ((BigInt(a) + y) % 10n ** BigInt(m)).toString().padStart(m, '0')];
  }
  return a + c;
}

test('a batch gives what the standard’s algorithm gives value by value, for every length, key size and tweak', () => {
  const digitsArbitrary = fc.integer({ min: 6, max: 18 });
  fc.assert(
    fc.property(
      digitsArbitrary.chain((digits) =>
        fc.record({
          digits: fc.constant(digits),
          values: fc.array(
            fc
              .bigInt({ min: 0n, max: 10n ** BigInt(digits) - 1n })
              .map((n) => n.toString().padStart(digits, '0')),
            { minLength: 1, maxLength: 20 },
          ),
        }),
      ),
      fc.constantFrom(16, 24, 32).chain((size) => fc.uint8Array({ minLength: size, maxLength: size })),
      fc.uint8Array({ maxLength: 40 }),
      ({ digits, values }, keyBytes, tweakBytes) => {
        const [key, tweak] = [Buffer.from(keyBytes), Buffer.from(tweakBytes)];
        const packed = packDigits(values, digits);
        assert.ok(packed);
        const permuted = unpackDigits(new Ff1(key, tweak).permute(packed, digits), digits);
        assert.deepEqual(
          permuted,
          values.map((value) => referenceFf1(key, tweak, value)),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('the inverse undoes the permutation over batches longer than one pass', () => {
  const ff1 = new Ff1(randomBytes(32));
  for (const digits of [6, 10, 11, 18]) {
    const values = Array.from({ length: 5000 }, (_, i) => String(i * 199).padStart(digits, '0'));
    values.push('0'.repeat(digits), '9'.repeat(digits));
    const packed = packDigits(values, digits);
    assert.ok(packed);
    const permuted = ff1.permute(packed, digits);
    assert.notDeepEqual(permuted, packed);
    assert.deepEqual(unpackDigits(ff1.invert(permuted, digits), digits), values);
  }
});

test('over all of 10^6 values the permutation meets each value exactly once', () => {
  const digits = 6;
  const values = Array.from({ length: 10 ** digits }, (_, i) => String(i).padStart(digits, '0'));
  const permuted = new Ff1(randomBytes(32)).permute(Buffer.from(values.join('')), digits);
  assert.equal(new Set(unpackDigits(permuted, digits)).size, 10 ** digits);
});

test('what is no decimal string of the length is not packed', () => {
  assert.equal(packDigits(['12345678901', '1234567890'], 11), undefined);
  assert.equal(packDigits(['1234567890a'], 11), undefined);
  assert.equal(packDigits(['１２３４５６７８９０１'], 11), undefined);
  assert.equal(packDigits(['12345', '1234567'], 6), undefined); // the right total, wrong parts
  assert.equal(packDigits(['12345'], 5), undefined);
  assert.equal(arePackedDigits(Buffer.alloc(19, '1'), 19), false);
  assert.throws(() => new Ff1(randomBytes(32)).permute(Buffer.from('123456x'), 7));
});
