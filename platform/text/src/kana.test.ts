import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  foldKana,
  toFullWidthAscii,
  toFullWidthKatakana,
  toHalfWidthAscii,
  toHiragana,
  toKatakana,
} from './index.ts';

const kanaOf = (first: number, last: number) =>
  fc
    .array(fc.integer({ min: first, max: last }).map((code) => String.fromCharCode(code)))
    .map((kana) => kana.join(''));

test('half-width katakana become full, marks composed into their kana', () => {
  assert.equal(toFullWidthKatakana('ﾔﾏﾀﾞ ﾀﾛｳ'), 'ヤマダ タロウ');
  assert.equal(toFullWidthKatakana('ｳﾞｧｲｵﾘﾝ､ﾊﾟﾘ｡｢ｰ｣･'), 'ヴァイオリン、パリ。「ー」・');
  assert.equal(toFullWidthKatakana('ｱﾞ'), 'ア\u309B'); // there is no voiced ア: nothing is lost
  assert.equal(toFullWidthKatakana('ﾞ'), '\u309B');
});

test('every half-width katakana becomes what NFKC makes of it', () => {
  // NFKC is wrong for names, but right for this block: a second opinion on the table.
  for (let code = 0xff61; code <= 0xff9d; code++) {
    for (const mark of ['', '\uFF9E', '\uFF9F']) {
      const half = String.fromCharCode(code) + mark;
      const ours = toFullWidthKatakana(half).replace('\u309B', '\u3099').replace('\u309C', '\u309A');
      assert.equal(ours, half.normalize('NFKC'), half);
    }
  }
});

test('kanji, hiragana and compatibility ideographs pass the kana functions untouched', () => {
  const name = '\uFA19田 みどり\u{E0100}';
  assert.equal(toFullWidthKatakana(name), name);
  assert.equal(toHiragana(name), name);
  assert.equal(toKatakana('\uFA19田 みどり'), '\uFA19田 ミドリ');
});

test('hiragana and katakana go to and fro', () => {
  assert.equal(toKatakana('ゔぁいおりん ゝゞ ー'), 'ヴァイオリン ヽヾ ー');
  assert.equal(toHiragana('ヴァイオリン ヽヾ ヷ'), 'ゔぁいおりん ゝゞ ヷ');
  fc.assert(fc.property(kanaOf(0x3041, 0x3096), (hiragana) => toHiragana(toKatakana(hiragana)) === hiragana));
  fc.assert(fc.property(kanaOf(0x30a1, 0x30f6), (katakana) => toKatakana(toHiragana(katakana)) === katakana));
});

test('ASCII widths go to and fro', () => {
  assert.equal(toFullWidthAscii('1-2 Ab~'), '１－２　Ａｂ～');
  assert.equal(toHalfWidthAscii('１－２　Ａｂ～　カ'), '1-2 Ab~ カ');
  const ascii = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  });
  fc.assert(fc.property(ascii, (text) => toHalfWidthAscii(toFullWidthAscii(text)) === text));
});

test('readings of one sound fold to one spelling', () => {
  const same: ReadonlyArray<readonly string[]> = [
    ['きょうこ', 'キヨウコ', 'ｷｮｳｺ', 'キョーコ', 'キョオコ'],
    ['コウノ', 'コーノ', 'コオノ', 'こうの', 'コ－ノ'],
    ['ケイコ', 'ケーコ', 'ケエコ'],
    ['ミヅキ', 'ミズキ'],
    ['チヂワ', 'チジワ'],
    ['ヴェラ', 'ベラ'],
    ['ヴ', 'ブ'],
    ['サッポロ', 'サツポロ'],
    ['カ\u3099', 'ガ', 'ｶﾞ'],
  ];
  for (const spellings of same) {
    for (const spelling of spellings)
      assert.equal(foldKana(spelling), foldKana(spellings[0] ?? ''), spelling);
  }
});

test('readings of different sounds stay apart', () => {
  const pairs: ReadonlyArray<readonly [string, string]> = [
    ['オノ', 'オオノ'],
    ['ハナ', 'バナ'],
    ['ユキ', 'ユウキ'],
    ['サト', 'サトウ'],
    ['カオ', 'カアオ'],
    ['シン', 'ジン'],
  ];
  for (const [one, other] of pairs) assert.notEqual(foldKana(one), foldKana(other), `${one} ${other}`);
});

test('folding a reading twice changes nothing', () => {
  const reading = fc.string({
    unit: fc.constantFrom(...Array.from('アオウエイーコケヴァュヂッャ-ｶﾞか\u3099ヮ・ ')),
  });
  fc.assert(
    fc.property(reading, (text) => foldKana(foldKana(text)) === foldKana(text)),
    { numRuns: 2_000 },
  );
});
