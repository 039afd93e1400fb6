/**
 * The wave screen with its warning word (けん制文字): fine lines everywhere but in the word, which is set in lines
 * twice as thick and twice as far apart. Both are equally dark to the eye; a copier loses the fine ones.
 *
 * The lines are cut where they enter and leave the word instead of being clipped by it: clipping costs a printer
 * several times as long.
 */
import type { GlyphMask } from './glyph-mask.ts';

/** A tile holds whole periods and an even number of fine lines, so that tiles join without a seam. */
export const TILE_MM = Object.freeze({ width: 70, height: 49.6 });

const FINE = { pitch_mm: 0.4, line_mm: 0.075 };
const COARSE = { pitch_mm: 0.8, line_mm: 0.15 };
const WAVE = { period_mm: 17.5, amplitude_mm: 0.5 };
const SAMPLE_MM = 0.1;
const CURVE_MM = WAVE.period_mm / 4; // a cubic this long is nowhere off the wave by more than a hundredth
const SHORTEST_MM = 0.2;

/** PDF operators that stroke one tile. */
export function warningScreen(word: GlyphMask): string {
  return [
    `${FINE.line_mm} w`,
    ...linesWhere(FINE.pitch_mm, (x, y) => !word.covers(x, y)),
    `${COARSE.line_mm} w`,
    ...linesWhere(COARSE.pitch_mm, (x, y) => word.covers(x, y)),
  ].join('\n');
}

function linesWhere(pitch_mm: number, isWanted: (x: number, y: number) => boolean): readonly string[] {
  const rows = Array.from({ length: Math.round(TILE_MM.height / pitch_mm) }, (_, row) => row * pitch_mm);
  return rows.flatMap((top) => spans(top, isWanted).map(([from, to]) => stroke(top, from, to)));
}

/** The stretches of a line on which points are wanted. */
function spans(
  top: number,
  isWanted: (x: number, y: number) => boolean,
): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  const samples = Math.round(TILE_MM.width / SAMPLE_MM);
  let start: number | undefined;
  for (let sample = 0; sample <= samples; sample++) {
    const x = sample * SAMPLE_MM;
    const isIn = sample < samples && isWanted(x + SAMPLE_MM / 2, heightAt(top, x + SAMPLE_MM / 2));
    if (isIn) start ??= x;
    else if (start !== undefined) {
      if (x - start >= SHORTEST_MM) found.push([start, x]);
      start = undefined;
    }
  }
  return found;
}

/** The wave from one x to another, as cubics with its slopes, cut at the same places on every line. */
function stroke(top: number, from: number, to: number): string {
  const operators = [`${at(from)} ${at(heightAt(top, from))} m`];
  for (let x1 = from; x1 < to; ) {
    const x2 = Math.min((Math.floor(x1 / CURVE_MM + 1e-9) + 1) * CURVE_MM, to);
    const third = (x2 - x1) / 3;
    const y1 = heightAt(top, x1) + slopeAt(x1) * third;
    const y2 = heightAt(top, x2) - slopeAt(x2) * third;
    operators.push([x1 + third, y1, x2 - third, y2, x2, heightAt(top, x2)].map(at).join(' '), 'c');
    x1 = x2;
  }
  return `${operators.join(' ')} S`;
}

function heightAt(top: number, x: number): number {
  return top + WAVE.amplitude_mm * Math.cos((2 * Math.PI * x) / WAVE.period_mm);
}

function slopeAt(x: number): number {
  const turn = (2 * Math.PI) / WAVE.period_mm;
  return -WAVE.amplitude_mm * turn * Math.sin(turn * x);
}

/** Hundredths of a millimetre are finer than any printer. */
function at(value: number): number {
  return Math.round(value * 100) / 100;
}
