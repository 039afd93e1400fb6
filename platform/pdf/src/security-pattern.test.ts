import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { needsPoppler, poppler, rasterize } from './poppler-for-tests.ts';
import { renderDocument } from './render-document.ts';
import { createSecurityPattern } from './security-pattern.ts';
import { openTypeface } from './typeface.ts';

const typeface = mustSucceed(await openTypeface([]), 'typeface');
const DPI = 300;

async function paperWith(warning: string): Promise<Buffer> {
  const background = mustSucceed(createSecurityPattern(typeface, { warning }), 'pattern');
  const spec = { id: 'B-1', title: '地紋', createdAt: 0, body: [], background };
  return mustSucceed(await renderDocument(typeface, spec), 'paper').bytes;
}

suite('the security background', () => {
  test('hides its word from the eye and shows it on a copy', async (t) => {
    if (!needsPoppler(t)) return;
    const { width, grey } = rasterize(await paperWith('■'), DPI, 600); // a solid word has an inside that can be measured
    const at = (x: number, y: number): number => grey[y * width + x] ?? 255;
    const copied = (x: number, y: number): number => {
      const blurred = (at(x, y - 1) + 2 * at(x, y) + at(x, y + 1)) / 4; // a lens,
      return blurred < 200 ? 1 : 0; //                                     then toner or none
    };
    const mean = (left: number, top: number, right: number, bottom: number, of: typeof at): number => {
      const [x0, y0, x1, y1] = [left, top, right, bottom].map((mm) => Math.round((mm / 25.4) * DPI));
      let sum = 0;
      for (let y = y0 ?? 0; y < (y1 ?? 0); y++) for (let x = x0 ?? 0; x < (x1 ?? 0); x++) sum += of(x, y);
      return sum / (((x1 ?? 0) - (x0 ?? 0)) * ((y1 ?? 0) - (y0 ?? 0)));
    };
    const word = [29, 19, 41, 31] as const;
    const ground = [12, 15, 17, 35] as const;
    const darkness = { word: 255 - mean(...word, at), ground: 255 - mean(...ground, at) };
    assert.ok(darkness.ground > 5, 'there is a ground');
    assert.ok(Math.abs(darkness.word / darkness.ground - 1) < 0.15, JSON.stringify(darkness));
    assert.ok(mean(...word, copied) > 0.05, 'the copy shows the word');
    assert.ok(mean(...ground, copied) < 0.005, 'the copy loses the ground');
  });

  test('is no text of the paper', async (t) => {
    if (!needsPoppler(t)) return;
    const text = poppler('pdftotext', await paperWith('複写'), ['-raw'], '-');
    assert.equal(text.trim(), 'B-1 1 / 1');
  });

  test('refuses a word that cannot be drawn', () => {
    const result = createSecurityPattern(typeface, { warning: '𠮷' });
    assert.deepEqual(result, { ok: false, failure: { code: 'glyph-missing', detail: 'U+20BB7' } });
  });
});
