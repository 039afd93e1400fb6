/** What is measured on pixels: the background, the light, how sharp a face is. */
import type { Box } from './faces/resample.ts';
import { squareOf } from './faces/resample.ts';
import type { Picture } from './picture/picture.ts';

export interface BackgroundMeasures {
  /** Share of the background's pixels whose colour is far from its middle colour. */
  readonly strange: number;
  /** Share of the background's pixels that are on an edge. */
  readonly edges: number;
}

export interface LightMeasures {
  /** Mean brightness of the face, 0 to 255. */
  readonly mean: number;
  /** Shares of the face's pixels that are almost white, and almost black. */
  readonly bright: number;
  readonly dark: number;
}

const STRANGE_DISTANCE = 45;
const EDGE_STEP = 24;
const BRIGHT = 250;
const DARK = 12;
const FACE_EDGE = 112;
/** Hair and ears reach so far out of the frame around a face, on each side, in frames. */
const HAIR = 0.45;

const lumaAt = (picture: Picture, x: number, y: number): number => {
  const at = (y * picture.width + x) * 3;
  const [r = 0, g = 0, b = 0] = picture.rgb.subarray(at, at + 3);
  return 0.299 * r + 0.587 * g + 0.114 * b;
};

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** Both sides of the head, from the upper edge to the middle of the face; the rim of the picture where there is no face. */
function backgroundPixels(picture: Picture, face: Box | undefined): readonly (readonly [number, number])[] {
  const rim = 0.08 * picture.width;
  const left = face ? face.x - HAIR * face.width : rim;
  const right = face ? face.x + (1 + HAIR) * face.width : picture.width - rim;
  const bottom = face ? face.y + face.height / 2 : picture.height;
  const pixels: (readonly [number, number])[] = [];
  for (let y = 1; y < Math.min(bottom, picture.height - 1); y += 2)
    for (let x = 1; x < picture.width - 1; x += 2)
      // a head that fills the picture leaves a narrow rim, of which a part is always looked at
      if (x < Math.max(left, rim / 2) || x > Math.min(right, picture.width - rim / 2)) pixels.push([x, y]);
  return pixels;
}

export function backgroundOf(picture: Picture, face: Box | undefined): BackgroundMeasures {
  const pixels = backgroundPixels(picture, face);
  const colour = (x: number, y: number): readonly number[] => {
    const at = (y * picture.width + x) * 3;
    return [...picture.rgb.subarray(at, at + 3)];
  };
  const colours = pixels.map(([x, y]) => colour(x, y));
  const medians = [0, 1, 2].map((c) => {
    const sorted = Float64Array.from(colours, (each) => each[c] ?? 0).sort();
    return sorted[sorted.length >> 1] ?? 0;
  });
  const strange = colours.filter((each) =>
    each.some((value, c) => Math.abs(value - (medians[c] ?? 0)) > STRANGE_DISTANCE),
  ).length;
  const edges = pixels.filter(
    ([x, y]) =>
      Math.abs(lumaAt(picture, x + 1, y) - lumaAt(picture, x - 1, y)) > EDGE_STEP ||
      Math.abs(lumaAt(picture, x, y + 1) - lumaAt(picture, x, y - 1)) > EDGE_STEP,
  ).length;
  const count = Math.max(pixels.length, 1);
  return { strange: rounded(strange / count), edges: rounded(edges / count) };
}

export function lightOf(picture: Picture, box: Box): LightMeasures {
  const values: number[] = [];
  for (let y = Math.max(0, Math.floor(box.y)); y < Math.min(picture.height, box.y + box.height); y += 2)
    for (let x = Math.max(0, Math.floor(box.x)); x < Math.min(picture.width, box.x + box.width); x += 2)
      values.push(lumaAt(picture, x, y));
  const count = Math.max(values.length, 1);
  return {
    mean: Math.round(values.reduce((sum, value) => sum + value, 0) / count),
    bright: rounded(values.filter((value) => value >= BRIGHT).length / count),
    dark: rounded(values.filter((value) => value <= DARK).length / count),
  };
}

export function sharpnessOf(picture: Picture, box: Box): number {
  const { data } = squareOf(picture, box, { size: FACE_EDGE, mean: [0, 0, 0], centred: true });
  const luma = (x: number, y: number): number => {
    const at = (y * FACE_EDGE + x) * 3;
    return 255 * (0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0));
  };
  const values: number[] = [];
  // the outer quarter is left out: where the frame reaches over the picture's edge there is a step
  for (let y = FACE_EDGE / 4; y < (FACE_EDGE * 3) / 4; y++)
    for (let x = FACE_EDGE / 4; x < (FACE_EDGE * 3) / 4; x++)
      values.push(luma(x - 1, y) + luma(x + 1, y) + luma(x, y - 1) + luma(x, y + 1) - 4 * luma(x, y));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.round(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
