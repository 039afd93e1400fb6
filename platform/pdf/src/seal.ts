/**
 * A seal as vectors: frame and characters in the cinnabar of stamp ink, read in columns from the right. It stands
 * in for the registered image of an official seal (公印) and is drawn as outlines, so that no search or screen
 * reader takes it for text of the paper.
 */
import type { SealItem } from './document-spec.ts';
import { outlineOf, type PathStep } from './glyph-outline.ts';
import type { Colour, Mark } from './marks.ts';
import type { Refusals } from './pdf-failure.ts';
import { splitClusters } from './shaper.ts';
import type { Typeface } from './typeface.ts';

const CINNABAR: Colour = '#d7301f';
const CHARACTERS_MAX = 16;

/** Frame, stroke and gaps as shares of the seal's size. */
const FRAME = 0.045;
const STROKE = 0.006;
const GAP = 0.02;
/** The square inside a circle, with room for the frame. */
const ROUND_FIELD = 0.64;

/** The marks of a seal whose corner is at (x, y). */
export function sealMarks(
  typeface: Typeface,
  refusals: Refusals,
  seal: SealItem,
  x_mm: number,
  y_mm: number,
): readonly Mark[] {
  const clusters = splitClusters(seal.text);
  if (clusters.length < 1 || clusters.length > CHARACTERS_MAX) {
    throw new Error(`a seal has 1 to ${CHARACTERS_MAX} characters`);
  }
  const colour = seal.colour ?? CINNABAR;
  const size = seal.size_mm;
  const frame = size * FRAME;
  const field = seal.shape === 'round' ? size * ROUND_FIELD : size - 2 * frame - 2 * GAP * size;
  const inset = (size - field) / 2;
  const marks: Mark[] = [frameMark(seal, x_mm, y_mm, frame, colour)];
  for (const { cluster, ...cell } of arrange(clusters, field)) {
    const place = typeface.find(cluster);
    const file = place === undefined ? undefined : typeface.faces[place.face];
    if (place === undefined || file === undefined) {
      refusals.addMissing(cluster);
      continue;
    }
    const steps = outlineOf(file, place.glyph);
    const placed = intoCell(steps, {
      x: x_mm + inset + cell.x + (GAP * size) / 2,
      y: y_mm + inset + cell.y + (GAP * size) / 2,
      width: cell.width - GAP * size,
      height: cell.height - GAP * size,
    });
    marks.push({ kind: 'outline', steps, placed, colour, stroke_mm: size * STROKE });
  }
  return marks;
}

interface CellBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Columns from the right, each filled from top to bottom; a column with fewer characters has taller ones. */
function arrange(clusters: readonly string[], field: number): readonly (CellBox & { cluster: string })[] {
  const columns = Math.ceil(Math.sqrt(clusters.length));
  const width = field / columns;
  let next = 0;
  return Array.from({ length: columns }, (_, column) => {
    const count = Math.ceil((clusters.length - next) / (columns - column));
    const inColumn = clusters.slice(next, next + count);
    next += count;
    const height = field / count;
    const x = field - (column + 1) * width;
    return inColumn.map((cluster, row) => ({ cluster, x, y: row * height, width, height }));
  }).flat();
}

function frameMark(seal: SealItem, x_mm: number, y_mm: number, frame_mm: number, colour: Colour): Mark {
  const size = seal.size_mm - frame_mm;
  return {
    kind: 'shape',
    shape: seal.shape === 'round' ? 'circle' : 'box',
    boxes_mm: [[x_mm + frame_mm / 2, y_mm + frame_mm / 2, size, size]],
    stroke: { colour, width_mm: frame_mm },
  };
}

/** Stretches an outline to a cell, as seal script fills its field; thin characters such as 一 keep their weight. */
function intoCell(steps: readonly PathStep[], cell: CellBox): { a: number; d: number; e: number; f: number } {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const step of steps) {
    for (let at = 1; at + 1 < step.length; at += 2) {
      xs.push(Number(step[at]));
      ys.push(Number(step[at + 1]));
    }
  }
  const box = {
    left: Math.min(...xs),
    right: Math.max(...xs),
    bottom: Math.min(...ys),
    top: Math.max(...ys),
  };
  const width = Math.max(box.right - box.left, 1);
  const height = Math.max(box.top - box.bottom, 1);
  const larger = Math.max(width, height);
  const a = cell.width / Math.max(width, larger * 0.7);
  const d = cell.height / Math.max(height, larger * 0.7);
  return {
    a,
    d: -d,
    e: cell.x + (cell.width - width * a) / 2 - box.left * a,
    f: cell.y + (cell.height - height * d) / 2 + box.top * d,
  };
}
