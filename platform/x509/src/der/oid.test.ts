import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodeOid, encodeOid } from './oid.ts';

const decode = (bytes: Uint8Array): string | undefined => decodeOid(bytes, 0, bytes.length);

test('identifiers have the octets of X.690 8.19', () => {
  const vectors: [string, string][] = [
    ['2.999.3', '883703'],
    ['1.2.840.113549.1.1.11', '2a864886f70d01010b'],
    ['2.5.29.15', '551d0f'],
    ['1.2.392.200149.8.5.5.1', '2a83088c9b5508050501'],
    ['0.9.2342.19200300.100.1.25', '0992268993f22c640119'],
  ];
  for (const [dotted, hex] of vectors) {
    assert.equal(Buffer.from(encodeOid(dotted)).toString('hex'), hex);
    assert.equal(decode(Buffer.from(hex, 'hex')), dotted);
  }
  const uuid = '2.25.329800735698586629295641978511506172918'; // an arc larger than a double holds
  assert.equal(decode(encodeOid(uuid)), uuid);
});

test('every identifier survives writing and reading', () => {
  const arcs = fc.tuple(
    fc.constantFrom(0, 1, 2),
    fc.integer({ min: 0, max: 39 }),
    fc.array(fc.bigInt({ min: 0n, max: 1n << 70n }), { maxLength: 5 }),
  );
  fc.assert(
    fc.property(arcs, ([first, second, rest]) => {
      const dotted = [first, second, ...rest].join('.');
      assert.equal(decode(encodeOid(dotted)), dotted);
    }),
    { numRuns: 500 },
  );
});

test('unknown identifiers read the same as remembered ones', () => {
  const bytes = Buffer.from('2a8308010203', 'hex');
  const dotted = decode(bytes);
  assert.equal(dotted, '1.2.392.1.2.3');
  encodeOid('1.2.392.1.2.3');
  assert.equal(decode(bytes), dotted);
  assert.equal(decode(Buffer.from('2a8308010204', 'hex')), '1.2.392.1.2.4');
});

test('what is no identifier is refused', () => {
  for (const wrong of ['', '1', '3.1', '1.40', '1.02', '1.2.', 'a.b', '1.-1']) {
    assert.throws(() => encodeOid(wrong), wrong);
  }
  for (const wrong of ['', '80', '2a80', '2a8001']) {
    assert.equal(decode(Buffer.from(wrong, 'hex')), undefined, wrong);
  }
});
