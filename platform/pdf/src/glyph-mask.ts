/**
 * Glyphs as a grid of covered squares, for asking quickly whether a point lies in a word. Made heavier on the way:
 * the thin strokes of a Mincho would otherwise slip between the lines of a screen.
 */
import type { PathStep } from './glyph-outline.ts';

/** Squares to a millimetre. */
const FINENESS = 10;
const CURVE_PARTS = 4;

/** An outline with its place: x' = scale·x + x, y' = y − scale·y, in millimetres. */
export interface PlacedOutline {
  readonly steps: readonly PathStep[];
  readonly scale: number;
  readonly x_mm: number;
  readonly y_mm: number;
}

type Edge = readonly [x1: number, y1: number, x2: number, y2: number];

/** Which points of a rectangle the outlines cover. */
export class GlyphMask {
  readonly #width: number;
  readonly #height: number;
  readonly #covered: Uint8Array;

  /** @param heavier_mm by how much each stroke grows on every side */
  constructor(width_mm: number, height_mm: number, outlines: readonly PlacedOutline[], heavier_mm: number) {
    this.#width = Math.ceil(width_mm * FINENESS);
    this.#height = Math.ceil(height_mm * FINENESS);
    this.#covered = new Uint8Array(this.#width * this.#height);
    for (const outline of outlines) this.#fill(edgesOf(outline), Math.round(heavier_mm * FINENESS));
  }

  /** Whether a point is covered; nothing is outside the rectangle. */
  covers(x_mm: number, y_mm: number): boolean {
    const x = Math.floor(x_mm * FINENESS);
    const y = Math.floor(y_mm * FINENESS);
    if (x < 0 || x >= this.#width || y < 0 || y >= this.#height) return false;
    return this.#covered[y * this.#width + x] === 1;
  }

  /** Fills row by row between the crossings where the winding number is not nought. */
  #fill(edges: readonly Edge[], heavier: number): void {
    let [top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const [, y1, , y2] of edges) {
      top = Math.min(top, y1, y2);
      bottom = Math.max(bottom, y1, y2);
    }
    const last = Math.min(this.#height - 1, Math.ceil(bottom * FINENESS));
    for (let row = Math.max(0, Math.floor(top * FINENESS) - 1); row <= last; row++) {
      const y = (row + 0.5) / FINENESS;
      const crossings = edges
        .filter(([, y1, , y2]) => y1 <= y !== y2 <= y)
        .map(([x1, y1, x2, y2]) => ({ x: x1 + ((y - y1) / (y2 - y1)) * (x2 - x1), turn: y1 < y2 ? 1 : -1 }))
        .sort((a, b) => a.x - b.x);
      let winding = 0;
      for (const [index, { x, turn }] of crossings.entries()) {
        winding += turn;
        const next = crossings[index + 1];
        if (winding !== 0 && next !== undefined) this.#cover(row, x * FINENESS, next.x * FINENESS, heavier);
      }
    }
  }

  #cover(row: number, from: number, to: number, heavier: number): void {
    const left = Math.max(Math.round(from) - heavier, 0);
    const right = Math.min(Math.round(to) + heavier, this.#width);
    const last = Math.min(row + heavier, this.#height - 1);
    for (let y = Math.max(row - heavier, 0); y <= last; y++) {
      this.#covered.fill(1, y * this.#width + left, y * this.#width + right);
    }
  }
}

/** The outline's edges, curves as a few straight parts. */
function edgesOf({ steps, scale, x_mm, y_mm }: PlacedOutline): readonly Edge[] {
  const edges: Edge[] = [];
  let [x, y] = [0, 0];
  const lineTo = (toX: number, toY: number): void => {
    edges.push([x_mm + x * scale, y_mm - y * scale, x_mm + toX * scale, y_mm - toY * scale]);
    [x, y] = [toX, toY];
  };
  let start: readonly [number, number] = [0, 0];
  for (const step of steps) {
    if (step[0] === 'move') {
      [x, y] = [step[1], step[2]];
      start = [x, y];
    } else if (step[0] === 'line') lineTo(step[1], step[2]);
    else if (step[0] === 'close') lineTo(start[0], start[1]);
    else if (step[0] === 'curve') {
      const [fromX, fromY] = [x, y];
      const [, cx, cy, toX, toY] = step;
      for (let part = 1; part <= CURVE_PARTS; part++) {
        const t = part / CURVE_PARTS;
        const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
        lineTo(a * fromX + b * cx + c * toX, a * fromY + b * cy + c * toY);
      }
    }
  }
  return edges;
}
