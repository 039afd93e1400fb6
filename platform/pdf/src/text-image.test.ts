/** Pictures of text: PNG by its standard, ink where the glyphs are, and all of a long text inside. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, inflateSync } from 'node:zlib';
import { mustSucceed } from '@ishizue/outcome';
import { renderTextImage } from './text-image.ts';
import { openTypeface } from './typeface.ts';

/** Reads a PNG of one bit a pixel as the standard says, row by row; the checks of its chunks must hold. */
function readPng(png: Buffer): readonly string[] {
  assert.equal(png.toString('hex', 0, 8), '89504e470d0a1a0a');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    assert.equal(png.readUInt32BE(at + 8 + length), crc32(body));
    chunks.set(body.toString('latin1', 0, 4), body.subarray(4));
    at += 12 + length;
  }
  assert.deepEqual([...chunks.keys()], ['IHDR', 'IDAT', 'IEND']);
  const header = chunks.get('IHDR') ?? Buffer.alloc(0);
  assert.equal(header.toString('hex', 8), '0100000000');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  const rowBytes = 1 + Math.ceil(width / 8);
  assert.equal(rows.length, rowBytes * height);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => {
      const octet = rows[y * rowBytes + 1 + (x >> 3)] ?? 0;
      return (octet >> (7 - (x & 7))) & 1 ? ' ' : '#';
    }).join(''),
  );
}

const inkIn = (rows: readonly string[]): number => rows.join('').replaceAll(' ', '').length;

test('a text is a picture with its ink where the glyphs are', async () => {
  const typeface = mustSucceed(await openTypeface([]), 'the typeface');
  const image = { width_mm: 30, height_mm: 6, size_mm: 4 };
  const picture = (text: string): readonly string[] => readPng(renderTextImage(typeface, { ...image, text }));
  const one = picture('一');
  assert.deepEqual([one.length, one[0]?.length], [60, 300]);
  assert.ok(inkIn(one) > 30, 'a stroke');
  assert.equal(inkIn(one.map((row) => row.slice(40))), 0, 'nothing beside the character');
  assert.ok(inkIn(picture('龍')) > inkIn(one) * 3, 'another character is another picture');
  assert.equal(inkIn(picture('　')), 0);
  const crowded = picture('東京都千代田区霞が関二丁目一番二号'.repeat(6));
  assert.ok(inkIn(crowded) > 1_000, 'made smaller, and all there');
  assert.deepEqual(picture('\u{F8FF}'), picture('〓'), 'what no face has is marked');
  assert.deepEqual(
    renderTextImage(typeface, { ...image, text: '礎' }),
    renderTextImage(typeface, { ...image, text: '礎' }),
  );
  assert.throws(() => picture('長'.repeat(2_000)), /at no size/);
});
