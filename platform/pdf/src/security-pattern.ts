/**
 * The background of a certificate (地紋): a wave screen that hides a warning word (けん制文字, usually 「複写」) from
 * the eye and shows it on a copy; round it a band and in its middle a rosette of interlaced curves, hard to redraw.
 *
 * Vectors only, made once and shared: a value that nothing changes afterwards.
 */
import { deflateSync } from 'node:zlib';
import { fail, ok, type Result } from '@ishizue/outcome';
import { GlyphMask, type PlacedOutline } from './glyph-mask.ts';
import { outlineOf } from './glyph-outline.ts';
import type { Colour } from './marks.ts';
import { PAGE_MM } from './page-size.ts';
import { codePointsOf } from './pdf-failure.ts';
import { splitClusters } from './shaper.ts';
import type { Typeface } from './typeface.ts';
import { TILE_MM, warningScreen } from './warning-screen.ts';

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

const WARNING_MM = 31;
const HEAVIER_MM = 0.2;
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
  const word = maskOf(typeface, look.warning);
  if (!word.ok) return word;
  const swing = BAND.amplitude + 1;
  const page = [screenOf(look.screen ?? SCREEN), ornamentOf(look.ornament ?? ORNAMENT)].join('\n');
  return ok({
    forms: [
      form('Tile', [-1, -1, TILE_MM.width + 1, TILE_MM.height + 1], warningScreen(word.value)),
      form('Band', [-1, -swing, BAND.period + 1, swing], band()),
      ...ROSETTES.map((rosette) => form(rosette.name, [-60, -60, 60, 60], petal(rosette))),
      form('Page', [0, 0, PAGE_MM.width, PAGE_MM.height], page),
    ],
  });
}

function maskOf(typeface: Typeface, warning: string): Result<GlyphMask, 'glyph-missing'> {
  const clusters = splitClusters(warning);
  if (clusters.length < 1 || clusters.length > 4) throw new Error('a warning word has 1 to 4 characters');
  const size_mm = Math.min(WARNING_MM, (TILE_MM.width * 0.9) / clusters.length);
  const left_mm = (TILE_MM.width - size_mm * clusters.length) / 2;
  const outlines: PlacedOutline[] = [];
  for (const [index, cluster] of clusters.entries()) {
    const place = typeface.find(cluster);
    const file = place === undefined ? undefined : typeface.faces[place.face];
    if (place === undefined || file === undefined) return fail('glyph-missing', codePointsOf(cluster));
    const scale = size_mm / file.metrics.unitsPerEm;
    outlines.push({
      steps: outlineOf(file, place.glyph),
      scale,
      x_mm: left_mm + index * size_mm,
      y_mm: (TILE_MM.height - size_mm) / 2 + file.metrics.ascent * scale,
    });
  }
  return ok(new GlyphMask(TILE_MM.width, TILE_MM.height, outlines, HEAVIER_MM));
}

function form(name: string, bbox: PatternForm['bbox'], content: string): PatternForm {
  return Object.freeze({ name, bbox: Object.freeze(bbox), data: deflateSync(content) });
}

/** Tiles over the page, every second row moved by half a tile. */
function screenOf(colour: Colour): string {
  const places: string[] = [];
  for (let row = 0; row * TILE_MM.height < PAGE_MM.height; row++) {
    for (let x = row % 2 === 0 ? 0 : -TILE_MM.width / 2; x < PAGE_MM.width; x += TILE_MM.width) {
      places.push(`q 1 0 0 1 ${n(x)} ${n(row * TILE_MM.height)} cm /Tile Do Q`);
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

function strokeColour(colour: Colour): string {
  const parts = [1, 3, 5].map((at) => n(Number.parseInt(colour.slice(at, at + 2), 16) / 255));
  return `${parts.join(' ')} RG`;
}

function n(value: number): number {
  return Math.round(value * 1000) / 1000 + 0; // no minus nought
}
