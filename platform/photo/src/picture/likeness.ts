/**
 * A perceptual hash of a part of a picture: 64 bits that say where it becomes brighter from left to right. Sizes, JPEG
 * and small changes of light leave most of them as they are; it says that two files may be one photograph, not that two
 * photographs are of one person.
 */
import { type Box, squareOf } from '../faces/resample.ts';
import { shrinkTo } from './decode-picture.ts';
import type { Picture } from './picture.ts';

const ROWS = 8;
const COLUMNS = 9;

/** 16 hex digits. */
export function likenessOf(picture: Picture, box: Box): string {
  const size = 72;
  const square = squareOf(picture, box, { size, mean: [0, 0, 0], centred: true });
  const rgb = Uint8Array.from(square.data, (value) => value * 255);
  const small = shrinkTo({ width: size, height: size, rgb }, COLUMNS);
  const luma = (x: number, y: number): number => {
    const [r = 0, g = 0, b = 0] = small.rgb.subarray((y * COLUMNS + x) * 3);
    return 0.299 * r + 0.587 * g + 0.114 * b;
  };
  let bits = 0n;
  for (let y = 0; y < ROWS; y++)
    for (let x = 0; x < COLUMNS - 1; x++) bits = (bits << 1n) | (luma(x, y) < luma(x + 1, y) ? 1n : 0n);
  return bits.toString(16).padStart(16, '0');
}
