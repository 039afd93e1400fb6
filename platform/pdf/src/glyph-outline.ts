/**
 * A glyph as a path, for what is drawn and must not be read as text: the seal's characters and the warning word
 * hidden in the background pattern.
 *
 * OpenType 1.9, glyf (simple glyphs): quadratic curves, points off the curve imply points halfway between them.
 */
import type { FontFile } from './font-file.ts';

/** One step of a path; coordinates in font units, y upwards. */
export type PathStep =
  | readonly ['move' | 'line', number, number]
  | readonly ['curve', number, number, number, number]
  | readonly ['close'];

interface Point {
  readonly x: number;
  readonly y: number;
  readonly on: boolean;
}

const ON_CURVE = 1;
const SHORT_X = 2;
const SHORT_Y = 4;
const REPEAT = 8;
const SAME_X = 16;
const SAME_Y = 32;

/** The outline of a glyph; empty when it is blank. */
export function outlineOf(font: FontFile, glyph: number): readonly PathStep[] {
  const data = font.outlineBytes(glyph);
  if (data.byteLength === 0) return [];
  const contours = data.getInt16(0);
  const ends = Array.from({ length: contours }, (_, index) => data.getUint16(10 + index * 2));
  const points = readPoints(data, 10 + contours * 2, (ends.at(-1) ?? -1) + 1);
  return ends.flatMap((end, index) => contourPath(points.slice((ends[index - 1] ?? -1) + 1, end + 1)));
}

function readPoints(data: DataView, lengthAt: number, count: number): Point[] {
  let at = lengthAt + 2 + data.getUint16(lengthAt);
  const flags: number[] = [];
  while (flags.length < count) {
    const flag = data.getUint8(at++);
    const times = (flag & REPEAT) === 0 ? 1 : data.getUint8(at++) + 1;
    for (let time = 0; time < times; time++) flags.push(flag);
  }
  const axis = (short: number, same: number): number[] => {
    let value = 0;
    return flags.map((flag) => {
      if ((flag & short) !== 0) value += (flag & same) === 0 ? -data.getUint8(at++) : data.getUint8(at++);
      else if ((flag & same) === 0) {
        value += data.getInt16(at);
        at += 2;
      }
      return value;
    });
  };
  const xs = axis(SHORT_X, SAME_X);
  const ys = axis(SHORT_Y, SAME_Y);
  return flags.map((flag, index) => ({ x: xs[index] ?? 0, y: ys[index] ?? 0, on: (flag & ON_CURVE) !== 0 }));
}

function contourPath(points: readonly Point[]): PathStep[] {
  const first = points[0];
  if (first === undefined) return [];
  const last = points.at(-1) ?? first;
  const start = first.on ? first : last.on ? last : halfway(first, last);
  const steps: PathStep[] = [['move', start.x, start.y]];
  let control: Point | undefined;
  for (const point of [...points.slice(first.on ? 1 : 0), start]) {
    if (point.on && control === undefined) steps.push(['line', point.x, point.y]);
    else if (point.on && control !== undefined) {
      steps.push(['curve', control.x, control.y, point.x, point.y]);
      control = undefined;
    } else {
      if (control !== undefined) {
        const middle = halfway(control, point);
        steps.push(['curve', control.x, control.y, middle.x, middle.y]);
      }
      control = point;
    }
  }
  steps.push(['close']);
  return steps;
}

function halfway(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, on: true };
}
