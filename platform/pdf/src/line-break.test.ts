import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { breakLines, widthOf } from './line-break.ts';
import type { Glyph } from './shaper.ts';

const glyphsOf = (text: string): Glyph[] =>
  Array.from(text, (character) => ({
    text: character,
    face: 0,
    glyph: 1,
    advance_em: character < '\u0100' ? 0.5 : 1,
  }));

const broken = (text: string, width_em: number): string[] =>
  breakLines(glyphsOf(text), width_em).map((line) => line.map((glyph) => glyph.text).join(''));

const anyOf = (characters: string): fc.Arbitrary<string> => fc.constantFrom(...Array.from(characters));

suite('line breaking', () => {
  test('fills lines to the width', () => {
    assert.deepEqual(broken('東京都千代田区', 3), ['東京都', '千代田', '区']);
    assert.deepEqual(broken('', 3), ['']);
  });

  test('starts no line with what may not start one, and ends none with an opening bracket', () => {
    assert.deepEqual(broken('証明する。以上', 4), ['証明す', 'る。以上']);
    assert.deepEqual(broken('届出「転入」あり', 3), ['届出', '「転', '入」あ', 'り']);
    assert.deepEqual(broken('サーバー', 2), ['サー', 'バー']);
    assert.deepEqual(broken('あいうっ', 3), ['あい', 'うっ']);
  });

  test('keeps words, numbers and double dashes together', () => {
    assert.deepEqual(broken('号室 Tower 12-34号', 4), ['号室', 'Tower', '12-34号']);
    assert.deepEqual(broken('ＪＯＨＮ　ＳＭＩＴＨ', 6), ['ＪＯＨＮ', 'ＳＭＩＴＨ']);
    assert.deepEqual(broken('終わり……', 4), ['終わり', '……']);
  });

  test('breaks a word that is longer than the line rather than let it run out', () => {
    assert.deepEqual(broken('ABCDEFGH', 2), ['ABCD', 'EFGH']);
    assert.deepEqual(broken('。。。。', 2), ['。。', '。。']);
  });

  test('loses nothing but spaces at the end of lines and never exceeds the width', () => {
    const text = fc.string({ unit: anyOf('東京「」、。（）ーっ…A1-　 '), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 12 }), (value, width_em) => {
        const lines = breakLines(glyphsOf(value), width_em);
        const kept = lines.flat().map((glyph) => glyph.text);
        assert.equal(kept.join('').replace(/[ 　]/g, ''), value.replace(/[ 　]/g, ''));
        for (const line of lines) assert.ok(widthOf(line) <= width_em + 1e-6);
      }),
    );
  });

  test('starts a line with a forbidden character only where no earlier break was allowed', () => {
    const text = fc.string({ unit: anyOf('東京、。）ー'), minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(text, fc.integer({ min: 3, max: 8 }), (value, width_em) => {
        const lines = broken(value, width_em);
        for (const [index, line] of lines.entries()) {
          if (index === 0 || !/^[、。）ー]/.test(line)) continue;
          assert.match(
            lines[index - 1] ?? '',
            /^.[、。）ー]*$/,
            'the line before could have given up a character',
          );
        }
      }),
    );
  });
});
