import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  countCharacters,
  isCertificateText,
  jisClassOf,
  substituteForCertificate,
  substitutesFor,
} from './index.ts';

const expect = (text: string, substituted: string, flags: string) =>
  assert.deepEqual(substituteForCertificate(text), { text: substituted, flags });

test('what the certificate can hold stays, separators included', () => {
  expect('高橋　太郎', '高橋　太郎', '00000');
  expect('東京都千代田区１－２', '東京都千代田区１－２', '0000000000');
  expect('草彅', '草彅', '00'); // 彅 is a supplementary kanji
  expect('JOHN SMITH', 'JOHN SMITH', '0000000000');
  expect('', '', '');
});

test('what it cannot hold is replaced in its place and flagged', () => {
  expect('髙橋　太郎', '高橋　太郎', '10000');
  expect('山\uFA11', '山崎', '01');
  expect('\u{20BB7}野家', '吉野家', '100');
  expect('\uFA19田', '神田', '10');
  expect('\u9ED1田', '黒田', '10');
  expect('Jos\u00E9', 'Jose', '0001');
});

test('a variation sequence is one character: flagged where its glyph is not the base’s', () => {
  expect('渡\u9089\u{E0102}子', '渡\u9089子', '010');
  expect('\u8C79\u{E0103}', '\u8C79', '0'); // the sequence names the very glyph of the base
  expect('\u8FBB\u{E0100}', '\u8FBB', '1'); // a sequence of another collection: not known to be the same
});

test('marks are composed and half-width katakana widened without a flag', () => {
  expect('か\u3099', 'が', '0');
  expect('ｶﾞ', 'ガ', '0');
});

test('a hentaigana is replaced by the kana of its sound', () => {
  expect('\u{1B002}', 'あ', '1');
});

test('what nothing can stand for is 〓, never gone', () => {
  expect('山🙂田', '山〓田', '010');
  expect('\uD842田', '〓田', '10');
  expect('\u{E0100}', '〓', '1');
  expect('㈱½', '〓〓', '11'); // several letters cannot stand for one character
  expect('\u0000', '〓', '1');
});

test('references are resolved; an unknown one is one character without substitute', () => {
  expect('{MJ028902}橋', '高橋', '10');
  expect('{MJ999999}橋{MJ1}', '〓橋〓', '101');
});

test('text and flags always have one entry for each character, and the text is allowed', () => {
  const names = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '髙',
        '\u{20BB7}',
        '\uFA19',
        '\u9089\u{E0102}',
        '　',
        '・',
        'か\u3099',
        '\uD842',
        '{MJ028902}',
      ),
      fc.integer({ min: 0x3400, max: 0x9fff }).map((code) => String.fromCharCode(code)),
      fc.integer({ min: 0x20000, max: 0x323af }).map((code) => String.fromCodePoint(code)),
      fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
    ),
  });
  fc.assert(
    fc.property(names, (name) => {
      const { text, flags } = substituteForCertificate(name);
      assert.equal(flags.length, countCharacters(text));
      assert.equal(flags.length, Array.from(text).length);
      assert.match(flags, /^[01]*$/);
      assert.ok(isCertificateText(text));
      assert.deepEqual(substituteForCertificate(text), { text, flags: '0'.repeat(flags.length) });
    }),
    { numRuns: 1_000 },
  );
});

test('candidates are allowed characters, best first', () => {
  assert.deepEqual(substitutesFor('髙'), ['高']);
  assert.deepEqual(substitutesFor('高'), ['高']);
  assert.deepEqual(substitutesFor('🙂'), []);
  for (const candidate of substitutesFor('\u69D7')) assert.ok(jisClassOf(candidate.codePointAt(0) ?? 0));
});

test('what was chosen stands for a character where it is offered, and nowhere else', () => {
  const several = Array.from({ length: 0x5200 }, (_, index) => String.fromCodePoint(0x4e00 + index)).find(
    (each) => !isCertificateText(each) && substitutesFor(each).length > 1,
  );
  assert.ok(several, 'a character with a choice');
  const [first = '', second = ''] = substitutesFor(several);
  assert.equal(substituteForCertificate(several).text, first);
  assert.deepEqual(substituteForCertificate(`山${several}`, { [several]: second, 山: '川' }), {
    text: `山${second}`,
    flags: '01',
  });
  assert.equal(substituteForCertificate(several, { [several]: '川' }).text, first);
});
