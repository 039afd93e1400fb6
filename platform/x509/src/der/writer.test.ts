import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { integerContent } from './integer.ts';
import { DerReader } from './reader.ts';
import {
  BIT_STRING,
  contextConstructed,
  IA5_STRING,
  OCTET_STRING,
  PRINTABLE_STRING,
  SEQUENCE,
  SET,
  UTF8_STRING,
} from './tag.ts';
import { type DerWriter, encodeDer } from './writer.ts';

const hex = (fill: (writer: DerWriter) => void): string => Buffer.from(encodeDer(fill)).toString('hex');

test('primitives have the octets that X.690 gives them', () => {
  assert.equal(
    hex((w) => w.boolean(true)),
    '0101ff',
  );
  assert.equal(
    hex((w) => w.boolean(false)),
    '010100',
  );
  assert.equal(
    hex((w) => w.null()),
    '0500',
  );
  assert.equal(
    hex((w) => w.smallInteger(0)),
    '020100',
  );
  assert.equal(
    hex((w) => w.smallInteger(127)),
    '02017f',
  );
  assert.equal(
    hex((w) => w.smallInteger(128)),
    '02020080',
  );
  assert.equal(
    hex((w) => w.smallInteger(256)),
    '02020100',
  );
  assert.equal(
    hex((w) => w.enumerated(6)),
    '0a0106',
  );
  assert.equal(
    hex((w) => w.octetString(Uint8Array.of(1, 2))),
    '04020102',
  );
  assert.equal(
    hex((w) => w.bitString(Uint8Array.of(0xa5))),
    '030200a5',
  );
  assert.equal(
    hex((w) => w.oid('1.2.840.113549')),
    '06062a864886f70d',
  );
  assert.equal(
    hex((w) => w.text(UTF8_STRING, '礎')),
    '0c03e7a48e',
  );
  assert.equal(
    hex((w) => w.text(PRINTABLE_STRING, 'JP')),
    '13024a50',
  );
});

test('named bit lists drop their trailing zeros', () => {
  assert.equal(
    hex((w) => w.namedBits(BIT_STRING, 0)),
    '030100',
  );
  assert.equal(
    hex((w) => w.namedBits(BIT_STRING, 0b1)),
    '03020780',
  ); // digitalSignature
  assert.equal(
    hex((w) => w.namedBits(BIT_STRING, 0b11)),
    '030206c0',
  ); // and nonRepudiation
  assert.equal(
    hex((w) => w.namedBits(BIT_STRING, 0b110_0000)),
    '03020106',
  ); // keyCertSign, cRLSign
  assert.equal(
    hex((w) => w.namedBits(BIT_STRING, 0b1_0000_0000)),
    '0303070080',
  ); // decipherOnly
});

test('named bit lists of up to sixteen bits survive writing and reading', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff }), (bits) => {
      const reader = new DerReader(
        encodeDer((w) => w.namedBits(BIT_STRING, bits)),
        16,
      );
      assert.deepEqual(reader.finish(reader.namedBits()), { ok: true, value: bits });
    }),
  );
});

test('times are UTCTime from 1950 through 2049 and GeneralizedTime otherwise', () => {
  const time = (text: string): string =>
    Buffer.from(encodeDer((w) => w.time(Date.parse(text)))).toString('latin1');
  assert.equal(time('2026-04-01T12:34:56.789Z'), '\x17\x0d260401123456Z');
  assert.equal(time('1950-01-01T00:00:00Z'), '\x17\x0d500101000000Z');
  assert.equal(time('2049-12-31T23:59:59.999Z'), '\x17\x0d491231235959Z');
  assert.equal(time('2050-01-01T00:00:00Z'), '\x18\x0f20500101000000Z');
  assert.equal(time('1949-12-31T23:59:59Z'), '\x18\x0f19491231235959Z');
  assert.equal(time('9999-12-31T23:59:59Z'), '\x18\x0f99991231235959Z');
});

test('lengths take the shortest form on both sides of every boundary', () => {
  const headers: [number, string][] = [
    [0, '3000'],
    [127, '307f'],
    [128, '308180'],
    [255, '3081ff'],
    [256, '30820100'],
    [65_535, '3082ffff'],
    [65_536, '3083010000'],
    [16_777_216, '308401000000'],
  ];
  for (const [length, header] of headers) {
    const content = new Uint8Array(length).fill(0xab);
    const moved = encodeDer((w) => w.wrap(SEQUENCE, () => w.raw(content)));
    const direct = encodeDer((w) => w.element(SEQUENCE, content));
    assert.equal(Buffer.from(moved.subarray(0, header.length / 2)).toString('hex'), header);
    assert.equal(moved.length, header.length / 2 + length);
    assert.equal(Buffer.compare(moved, direct), 0);
    assert.ok(moved.subarray(header.length / 2).every((octet) => octet === 0xab));
  }
});

test('containers nest, whatever their sizes', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 8 }), (paddings) => {
      const nest = (w: DerWriter, depth: number): void => {
        const padding = paddings[depth];
        if (padding === undefined) return;
        w.wrap(contextConstructed(depth), () => {
          w.octetString(new Uint8Array(padding));
          nest(w, depth + 1);
          w.octetString(new Uint8Array(padding));
        });
      };
      const reader = new DerReader(
        encodeDer((w) => nest(w, 0)),
        1 << 20,
      );
      const read = (depth: number): void => {
        if (paddings[depth] === undefined) return;
        reader.enter(contextConstructed(depth));
        assert.equal(reader.content(OCTET_STRING).length, paddings[depth]);
        read(depth + 1);
        assert.equal(reader.content(OCTET_STRING).length, paddings[depth]);
        reader.leave();
      };
      read(0);
      assert.ok(reader.finish(undefined).ok);
    }),
  );
});

test('a SET OF is put into ascending order', () => {
  const members = [
    [0x0c, 1, 0x62],
    [0x0c, 1, 0x61],
    [0x02, 1, 1],
  ].map((each) => Uint8Array.from(each));
  assert.equal(
    hex((w) => w.setOf(SET, members)),
    '31090201010c01610c0162',
  );
});

test('integers survive writing and reading, and are in shortest form', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1n << 159n }), (value) => {
      const content = integerContent(value);
      assert.equal(BigInt(`0x${Buffer.from(content).toString('hex')}`), value);
      const reader = new DerReader(
        encodeDer((w) => w.integer(content)),
        64,
      );
      assert.deepEqual(reader.finish(Buffer.from(reader.integer())), {
        ok: true,
        value: Buffer.from(content),
      });
    }),
  );
});

test('what cannot be encoded is a broken invariant and throws', () => {
  assert.throws(() => encodeDer((w) => w.integer(new Uint8Array(0))));
  assert.throws(() => encodeDer((w) => w.integer(Uint8Array.of(0, 1))));
  assert.throws(() => encodeDer((w) => w.text(PRINTABLE_STRING, 'a@b')));
  assert.throws(() => encodeDer((w) => w.text(IA5_STRING, 'é')));
  assert.throws(() => encodeDer((w) => w.text(UTF8_STRING, '\ud800')));
  assert.throws(() => encodeDer((w) => w.enumerated(128)));
  assert.throws(() => encodeDer((w) => w.time(Number.NaN)));
  assert.throws(() => encodeDer((w) => w.time(Date.parse('9999-12-31T23:59:59Z') + 1000)));
  assert.throws(() => encodeDer((w) => w.oid('3.1')));
  assert.equal(
    hex((w) => w.null()),
    '0500',
    'and leaves nothing behind for the next encoding',
  );
});
