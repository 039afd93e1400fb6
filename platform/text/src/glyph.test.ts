import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findGlyph, glyphNamed, glyphOfUnifiedCode, resolveGlyphReferences } from './index.ts';

test('髙 has its three names', () => {
  const glyph = { mj: 'MJ028902', text: '髙', ucs: 'U+9AD9', unified: 'J+9AD9', familyRegister: '513280' };
  assert.deepEqual(findGlyph('髙'), glyph);
  assert.deepEqual(glyphNamed('MJ028902'), { ok: true, value: glyph });
  assert.deepEqual(glyphOfUnifiedCode('J+9AD9'), { ok: true, value: glyph });
});

test('a compatibility ideograph is its own glyph under the unified ideograph, by any of its spellings', () => {
  const glyph = findGlyph('\uFA19');
  assert.deepEqual([glyph?.mj, glyph?.ucs, glyph?.unified], ['MJ030211', 'U+795E', 'J+FA19']);
  assert.equal(findGlyph('\u795E\uFE00')?.mj, 'MJ030211'); // the standardised sequence
  assert.equal(findGlyph('\u795E\u{E0103}')?.mj, 'MJ030211'); // the ideographic sequence
  assert.equal(findGlyph('\u795E')?.mj, 'MJ018811');
});

test('the two sequences that the list has twice are found under both names', () => {
  assert.equal(findGlyph('\u535A\u{E010A}')?.mj, 'MJ059399');
  assert.equal(findGlyph('\u535A\u{E010B}')?.mj, 'MJ059400');
});

test('what is not in the list has no glyph', () => {
  for (const text of ['A', '\u9089\u{E01EF}', '', '高橋', '🙂', '\u{E0100}'])
    assert.equal(findGlyph(text), undefined);
});

test('every encoded glyph of the list comes back from its text', () => {
  let encoded = 0;
  let notEncoded = 0;
  for (let number = 1; number < 90_000; number++) {
    const mj = `MJ${String(number).padStart(6, '0')}`;
    const glyph = glyphNamed(mj);
    if (glyph.ok) {
      encoded++;
      assert.equal(findGlyph(glyph.value.text)?.mj, mj);
    } else if (glyph.failure.code === 'glyph-not-encoded') {
      notEncoded++;
    }
  }
  assert.equal(encoded, 58_862 - 19);
  assert.equal(notEncoded, 19);
});

test('hentaigana are glyphs too', () => {
  const glyph = glyphNamed('MJ090001');
  assert.deepEqual(glyph.ok && [glyph.value.text, glyph.value.familyRegister], ['\u{1B002}', '900010']);
});

test('references become text, unknown ones a failure', () => {
  assert.deepEqual(resolveGlyphReferences('{MJ028902}橋{MJ030211}'), { ok: true, value: '髙橋\uFA19' });
  assert.deepEqual(resolveGlyphReferences('{A} 高橋'), { ok: true, value: '{A} 高橋' });
  assert.deepEqual(resolveGlyphReferences('{MJ090001}'), { ok: true, value: '\u{1B002}' });
  for (const text of ['高{MJ999999}', '{MJ12}', '{MJ000000}', '{MJ0289022}', '{MJ}']) {
    const resolved = resolveGlyphReferences(text);
    assert.equal(resolved.ok ? '' : resolved.failure.code, 'unknown-glyph', text);
  }
  const notEncoded = resolveGlyphReferences('{MJ003719}');
  assert.equal(notEncoded.ok ? '' : notEncoded.failure.code, 'glyph-not-encoded');
});

test('a name that is none is refused without a look at the list', () => {
  for (const name of ['', 'MJ28902', 'mj028902', 'J+9AD9', 'MJ-28902', '028902']) {
    assert.equal(glyphNamed(name).ok, false, name);
  }
  for (const code of ['', 'J+9ad9', '9AD9', 'J+0000', 'J+19AD9'])
    assert.equal(glyphOfUnifiedCode(code).ok, false, code);
});
