/**
 * Where faces are in a picture: the “tiny face detector”, a network of six convolutions that says for each of some hundred
 * cells and five sizes of frame whether a face is there. It finds frontal faces and many turned ones; it is no proof that
 * what it finds is a living person's face.
 */
import type { Picture } from '../picture/picture.ts';
import { ModelWeights } from './model-weights.ts';
import { convolve, convolveSeparably, type Grid, mix, poolLargest, rectify } from './network-layers.ts';
import { type Box, squareOf } from './resample.ts';

/** In pixels of the picture; `score` from 0 to 1. */
export interface FoundFace extends Box {
  readonly score: number;
}

const INPUT_SIZE = 256;
const MEAN = [117.001, 114.697, 97.404];
const LEAK = 0.1;
/** Widths and heights of the five frames, in cells. */
const FRAMES = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
] as const;
const OUTPUTS_OF_FRAME = 5;
/** Two frames that share more than this of what they cover are of one face. */
const OVERLAP_MAX = 0.4;

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

export class FaceFinder {
  readonly #weights = new ModelWeights('tiny_face_detector_model');

  /** Faces whose score is at least this, the surest first. */
  find(picture: Picture, scoreMin: number): readonly FoundFace[] {
    const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
    const cells = this.#run(squareOf(picture, whole, { size: INPUT_SIZE, mean: MEAN, centred: false }));
    const side = Math.max(picture.width, picture.height);
    const found = framesIn(cells, side).filter(({ score }) => score >= scoreMin);
    return withoutOverlaps(found.toSorted((one, other) => other.score - one.score));
  }

  #run(input: Grid): Grid {
    const weights = this.#weights;
    const first = convolve(input, weights.filter('conv0/filters'), weights.filter('conv0/bias'), {
      stride: 1,
      padding: 'valid',
    });
    let grid = poolLargest(rectify(first, LEAK), 2);
    for (const layer of [1, 2, 3, 4, 5]) {
      grid = rectify(convolveSeparably(grid, weights.separable(`conv${layer}`), 1), LEAK);
      grid = poolLargest(grid, layer === 5 ? 1 : 2);
    }
    return mix(grid, weights.filter('conv8/filters'), weights.filter('conv8/bias'));
  }
}

/** All frames of all cells; `side` is the edge of the square in pixels. */
function framesIn(cells: Grid, side: number): readonly FoundFace[] {
  const unit = side / cells.width;
  return Array.from({ length: cells.width * cells.height * FRAMES.length }, (_, index) => {
    const cell = Math.floor(index / FRAMES.length);
    const [frameWidth = 0, frameHeight = 0] = FRAMES[index % FRAMES.length] ?? [];
    const start = cell * cells.channels + (index % FRAMES.length) * OUTPUTS_OF_FRAME;
    const [x = 0, y = 0, wide = 0, high = 0, score = 0] = cells.data.subarray(
      start,
      start + OUTPUTS_OF_FRAME,
    );
    const width = Math.exp(wide) * frameWidth * unit;
    const height = Math.exp(high) * frameHeight * unit;
    return {
      x: ((cell % cells.width) + sigmoid(x)) * unit - width / 2,
      y: (Math.floor(cell / cells.width) + sigmoid(y)) * unit - height / 2,
      width,
      height,
      score: sigmoid(score),
    };
  });
}

function withoutOverlaps(sorted: readonly FoundFace[]): readonly FoundFace[] {
  const kept: FoundFace[] = [];
  for (const face of sorted) if (kept.every((other) => overlap(face, other) <= OVERLAP_MAX)) kept.push(face);
  return kept;
}

/** What two boxes share of what they cover together, 0 to 1. */
function overlap(one: Box, other: Box): number {
  const wide = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const high = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  const shared = Math.max(wide, 0) * Math.max(high, 0);
  return shared / (one.width * one.height + other.width * other.height - shared);
}
