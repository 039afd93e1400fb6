/**
 * The background of a certificate (地紋): a wave screen of fine lines in which a warning word (けん制文字, usually
 * 「複写」) is set in lines twice as coarse and twice as far apart. Both are equally dark to the eye; a copier loses
 * the fine ones and the word appears. Round it a band and a rosette of interlaced curves, hard to redraw.
 *
 * Vectors only, made once and shared: a value that nothing changes afterwards.
 */
import { deflateSync } from 'node:zlib';
import { fail, ok, type Result } from '@ishizue/outcome';
import { PAGE_MM } from './document-spec.ts';
import { outlineOf, type PathStep } from './glyph-outline.ts';
import type { Colour } from './marks.ts';
import { codePointsOf } from './pdf-failure.ts';
import { splitClusters } from './shaper.ts';
import type { Typeface } from './typeface.ts';

/** A form XObject: deflated content in millimetres; a form may use those before it. */
interface PatternForm {
  readonly name: string;
  readonly bbox: readonly [number, number, number, number];
  readonly data: Uint8Array;
}

/** A background ready to be embedded; the last form covers the page. */
export interface SecurityPattern {
  readonly forms: readonly PatternForm[];
}

/** How a background looks. */
export interface SecurityPatternLook {
  /** The word that copies show; 1 to 4 characters. */
  readonly warning: string;
  readonly screen?: Colour;
  readonly ornament?: Colour;
}

const SCREEN: Colour = '#8fbfae';
const ORNAMENT: Colour = '#dfb3a6';

/** The screen: one tile holds whole periods and an even number of lines, so that tiles join without a seam. */
const TILE = { width: 70, height: 49.5 };
const FINE = { pitch: 0.45, line: 0.085 };
const WAVE = { period: 17.5, amplitude: 0.55 };
const WARNING_MM = 21;
/** The word is drawn four times, this far apart: the thin strokes of a Mincho would slip between the coarse lines. */
const EMBOLDEN_MM = 0.3;
/** The band along the edges: interlaced strands, repeated by the period. */
const BAND = { inset: 8, period: 8, amplitude: 2.4, strands: 7 };
const PETALS = 12;
const ROSETTES = [
  { name: 'Outer', radius: 34, swing: 10, strands: 10 },
  { name: 'Inner', radius: 18, swing: 6, strands: 7 },
];

/** Draws a background whose warning word is set in the typeface. */
export function createSecurityPattern(
  typeface: Typeface,
  look: SecurityPatternLook,
): Result<SecurityPattern, 'glyph-missing'> {
  const clusters = splitClusters(look.warning);
  if (clusters.length < 1 || clusters.length > 4) throw new Error('a warning word has 1 to 4 characters');
  const size_mm = Math.min(WARNING_MM, (TILE.width * 0.9) / clusters.length);
  const left = (TILE.width - size_mm * clusters.length) / 2;
  const outlines: string[] = [];
  for (const [index, cluster] of clusters.entries()) {
    const place = typeface.find(cluster);
    const file = place === undefined ? undefined : typeface.faces[place.face];
    if (place === undefined || file === undefined) return fail('glyph-missing', codePointsOf(cluster));
    const scale = size_mm / file.metrics.unitsPerEm;
    const baseline = (TILE.height - size_mm) / 2 + file.metrics.ascent * scale;
    outlines.push(pathOf(outlineOf(file, place.glyph), scale, left + index * size_mm, baseline));
  }
  const word = outlines.join(' ');
  const page = [screenOf(look.screen ?? SCREEN), ornamentOf(look.ornament ?? ORNAMENT)].join('\n');
  const margin = WAVE.amplitude + 1;
  const swing = BAND.amplitude + 1;
  return ok({
    forms: [
      form('Wave', [-1, -margin, TILE.width + 1, margin], wave()),
      form('Tile', [0, 0, TILE.width, TILE.height], tile(word)),
      form('Band', [-1, -swing, BAND.period + 1, swing], band()),
      ...ROSETTES.map((rosette) => form(rosette.name, [-60, -60, 60, 60], petal(rosette))),
      form('Page', [0, 0, PAGE_MM.width, PAGE_MM.height], page),
    ],
  });
}

function form(name: string, bbox: PatternForm['bbox'], content: string): PatternForm {
  return Object.freeze({ name, bbox: Object.freeze(bbox), data: deflateSync(content) });
}

/** One line of the screen across a tile: a cosine, a cubic for each half period. */
function wave(): string {
  const half = WAVE.period / 2;
  const parts = [`0 ${n(WAVE.amplitude)} m`];
  for (let index = 0; index < TILE.width / half; index++) {
    const from = index % 2 === 0 ? WAVE.amplitude : -WAVE.amplitude;
    const x = index * half;
    const held = half * 0.3642; // the control points that bring a cubic closest to half a cosine
    parts.push(`${n(x + held)} ${n(from)} ${n(x + half - held)} ${n(-from)} ${n(x + half)} ${n(-from)} c`);
  }
  return `${parts.join(' ')} S`;
}

function tile(word: string): string {
  const passes = [-1, 1].flatMap((x) => [-1, 1].map((y) => [x * EMBOLDEN_MM, y * EMBOLDEN_MM] as const));
  const everything = `0 0 ${n(TILE.width)} ${n(TILE.height)} re`;
  return [
    `${everything} W n q ${screenLines(1)} Q 1 g`,
    ...passes.map(
      ([dx, dy]) =>
        `q 1 0 0 1 ${n(dx)} ${n(dy)} cm\n${word}\nW n 1 0 0 1 ${n(-dx)} ${n(-dy)} cm ${everything} f ${screenLines(2)} Q`,
    ),
  ].join('\n');
}

/** Lines `times` as far apart and as thick as the fine ones, over a whole tile. */
function screenLines(times: number): string {
  const step = FINE.pitch * times;
  const lines = Math.ceil(TILE.height / step) + 4;
  const next = `/Wave Do 1 0 0 1 0 ${n(step)} cm\n`;
  return `${n(FINE.line * times)} w 1 0 0 1 0 ${n(-2 * step)} cm\n${next.repeat(lines)}`;
}

/** Tiles over the page, every second row moved by half a tile. */
function screenOf(colour: Colour): string {
  const places: string[] = [];
  for (let row = 0; row * TILE.height < PAGE_MM.height; row++) {
    for (let x = row % 2 === 0 ? 0 : -TILE.width / 2; x < PAGE_MM.width; x += TILE.width) {
      places.push(`q 1 0 0 1 ${n(x)} ${n(row * TILE.height)} cm /Tile Do Q`);
    }
  }
  return `${strokeColour(colour)} ${places.join('\n')}`;
}

/** Band and rosette: each small form set down again and again. */
function ornamentOf(colour: Colour): string {
  const { inset, period, amplitude } = BAND;
  const edge = (place: string, length: number): string => {
    const times = Math.round(length / period);
    const next = `/Band Do 1 0 0 1 ${period} 0 cm\n`;
    return `q ${place} cm ${n(length / (times * period))} 0 0 1 0 0 cm\n${next.repeat(times)}Q`;
  };
  const across = PAGE_MM.width - 2 * (inset - amplitude);
  const down = PAGE_MM.height - 2 * (inset - amplitude);
  const start = inset - amplitude;
  const [cos, sin] = [Math.cos((2 * Math.PI) / PETALS), Math.sin((2 * Math.PI) / PETALS)].map(n);
  const turned = (name: string): string => `/${name} Do ${cos} ${sin} ${-(sin ?? 0)} ${cos} 0 0 cm\n`;
  return [
    `${strokeColour(colour)} 0.09 w`,
    edge(`1 0 0 1 ${n(start)} ${inset}`, across),
    edge(`1 0 0 1 ${n(start)} ${PAGE_MM.height - inset}`, across),
    edge(`0 1 1 0 ${inset} ${n(start)}`, down),
    edge(`0 1 1 0 ${PAGE_MM.width - inset} ${n(start)}`, down),
    ...ROSETTES.map(({ name }) => {
      const centre = `1 0 0 1 ${PAGE_MM.width / 2} ${PAGE_MM.height / 2} cm`;
      return `q ${centre}\n${turned(name).repeat(PETALS)}Q`;
    }),
  ].join('\n');
}

/** One period of the strands. */
function band(): string {
  const steps = 8;
  return phases(BAND.strands)
    .map((phase) => {
      const swing = (t: number): number => BAND.amplitude * Math.sin(2 * Math.PI * t + phase);
      return smooth((index) => [(BAND.period * index) / steps, swing(index / steps)], steps);
    })
    .join('\n');
}

/** One of twelve sectors: strands whose radius swings once. */
function petal({ radius, swing, strands }: (typeof ROSETTES)[number]): string {
  const steps = 8;
  return phases(strands)
    .map((phase) =>
      smooth((index) => {
        const angle = (2 * Math.PI * index) / (PETALS * steps);
        const reach = radius + swing * Math.sin(PETALS * angle + phase);
        return [reach * Math.cos(angle), reach * Math.sin(angle)];
      }, steps),
    )
    .join('\n');
}

function phases(strands: number): readonly number[] {
  return Array.from({ length: strands }, (_, strand) => (2 * Math.PI * strand) / strands);
}

/** A stroked curve through the points 0 to `steps` (Catmull-Rom as cubics); it looks one point beyond each end. */
function smooth(at: (index: number) => readonly [number, number], steps: number): string {
  const parts = [`${at(0).map(n).join(' ')} m`];
  for (let index = 0; index < steps; index++) {
    const [before, from, to, after] = [at(index - 1), at(index), at(index + 1), at(index + 2)];
    const c1 = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6] as const;
    const c2 = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6] as const;
    parts.push(`${[...c1, ...c2, ...to].map(n).join(' ')} c`);
  }
  return `${parts.join(' ')} S`;
}

function pathOf(steps: readonly PathStep[], scale: number, x: number, baseline: number): string {
  let [px, py] = [0, 0];
  const place = (fx: number, fy: number): [number, number] => [x + fx * scale, baseline - fy * scale];
  return steps
    .map((step) => {
      if (step[0] === 'close') return 'h';
      const [tx, ty] = step[0] === 'curve' ? place(step[3], step[4]) : place(step[1], step[2]);
      const [fromX, fromY] = [px, py];
      [px, py] = [tx, ty];
      if (step[0] !== 'curve') return `${n(tx)} ${n(ty)} ${step[0] === 'move' ? 'm' : 'l'}`;
      const [cx, cy] = place(step[1], step[2]);
      const c1 = [fromX + ((cx - fromX) * 2) / 3, fromY + ((cy - fromY) * 2) / 3];
      const c2 = [tx + ((cx - tx) * 2) / 3, ty + ((cy - ty) * 2) / 3];
      return `${[...c1, ...c2, tx, ty].map(n).join(' ')} c`;
    })
    .join(' ');
}

function strokeColour(colour: Colour): string {
  const parts = [1, 3, 5].map((at) => n(Number.parseInt(colour.slice(at, at + 2), 16) / 255));
  return `${parts.join(' ')} RG`;
}

function n(value: number): number {
  return Math.round(value * 1000) / 1000 + 0; // no minus nought
}
