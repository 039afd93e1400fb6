import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFileText, resolveGlyphReferences } from '@ishizue/text';
import { encodeCp932 } from './cp932.ts';

const decode = (bytes: Buffer): string => {
  const text = decodeFileText(bytes, 'cp932');
  assert.ok(text.ok);
  return text.value;
};

test('ASCII and JIS X 0208 have the bytes of the standard', () => {
  assert.deepEqual(encodeCp932('A清瀬'), Buffer.from([0x41, 0x90, 0xb4, 0x90, 0xa3]));
  assert.deepEqual(encodeCp932('　、表ソ'), Buffer.from([0x81, 0x40, 0x81, 0x41, 0x95, 0x5c, 0x83, 0x5c]));
  assert.deepEqual(encodeCp932('亜熙'), Buffer.from([0x88, 0x9f, 0xea, 0xa4]));
});

test('what JIS X 0208 lacks is a reference to its glyph, with its variation selector', () => {
  const selected = (base: string, selector: number) => base + String.fromCodePoint(selector);
  assert.equal(decode(encodeCp932('髙石')), '{MJ028902}石');
  assert.equal(decode(encodeCp932('𠮷田')), '{MJ032129}田');
  assert.equal(decode(encodeCp932('山﨑')), '山{MJ030196}');
  assert.equal(decode(encodeCp932(`渡${selected('邉', 0xe0119)}`)), '渡{MJ026191}');
  assert.equal(decode(encodeCp932(`${selected('辻', 0xe0102)}村`)), '{MJ025760}村');
  assert.equal(decode(encodeCp932('\uFA19谷')), '{MJ030211}谷');
});

test('references lead back to the same Unicode text', () => {
  const text = `髙橋　山﨑,𠮷田　辻${String.fromCodePoint(0xe0102)}\r\n濵\uFA10髙髙`;
  assert.deepEqual(resolveGlyphReferences(decode(encodeCp932(text))), { ok: true, value: text });
});

test('a character without code and glyph is refused, never replaced', () => {
  for (const text of ['😀', 'é', '\uE000', '\u0000'])
    assert.throws(() => encodeCp932(`山${text}`), /neither a code/);
});
