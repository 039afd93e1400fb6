import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { checkPersonText, countCharacters } from './index.ts';

const codeOf = (text: string, limit = 50): string => {
  const result = checkPersonText(text, limit);
  return result.ok ? 'ok' : result.failure.code;
};

test('names, addresses and glyph references pass as they are', () => {
  for (const text of [
    '髙橋　太郎',
    '\uFA19田',
    '渡\u9089\u{E0102}',
    '\u{20BB7}',
    'José',
    '{MJ028902}',
    'が',
    'か\u3099',
    '',
  ]) {
    assert.deepEqual(checkPersonText(text, 50), { ok: true, value: text });
  }
});

test('each kind of unfit character has its code', () => {
  for (const text of [
    '山\u0000田',
    '山\n田',
    '\t',
    '\u007F',
    '\u0085',
    '\u200B',
    '\u202E太郎',
    '\u2066',
    '\uFEFF山',
    '\u00AD',
    '\u2028',
    '\u{E0041}',
  ]) {
    assert.equal(codeOf(text), 'control-character', text);
  }
  for (const text of ['\uD842', '山\uDFB7', '\uDFB7\uD842']) assert.equal(codeOf(text), 'unpaired-surrogate');
  for (const text of ['\uE000', '\uF8FF', '\u{F0000}', '\u{10FFFD}'])
    assert.equal(codeOf(text), 'private-use-character');
  for (const text of [
    '\uFFFE',
    '\uFFFF',
    '\uFDD0',
    '\uFDEF',
    '\u{1FFFE}',
    '\u{2FFFF}',
    '\u{FFFFF}',
    '\u{10FFFF}',
  ]) {
    assert.equal(codeOf(text), 'noncharacter');
  }
  for (const text of ['\u{E0100}', '\uFE00', '辻\u{E0100}\u{E0101}'])
    assert.equal(codeOf(text), 'stray-variation-selector');
});

test('length is counted in characters', () => {
  assert.equal(codeOf('\u9089\u{E0102}'.repeat(3), 3), 'ok');
  assert.equal(codeOf('\u{20BB7}\u{E0102}'.repeat(3), 3), 'ok');
  assert.equal(codeOf('高橋太郎', 3), 'text-too-long');
  assert.equal(codeOf('高'.repeat(10_000_000), 200), 'text-too-long');
});

test('a failure tells the place and nothing of the text', () => {
  const result = checkPersonText('髙橋\u0007', 10);
  assert.deepEqual(result, { ok: false, failure: { code: 'control-character', detail: 'at code unit 2' } });
});

test('what passes is well formed, has no control and is no longer than the limit', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\uD842', '\u{E0100}', '\u202E', '髙'),
      fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
    ),
  });
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 12 }), (value, limit) => {
      if (!checkPersonText(value, limit).ok) return;
      assert.ok(value.isWellFormed());
      assert.doesNotMatch(value, /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u);
      assert.ok(countCharacters(value) <= limit);
    }),
    { numRuns: 2_000 },
  );
});
