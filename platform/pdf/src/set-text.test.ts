import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import type { TextBox } from './document-spec.ts';
import { type Mark, MM_PER_PT, type TextMark } from './marks.ts';
import { Refusals } from './pdf-failure.ts';
import { placeText, setText } from './set-text.ts';
import { Shaper } from './shaper.ts';
import { openTypeface } from './typeface.ts';

const typeface = mustSucceed(await openTypeface([]), 'typeface');

function set(box: TextBox, width_mm: number, height_mm = 20) {
  const refusals = new Refusals();
  const text = setText({ shaper: new Shaper(typeface, refusals), refusals }, box, width_mm, 'box');
  const marks = placeText(text, box, { x_mm: 10, y_mm: 30, width_mm, height_mm });
  return { text, lines: marks.flatMap(linesOf), failure: refusals.failure() };
}

function linesOf(mark: Mark): readonly TextMark[] {
  if (mark.kind === 'spread') return mark.marks;
  return mark.kind === 'text' ? [mark] : [];
}

/** Left and right edge of the ink's em squares. */
function extent({ x_mm, glyphs, size_pt, condense, spacing_mm }: TextMark): readonly [number, number] {
  const ems = glyphs.reduce((sum, glyph) => sum + glyph.advance_em, 0);
  const width_mm = ems * size_pt * MM_PER_PT * condense + spacing_mm * (glyphs.length - 1);
  return [x_mm, x_mm + width_mm];
}

function assertNear(actual: number | undefined, expected: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
}

suite('setting text', () => {
  test('spreads a label over its whole width and centres a single character', () => {
    const [line] = set({ text: '生年月日', align: 'distributed' }, 40).lines;
    assert.ok(line !== undefined);
    assertNear(extent(line)[0], 10);
    assertNear(extent(line)[1], 50);
    const [single] = set({ text: '印', align: 'distributed', size_pt: 10 }, 40).lines;
    assertNear(single?.x_mm, 30 - (10 * MM_PER_PT) / 2);
  });

  test('puts text left, in the middle and right', () => {
    const edges = (['left', 'center', 'right'] as const).map((align) => {
      const [line] = set({ text: '氏名', align, size_pt: 10 }, 40).lines;
      return line === undefined ? [] : extent(line);
    });
    const width_mm = 20 * MM_PER_PT;
    assertNear(edges[0]?.[0], 10);
    assertNear(edges[1]?.[0], 30 - width_mm / 2);
    assertNear(edges[2]?.[1], 50);
  });

  test('centres a block of lines in its height', () => {
    const { lines } = set({ text: '住所\n氏名\n生年', size_pt: 10 }, 40);
    const em_mm = 10 * MM_PER_PT;
    const [top, bottom] = [lines[0], lines[2]].map((line) => line?.baseline_mm ?? 0);
    assertNear(((top ?? 0) - 0.88 * em_mm + (bottom ?? 0) + 0.12 * em_mm) / 2, 40);
  });

  test('stacks a label from top to bottom', () => {
    const { lines } = set({ text: '備考欄', stacked: true, align: 'distributed', size_pt: 10 }, 8);
    assert.deepEqual(
      lines.map((line) => line.glyphs[0]?.text),
      ['備', '考', '欄'],
    );
    assertNear(lines[0]?.baseline_mm, 30 + 0.88 * 10 * MM_PER_PT);
    assertNear(lines[2]?.baseline_mm, 50 - 0.12 * 10 * MM_PER_PT);
  });

  test('condenses a long name before it makes it smaller, and refuses below six points', () => {
    const box = { fit: 'shrink', size_pt: 12 } as const;
    const chosen = (characters: number) =>
      set({ ...box, text: '漢'.repeat(characters) }, 50).text.paragraphs[0];
    assert.deepEqual([chosen(11)?.size_pt, chosen(11)?.condense], [12, 1]);
    assert.equal(chosen(14)?.size_pt, 12);
    assert.ok((chosen(14)?.condense ?? 1) < 1);
    assert.ok((chosen(20)?.size_pt ?? 12) < 12);
    assert.equal(set({ ...box, text: '漢'.repeat(32) }, 50).failure?.code, 'text-overflow');
  });

  test('never sets a line wider than its box, whatever the text', () => {
    const unit = fc.constantFrom(...Array.from('漢字ABC、。「」ー 　'));
    const text = fc.string({ unit, maxLength: 40 });
    const fit = fc.constantFrom('wrap' as const, 'shrink' as const);
    fc.assert(
      fc.property(text, fit, fc.integer({ min: 5, max: 80 }), (value, choice, width_mm) => {
        const { lines, failure } = set({ text: value, fit: choice, lines_max: 2 }, width_mm);
        if (failure !== undefined) return failure.code === 'text-overflow';
        return lines.every((line) => extent(line)[0] >= 10 - 1e-6 && extent(line)[1] <= 10 + width_mm + 1e-5);
      }),
    );
  });

  test('refuses a box narrower than a character instead of letting it run out', () => {
    assert.equal(set({ text: '漢字' }, 2).failure?.code, 'text-overflow');
  });
});
