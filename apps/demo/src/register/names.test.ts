import assert from 'node:assert/strict';
import { test } from 'node:test';
import { charactersOf, findGlyph, isJisX0208 } from '@ishizue/text';
import { encodeCp932 } from './cp932.ts';
import { NATIONALITIES } from './foreign-names.ts';
import { givenNamesOf, RARE_GIVEN_NAMES } from './given-names.ts';
import { SURNAME_VARIANTS } from './surname-variants.ts';
import { SURNAMES } from './surnames.ts';

const KATAKANA = /^[ァ-ヴー]+$/;
const DECADES = [1915, 1935, 1945, 1955, 1965, 1975, 1985, 1995, 2005, 2015, 2025];

test('there are more than 300 surnames, the common ones first, each once', () => {
  assert.ok(SURNAMES.length >= 300, String(SURNAMES.length));
  assert.equal(new Set(SURNAMES.map((surname) => surname.text)).size, SURNAMES.length);
  assert.deepEqual(
    SURNAMES.slice(0, 3).map((surname) => surname.text),
    ['佐藤', '鈴木', '高橋'],
  );
  for (const { text, kana, weight } of SURNAMES) {
    assert.match(kana, KATAKANA, text);
    assert.ok(Number.isInteger(weight) && weight > 0, text);
    assert.ok(
      charactersOf(text).every((character) => isJisX0208(character)),
      `${text} is a variant`,
    );
  }
});

test('variants are of a known surname, leave bearers to it, and can be written in both encodings', () => {
  for (const variant of SURNAME_VARIANTS) {
    assert.ok(
      SURNAMES.some((surname) => surname.text === variant.of),
      variant.of,
    );
    for (const character of charactersOf(variant.text)) assert.ok(findGlyph(character), variant.text);
    assert.ok(encodeCp932(variant.text).length > 0);
  }
  for (const [of, variants] of Map.groupBy(SURNAME_VARIANTS, (variant) => variant.of))
    assert.ok(variants.reduce((sum, variant) => sum + variant.share, 0) < 0.6, of);
  const beyond = SURNAME_VARIANTS.filter((variant) =>
    charactersOf(variant.text).some((one) => !isJisX0208(one)),
  );
  assert.ok(beyond.length >= 40, String(beyond.length));
});

test('there are more than 300 given names, of both sexes in every decade, with readings', () => {
  const all = new Set<string>();
  for (const year of DECADES) {
    for (const sex of ['male', 'female'] as const) {
      const names = givenNamesOf(sex, year);
      assert.ok(names.length >= 18, `${year} ${sex}`);
      assert.equal(new Set(names.map((name) => name.text)).size, names.length, `${year} ${sex}`);
      for (const { text, kana } of names) {
        assert.match(kana, KATAKANA, text);
        assert.notEqual(text, '');
        all.add(`${sex} ${text}`);
      }
    }
  }
  assert.ok(all.size >= 300, String(all.size));
});

test('rare given names have a character outside JIS X 0208 that survives as itself', () => {
  for (const { text, kana } of [...RARE_GIVEN_NAMES.male, ...RARE_GIVEN_NAMES.female]) {
    assert.ok(
      charactersOf(text).some((character) => !isJisX0208(character)),
      text,
    );
    assert.ok(encodeCp932(text).length > 0);
    assert.match(kana, KATAKANA);
  }
});

test('foreign names are Latin capitals with a reading, and kanji for both parts or for none', () => {
  for (const { code, families, given } of NATIONALITIES) {
    assert.match(code, /^[A-Z]{3}$/);
    const parts = [...families, ...given.male, ...given.female];
    for (const { latin, kana } of parts) {
      assert.match(latin, /^[A-Z]+( [A-Z]+)*$/);
      assert.match(kana, KATAKANA, latin);
    }
    const inKanji = parts.filter((part) => part.kanji !== undefined).length;
    assert.ok(inKanji === 0 || inKanji === parts.length, code);
  }
});
