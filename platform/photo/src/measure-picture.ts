/**
 * Everything that a program can say of a portrait, in numbers and without judging: who applies rules to them sets the bounds.
 * Lengths are shares of the picture's height or width, so that they do not depend on its pixels.
 */
import { ok, type Result } from '@ishizue/outcome';
import { FacePoints, type Point } from './faces/face-points.ts';
import { FaceFinder } from './faces/find-faces.ts';
import {
  type BackgroundMeasures,
  backgroundOf,
  type LightMeasures,
  lightOf,
  sharpnessOf,
} from './measure-pixels.ts';
import { decodePicture, encodeJpeg, shrinkTo, turnUpright } from './picture/decode-picture.ts';
import { readExif } from './picture/exif.ts';
import { likenessOf } from './picture/likeness.ts';
import type { Picture } from './picture/picture.ts';
import type { PictureFailure } from './picture/picture-failure.ts';
import { readPictureHeader } from './picture/picture-header.ts';

export interface HeadMeasures {
  /** From chin to crown, of the picture's height. The crown is guessed: the eyes are half-way up a head. */
  readonly height: number;
  /** From the upper edge to the crown, of the picture's height; negative where it is cut off. */
  readonly above: number;
  /** How far the middle of the face is from the middle of the picture, of its width; right is positive. */
  readonly aside: number;
  /** How far the line through the eyes is from level. */
  readonly tilt_degrees: number;
  /** 0 where the nose is half-way between the edges of the jaw, 1 where it is at one of them. */
  readonly turned: number;
  /** How far the eyes are open: the height of their opening by its width, the mean of both. */
  readonly eyes_open: number;
}

export interface PictureMeasures {
  readonly kind: 'jpeg' | 'png';
  readonly bytes: number;
  /** Upright, in pixels. */
  readonly width: number;
  readonly height: number;
  /** `YYYY-MM-DD` by the camera's clock; null where the picture does not say. */
  readonly takenOn: string | null;
  /** How sure the finder is of each face, the surest first; only those that it is at all sure of. */
  readonly faces: readonly number[];
  /** Of the surest face; null where there is none. */
  readonly head: HeadMeasures | null;
  readonly background: BackgroundMeasures;
  readonly light: LightMeasures;
  /** The variance of the Laplacian over the face brought to 112 pixels; small where it is blurred. */
  readonly sharpness: number;
  /** 16 hex digits; pictures of which few bits differ look alike. */
  readonly likeness: string;
}

/** The measures, and the picture that may be kept: upright, a JPEG, without anything but its pixels. */
export interface MeasuredPicture {
  readonly measures: PictureMeasures;
  readonly kept: Uint8Array;
}

/** The edge of the picture that is looked at: what is larger tells a program no more. */
const WORKING_EDGE = 640;
const KEPT_EDGE = 1600;
const SCORE_MIN = 0.3;

export class PictureMeasurer {
  readonly #finder = new FaceFinder();
  readonly #points = new FacePoints();

  measure(bytes: Buffer): Result<MeasuredPicture, PictureFailure> {
    const header = readPictureHeader(bytes);
    if (!header.ok) return header;
    const decoded = decodePicture(bytes, header.value);
    if (!decoded.ok) return decoded;
    const { takenOn = null, orientation } = readExif(header.value.exif);
    const kept = turnUpright(shrinkTo(decoded.value, KEPT_EDGE), orientation);
    const working = shrinkTo(kept, WORKING_EDGE);
    const isTurned = orientation >= 5;
    const { width, height } = header.value;
    return ok({
      measures: {
        kind: header.value.kind,
        bytes: bytes.length,
        width: isTurned ? height : width,
        height: isTurned ? width : height,
        takenOn,
        ...this.#look(working),
      },
      kept: encodeJpeg(kept),
    });
  }

  #look(
    picture: Picture,
  ): Pick<PictureMeasures, 'faces' | 'head' | 'background' | 'light' | 'sharpness' | 'likeness'> {
    const faces = this.#finder.find(picture, SCORE_MIN);
    const [face] = faces;
    const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
    const points = face && this.#points.of(picture, face);
    return {
      faces: faces.map(({ score }) => Math.round(score * 1000) / 1000),
      head: points ? headOf(points, picture) : null,
      background: backgroundOf(picture, face),
      light: lightOf(picture, face ?? whole),
      sharpness: sharpnessOf(picture, face ?? whole),
      likeness: likenessOf(picture, face ?? whole),
    };
  }
}

const middle = (points: readonly Point[]): Point => ({
  x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
  y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
});

const between = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);

function headOf(points: readonly Point[], picture: Picture): HeadMeasures {
  const get = (index: number): Point => {
    const point = points[index];
    if (!point) throw new Error('a face has 68 points');
    return point;
  };
  const eye = (first: number): readonly Point[] => points.slice(first, first + 6);
  const [right, left] = [middle(eye(36)), middle(eye(42))];
  const eyes = middle([right, left]);
  const head = 2 * between(get(8), eyes);
  const [jawRight, jawLeft, nose] = [get(0), get(16), get(30)];
  const across = { x: jawLeft.x - jawRight.x, y: jawLeft.y - jawRight.y };
  const along = (nose.x - jawRight.x) * across.x + (nose.y - jawRight.y) * across.y;
  const open = (first: number): number =>
    (between(get(first + 1), get(first + 5)) + between(get(first + 2), get(first + 4))) /
    (2 * between(get(first), get(first + 3)));
  const rounded = (value: number): number => Math.round(value * 1000) / 1000;
  return {
    height: rounded(head / picture.height),
    above: rounded((get(8).y - head) / picture.height),
    aside: rounded((middle([jawRight, jawLeft]).x - picture.width / 2) / picture.width),
    tilt_degrees: rounded((Math.atan2(left.y - right.y, left.x - right.x) * 180) / Math.PI),
    turned: rounded(Math.abs(along / (across.x ** 2 + across.y ** 2) - 0.5) * 2),
    eyes_open: rounded((open(36) + open(42)) / 2),
  };
}
