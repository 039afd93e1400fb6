import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { nameKey } from './index.ts';
import { mjData } from './mj-data.ts';
import { representativeOf } from './representative.ts';

function same(rule: string, ...names: readonly string[]): void {
  test(`same name: ${rule}`, () => {
    for (const name of names) assert.equal(nameKey(name), nameKey(names[0] ?? ''), name);
  });
}

function apart(rule: string, ...names: readonly string[]): void {
  test(`different names: ${rule}`, () => {
    assert.equal(new Set(names.map(nameKey)).size, names.length, names.map(nameKey).join(' '));
  });
}

same('spaces', '山田太郎', '山田 太郎', '山田　太郎', ' 山田\u00A0太郎\u2003');
same('middle dots', 'マリア・ガルシア', 'マリア･ガルシア', 'マリア\u00B7ガルシア', 'マリア ガルシア');
same('widths and case', 'JOHN SMITH', 'Ｊｏｈｎ　Ｓｍｉｔｈ', 'john smith');
same('widths of katakana, marks composed', 'ガルシア', 'ｶﾞﾙｼｱ', 'カ\u3099ルシア');
same('accents of Latin letters', 'JOSE', 'José', 'Jose\u0301', 'ＪＯＳＥ');
same('hyphens', 'ANNE-MARIE', 'ANNE‐MARIE', 'ANNE－MARIE', 'ANNE–MARIE');
same('variation selectors', '渡\u9089', '渡\u9089\u{E0102}', '渡\u9089\uFE00');
same('invisible characters', '山田', '山\u200B田', '\uFEFF山田');
same('before and after the reform', '澤田眞一', '沢田真一', '澤田真一');
same('characters that JIS unifies', '髙橋', '高橋');
same('parents in the family register’s list', '山\uFA11', '山崎');
same('several parents of one character', '渡\u9089', '渡\u908A', '渡辺');
same('齋 is 斎', '齋藤', '斎藤');
same('齊 is 斉', '齊藤', '斉藤');
same('compatibility ideographs', '\uFA19田', '神田');
same('beyond the basic plane', '\u{20BB7}田', '吉田');

apart('斎 and 斉', '斎藤', '斉藤');
apart('characters that may be chosen for a name: 嶋 and 島, 冨 and 富, 峯 and 峰', '中嶋', '中島');
apart('冨 and 富', '冨田', '富田');
apart('太 and 大, 己 and 已 and 巳', '太', '大', '犬');
apart('己 已 巳', '己', '已', '巳');
apart('scripts', 'みどり', 'ミドリ');
apart('small and large kana', 'きょうこ', 'きようこ');
apart('voiced and not', 'はる', 'ばる', 'ぱる');
apart('the long mark and the numeral', 'ニーナ', 'ニ一ナ', 'ニナ');
apart('kana and kanji that look alike', 'カ', '力');
apart('the iteration mark', '佐々木', '佐佐木');
apart('Latin letters and hyphens', 'ANNE-MARIE', 'ANNEMARIE');

test('the key of a folded name is the name itself', () => {
  assert.equal(nameKey('山田太郎'), '山田太郎');
});

test('a long text is folded whole', () => {
  assert.equal(nameKey('髙 '.repeat(10_000)), '高'.repeat(10_000));
});

test('half of a surrogate pair cannot find another half', () => {
  assert.equal(nameKey('\uD842\uFE00\uDFB7'), '\uFFFD\uFFFD');
});

test('the key of a key is the key', () => {
  const name = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '髙',
        '\u9089',
        '\u{E0102}',
        '\uFA19',
        '\u{20BB7}',
        ' ',
        '　',
        '・',
        'か',
        '\u3099',
        '\u309A',
        'ｶ',
        'ﾞ',
        'e',
        '\u0301',
        '\u0306',
        'и',
        '\uD842',
        '\uDFB7',
        'ı',
        'ß',
      ),
      fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
    ),
  });
  fc.assert(
    fc.property(name, (text) => nameKey(nameKey(text)) === nameKey(text)),
    { numRuns: 3_000 },
  );
});

test('spaces, dots and selectors anywhere never change the key', () => {
  const base = fc.string({ unit: fc.constantFrom(...Array.from('山田髙橋太郎一ガア')), minLength: 1 });
  const noise = fc.array(fc.tuple(fc.nat(), fc.constantFrom(' ', '　', '・', '\u200B')), { maxLength: 5 });
  fc.assert(
    fc.property(base, noise, (name, insertions) => {
      let noisy = name;
      for (const [place, mark] of insertions) {
        const at = place % (noisy.length + 1);
        noisy = noisy.slice(0, at) + mark + noisy.slice(at);
      }
      assert.equal(nameKey(noisy), nameKey(name));
    }),
  );
});

test('every representative represents itself, and a character on the lists for names leaves only for its reformed form', () => {
  const { base, nameLists, reformed } = mjData();
  for (const codePoint of new Set(base)) {
    if (codePoint === 0) continue;
    const representative = representativeOf(codePoint);
    assert.equal(representativeOf(representative), representative);
    const plain = String.fromCodePoint(codePoint).normalize('NFC').codePointAt(0) ?? 0;
    if (nameLists.get(codePoint) === 0 || reformed.get(codePoint) !== 0 || plain !== codePoint) continue;
    assert.equal(representative, codePoint, String.fromCodePoint(codePoint));
  }
});
