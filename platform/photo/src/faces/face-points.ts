/**
 * The 68 points of a face (jaw 0–16, brows 17–26, nose 27–35, eyes 36–47, mouth 48–67, numbered as in the iBUG 300-W set), by a
 * network of four dense blocks, and what follows from them: how the head is held and how large it is.
 */
import type { Picture } from '../picture/picture.ts';
import { ModelWeights } from './model-weights.ts';
import {
  addGrids,
  convolve,
  convolveSeparably,
  type Grid,
  mix,
  poolMean,
  rectify,
} from './network-layers.ts';
import { type Box, squareOf } from './resample.ts';

/** In pixels of the picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

const INPUT_SIZE = 112;
const MEAN = [122.782, 117.001, 104.298];
const POINTS = 68;

export class FacePoints {
  readonly #weights = new ModelWeights('face_landmark_68_model');

  /** The points of the face in the box. */
  of(picture: Picture, face: Box): readonly Point[] {
    const box = withinPicture(picture, face);
    const input = squareOf(picture, box, { size: INPUT_SIZE, mean: MEAN, centred: true });
    const blocks = [0, 1, 2, 3].reduce((grid, block) => this.#block(grid, `dense${block}`), input);
    const { data } = mix(
      poolMean(blocks),
      this.#weights.filter('fc/weights'),
      this.#weights.filter('fc/bias'),
    );
    const side = Math.max(box.width, box.height);
    return Array.from({ length: POINTS }, (_, index) => ({
      x: box.x + (data[2 * index] ?? 0) * side - (side - box.width) / 2,
      y: box.y + (data[2 * index + 1] ?? 0) * side - (side - box.height) / 2,
    }));
  }

  #block(input: Grid, name: string): Grid {
    const weights = this.#weights;
    const first =
      name === 'dense0'
        ? convolve(input, weights.filter('dense0/conv0/filters'), weights.filter('dense0/conv0/bias'), {
            stride: 2,
            padding: 'same',
          })
        : convolveSeparably(input, weights.separable(`${name}/conv0`), 2);
    const parts: [Grid, ...Grid[]] = [rectify(first, 0)];
    for (const layer of [1, 2, 3])
      parts.push(
        convolveSeparably(rectify(addGrids(parts), 0), weights.separable(`${name}/conv${layer}`), 1),
      );
    return rectify(addGrids(parts), 0);
  }
}

function withinPicture(picture: Picture, face: Box): Box {
  const x = Math.max(0, Math.floor(face.x));
  const y = Math.max(0, Math.floor(face.y));
  return {
    x,
    y,
    width: Math.min(picture.width, Math.floor(face.x + face.width)) - x,
    height: Math.min(picture.height, Math.floor(face.y + face.height)) - y,
  };
}
