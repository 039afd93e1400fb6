/** A part of a picture, set into a square of black and brought to the size that a network reads. Bilinear. */
import type { Picture } from '../picture/picture.ts';
import { emptyGrid, type Grid } from './network-layers.ts';

/** In pixels; may reach over the picture's edges, where nothing is. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The square of `size` × `size` with the box in it, minus the mean colour, in units of 255. */
export function squareOf(
  picture: Picture,
  box: Box,
  {
    size,
    mean,
    centred,
  }: { readonly size: number; readonly mean: readonly number[]; readonly centred: boolean },
): Grid {
  const grid = emptyGrid(size, size, 3);
  const side = Math.max(box.width, box.height);
  const left = box.x - (centred ? (side - box.width) / 2 : 0);
  const top = box.y - (centred ? (side - box.height) / 2 : 0);
  const scale = side / size;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      for (let c = 0; c < 3; c++)
        grid.data[(y * size + x) * 3 + c] =
          (sample(picture, box, left + x * scale, top + y * scale, c) - (mean[c] ?? 0)) / 255;
  return grid;
}

/** The colour between four pixels; what lies outside of the box is black. */
function sample(picture: Picture, box: Box, x: number, y: number, channel: number): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [dx, dy] = [x - x0, y - y0];
  const pixel = (px: number, py: number): number =>
    px < box.x || py < box.y || px >= box.x + box.width || py >= box.y + box.height
      ? 0
      : (picture.rgb[(py * picture.width + px) * 3 + channel] ?? 0);
  const upper = pixel(x0, y0) * (1 - dx) + pixel(x0 + 1, y0) * dx;
  const lower = pixel(x0, y0 + 1) * (1 - dx) + pixel(x0 + 1, y0 + 1) * dx;
  return upper * (1 - dy) + lower * dy;
}
