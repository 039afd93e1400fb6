import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { BARCODE_CHARACTERS_MAX, encodeCode128 } from './code128.ts';

/** Widths of bars and spaces in turn, as the standard writes them. */
function widthsOf(data: string): string {
  const { bars, modules } = mustSucceed(encodeCode128(data), data);
  return bars
    .map(([start, width], index) => {
      const next = bars[index + 1]?.[0] ?? modules;
      return `${width}${next === start + width ? '' : next - start - width}`;
    })
    .join('');
}

suite('Code 128', () => {
  test('encodes A1 as start B, A, 1, check value 68, stop', () => {
    // (104 + 1×33 + 2×17) mod 103 = 68
    assert.equal(widthsOf('A1'), ['211214', '111323', '123221', '141221', '2331112'].join(''));
  });

  test('has a distinct pattern of eleven modules with an even number of dark ones for every character', () => {
    const patterns = Array.from({ length: 95 }, (_, value) => {
      return widthsOf(String.fromCharCode(0x20 + value)).slice(6, 12);
    });
    assert.equal(new Set(patterns).size, 95);
    for (const pattern of patterns) {
      const widths = Array.from(pattern, Number);
      assert.equal(sum(widths), 11);
      assert.equal(sum(widths.filter((_, index) => index % 2 === 0)) % 2, 0);
    }
  });

  test('refuses what set B cannot say', () => {
    for (const data of ['', '住民票', 'a\n', '~'.repeat(BARCODE_CHARACTERS_MAX + 1)]) {
      const result = encodeCode128(data);
      assert.equal(!result.ok && result.failure.code, 'barcode-unencodable');
    }
  });
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
