import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { Refusals } from './pdf-failure.ts';
import {
  baseCharacter,
  CHARACTERS_MAX,
  missingClusters,
  Shaper,
  type SubstituteFor,
  splitClusters,
} from './shaper.ts';
import { openTypeface } from './typeface.ts';

const typeface = mustSucceed(await openTypeface([]), 'typeface');

function shaped(text: string, substituteFor?: SubstituteFor) {
  const refusals = new Refusals();
  const shaper = new Shaper(typeface, refusals, substituteFor);
  const glyphs = shaper.shape(text);
  return {
    text: glyphs.map((glyph) => glyph.text),
    failure: refusals.failure(),
    substitutes: shaper.substitutes,
  };
}

suite('clusters', () => {
  test('join a selector to the character before it and lose nothing', () => {
    assert.deepEqual(splitClusters('葛\u{E0100}城𠮷\u{E0101}神\uFE00'), [
      '葛\u{E0100}',
      '城',
      '𠮷\u{E0101}',
      '神\uFE00',
    ]);
    const text = fc.string({ unit: fc.constantFrom('葛', '𠮷', '\u{E0100}', '\uFE00', 'a', ' ', '\ud842') });
    fc.assert(fc.property(text, (value) => splitClusters(value).join('') === value));
  });

  test('let a second selector and one without a character stand alone, where they are missing', () => {
    assert.deepEqual(splitClusters('\uFE00葛\u{E0100}\u{E0101}'), ['\uFE00', '葛\u{E0100}', '\u{E0101}']);
    assert.deepEqual(missingClusters(typeface, '\uFE00葛\u{E0100}\u{E0101}'), ['\uFE00', '\u{E0101}']);
  });
});

suite('shaping', () => {
  test('keeps compatibility ideographs and variation sequences apart from their plain forms', () => {
    const places = ['\u795E', '\uFA19', '\u795E\uFE00', '﨑', '崎', '髙', '高', '辻', '辻\u{E0101}'].map(
      (cluster) => typeface.find(cluster),
    );
    assert.ok(places.every((place) => place !== undefined));
    const [plain, compatibility, sequence] = places;
    assert.notEqual(plain?.glyph, compatibility?.glyph);
    assert.equal(sequence?.glyph, compatibility?.glyph);
    assert.notEqual(typeface.find('兎\u{E0100}')?.glyph, typeface.find('兎')?.glyph);
  });

  test('refuses with the code points of everything missing, once each, and no text', () => {
    const { failure } = shaped('氏名𠮷𠮷野\u{30000}葛\u{E01EF}');
    assert.equal(failure?.code, 'glyph-missing');
    assert.equal(failure?.detail, 'U+20BB7, U+30000, U+845B U+E01EF');
  });

  test('refuses controls, private characters, combining and invisible marks, and half characters', () => {
    for (const text of [
      '\t',
      '\u0000',
      '\uE000',
      '\u{F0000}',
      'か\u3099',
      '\u200B',
      '\u202E',
      '\uFEFF',
      '\u00AD',
      '\ud842',
    ]) {
      assert.equal(shaped(text).failure?.code, 'glyph-missing', JSON.stringify(text));
    }
  });

  test('draws a base character only when the caller chose so, and counts it', () => {
    const { text, failure, substitutes } = shaped('葛\u{E01EF}城葛\u{E01EF}', baseCharacter);
    assert.equal(failure, undefined);
    assert.deepEqual(text, ['葛', '城', '葛']);
    assert.deepEqual(substitutes, [{ wanted: 'U+845B U+E01EF', drawn: 'U+845B', count: 2 }]);
  });

  test('refuses a substitute that is missing too, or is not one character', () => {
    assert.equal(shaped('𠮷', baseCharacter).failure?.detail, 'U+20BB7');
    assert.equal(shaped('𠮷', () => '\u{30000}').failure?.detail, 'U+20BB7');
    assert.equal(shaped('𠮷', () => '吉田').failure?.detail, 'U+20BB7');
    assert.deepEqual(shaped('𠮷', () => '吉').substitutes, [
      { wanted: 'U+20BB7', drawn: 'U+5409', count: 1 },
    ]);
  });

  test('refuses more characters than a document may have', () => {
    assert.equal(shaped('あ'.repeat(CHARACTERS_MAX + 1)).failure?.code, 'document-too-large');
  });
});
