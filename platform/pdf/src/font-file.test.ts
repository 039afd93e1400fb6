import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { suite, test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import * as fontkit from 'fontkit';
import { FontFile } from './font-file.ts';
import { writeSubset } from './font-subset.ts';
import { outlineOf } from './glyph-outline.ts';

const require = createRequire(import.meta.url);
const bytes = readFileSync(
  require.resolve('@expo-google-fonts/biz-udmincho/400Regular/BIZUDMincho_400Regular.ttf'),
);
const font = mustSucceed(FontFile.read(bytes, 'BIZ UDMincho'), 'BIZ UDMincho');
const reference = fontkit.create(bytes);
if (!('glyphForCodePoint' in reference)) throw new Error('a collection');

/** What fontkit parsed of the cmap, before its own look-up. */
interface ParsedCmap {
  readonly tables: readonly {
    readonly table: { readonly version: number; readonly varSelectors?: Selectors };
  }[];
}
interface Selectors {
  toArray(): readonly {
    readonly varSelector: number;
    readonly defaultUVS?: readonly { readonly startUnicodeValue: number; readonly additionalCount: number }[];
    readonly nonDefaultUVS?: readonly { readonly unicodeValue: number; readonly glyphID: number }[];
  }[];
}

suite('the font reader', () => {
  test('agrees with fontkit on every character, advance width and measure', () => {
    const codePoints = reference.characterSet;
    assert.ok(codePoints.length > 11_000);
    for (const codePoint of codePoints) {
      const glyph = reference.glyphForCodePoint(codePoint);
      assert.equal(font.characters.glyphOf(codePoint), glyph.id, `U+${codePoint.toString(16)}`);
      assert.equal(font.advanceOf(glyph.id), glyph.advanceWidth);
    }
    assert.equal(font.name, reference.postscriptName);
    assert.equal(font.glyphCount, reference.numGlyphs);
    for (const measure of ['ascent', 'descent', 'lineGap', 'capHeight', 'xHeight', 'unitsPerEm'] as const) {
      assert.equal(font.metrics[measure], reference[measure], measure);
    }
  });

  test('has no glyph for what lies before, between and behind its characters', () => {
    for (const codePoint of [0, 0x1f, 0x378, 0x20bb7, 0x10ffff]) {
      assert.equal(font.characters.glyphOf(codePoint), 0);
    }
  });

  test('knows every variation sequence of the font, also those that fontkit looks up wrongly', () => {
    assert.ok(hasCmap(reference));
    const { tables } = reference.cmap;
    const selectors = tables.find(({ table }) => table.version === 14)?.table.varSelectors?.toArray() ?? [];
    let differing = 0;
    for (const { varSelector, defaultUVS, nonDefaultUVS } of selectors) {
      for (const { unicodeValue, glyphID } of nonDefaultUVS ?? []) {
        assert.equal(font.characters.glyphOfSequence(unicodeValue, varSelector), glyphID);
        if (reference.glyphsForString(String.fromCodePoint(unicodeValue, varSelector))[0]?.id !== glyphID)
          differing++;
      }
      for (const { startUnicodeValue, additionalCount } of defaultUVS ?? []) {
        for (let base = startUnicodeValue; base <= startUnicodeValue + additionalCount; base++) {
          assert.equal(font.characters.glyphOfSequence(base, varSelector), font.characters.glyphOf(base));
        }
      }
    }
    assert.ok(differing >= 400, 'fontkit looks sequences up rightly now: this reader may go');
    assert.equal(font.characters.glyphOfSequence(0x845b, 0xe01ef), 0);
  });

  test('draws the outlines that fontkit draws', () => {
    for (const character of '永髙﨑神辻鬱0Ａあゐ　') {
      const glyph = reference.glyphForCodePoint(character.codePointAt(0) ?? 0);
      assert.deepEqual(normal(outlineOf(font, glyph.id)), fromFontkit(glyph), character);
    }
  });

  test('refuses a damaged, a truncated and an empty file as a value', () => {
    for (const damaged of [
      bytes.subarray(0, 4000),
      new Uint8Array(),
      Buffer.from('OTTO'),
      Buffer.alloc(500),
    ]) {
      const result = FontFile.read(damaged, 'damaged');
      assert.equal(result.ok, false);
      assert.equal(!result.ok && result.failure.code, 'font-unusable');
    }
  });
});

suite('the subset', () => {
  test('holds the same outlines in the slots asked for, also twice, and nothing else', () => {
    const glyphs = [0, ...Array.from('永髙﨑永　', (c) => font.characters.glyphOf(c.codePointAt(0) ?? 0))];
    const subset = fontkit.create(writeSubset(font, glyphs));
    if (!('getGlyph' in subset)) throw new Error('a collection');
    assert.equal(subset.numGlyphs, glyphs.length);
    for (const [slot, glyph] of glyphs.entries()) {
      assert.equal(subset.getGlyph(slot).path.toSVG(), reference.getGlyph(glyph).path.toSVG());
      assert.equal(subset.getGlyph(slot).advanceWidth, font.advanceOf(glyph));
    }
  });

  test('is the same bytes for the same glyphs, with checksums that add up', () => {
    const glyphs = [0, 100, 200, 3000];
    const subset = writeSubset(font, glyphs);
    assert.deepEqual(writeSubset(font, glyphs), subset);
    let sum = 0;
    for (let offset = 0; offset < subset.length; offset += 4) sum = (sum + subset.readUInt32BE(offset)) >>> 0;
    assert.equal(sum, 0xb1b0afba);
  });
});

/** The published types leave the tables out. */
function hasCmap(parsed: object): parsed is { cmap: ParsedCmap } {
  return 'cmap' in parsed;
}

type Step = readonly (string | number)[];

/** Both libraries may end a contour with a line to its start or leave it to the closing. */
function normal(steps: readonly Step[]): readonly Step[] {
  let start: Step = [];
  return steps.filter((step, index) => {
    if (step[0] === 'move') start = step;
    const isBackToStart = step[0] === 'line' && step[1] === start[1] && step[2] === start[2];
    return !(isBackToStart && steps[index + 1]?.[0] === 'close');
  });
}

function fromFontkit(glyph: fontkit.Glyph): readonly Step[] {
  const names = {
    moveTo: 'move',
    lineTo: 'line',
    quadraticCurveTo: 'curve',
    bezierCurveTo: '?',
    closePath: 'close',
  };
  return normal(glyph.path.commands.map(({ command, args }) => [names[command], ...args]));
}
