import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { charactersOf, composeSafely, countCharacters } from './index.ts';

test('a base and its variation selector are one character', () => {
  assert.deepEqual(charactersOf('渡\u9089\u{E0102}太'), ['渡', '\u9089\u{E0102}', '太']);
  assert.deepEqual(charactersOf('\u795E\uFE00\u{20BB7}\u{E0100}'), ['\u795E\uFE00', '\u{20BB7}\u{E0100}']);
});

test('a selector without a base is a character of its own, so that nothing disappears', () => {
  assert.deepEqual(charactersOf('\u{E0100}a'), ['\u{E0100}', 'a']);
  assert.deepEqual(charactersOf('a\u{E0100}\u{E0101}'), ['a\u{E0100}', '\u{E0101}']);
});

test('characters join to the text, and counting agrees with listing', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\u{E0100}', '\uFE00', '\uD842', '\uDFB7', '\u9089'),
      fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
    ),
  });
  fc.assert(
    fc.property(text, (value) => {
      assert.equal(charactersOf(value).join(''), value);
      assert.equal(countCharacters(value), charactersOf(value).length);
    }),
  );
});

test('composition joins kana and marks but keeps every compatibility ideograph', () => {
  assert.equal(composeSafely('か\u3099\uFA19か\u3099'), 'が\uFA19が');
  assert.equal(composeSafely('e\u0301'), 'é');
  for (let code = 0xf900; code <= 0xfaff; code++) {
    const ideograph = String.fromCharCode(code);
    assert.equal(composeSafely(`は\u309A${ideograph}`), `ぱ${ideograph}`);
  }
  assert.equal(composeSafely('\u{2F800}'), '\u{2F800}');
});

test('where there is no compatibility ideograph, composition is NFC', () => {
  const text = fc
    .string({ unit: 'grapheme' })
    .filter((value) => !/[\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/u.test(value));
  fc.assert(fc.property(text, (value) => composeSafely(value) === value.normalize('NFC')));
});
