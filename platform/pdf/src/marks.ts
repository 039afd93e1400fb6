/**
 * What a layout produces and a painter draws: marks at places on pages, each page's marks grouped in leaves of the
 * document's logical structure. Plain values; lengths in millimetres from the page's top left corner.
 */
import type { PathStep } from './glyph-outline.ts';
import type { Glyph } from './shaper.ts';

/** A colour, `#rrggbb`. */
export type Colour = `#${string}`;

/** Glyphs on one line. */
export interface TextMark {
  readonly kind: 'text';
  readonly x_mm: number;
  readonly baseline_mm: number;
  readonly size_pt: number;
  /** Horizontal scale; 1 is as designed (長体 below 1). */
  readonly condense: number;
  /** Extra space after each glyph (均等割付). */
  readonly spacing_mm: number;
  readonly glyphs: readonly Glyph[];
  readonly colour: Colour;
}

/** Text whose glyphs stand apart but read as one word. */
export interface SpreadMark {
  readonly kind: 'spread';
  readonly reads: string;
  readonly marks: readonly TextMark[];
}

/** Straight rules of one look. */
export interface RulesMark {
  readonly kind: 'rules';
  /** x and y of one end, x and y of the other. */
  readonly lines_mm: readonly (readonly [number, number, number, number])[];
  readonly width_mm: number;
  readonly dash_mm?: number;
  readonly colour: Colour;
}

/** Rectangles or circles of one look. */
export interface ShapeMark {
  readonly kind: 'shape';
  readonly shape: 'box' | 'circle';
  /** x, y, width, height of each (for a circle, of the square around it). */
  readonly boxes_mm: readonly (readonly [number, number, number, number])[];
  readonly fill?: Colour;
  readonly stroke?: { readonly colour: Colour; readonly width_mm: number };
}

/** A path scaled and moved: x' = a·x + e, y' = d·y + f. */
export interface OutlineMark {
  readonly kind: 'outline';
  readonly steps: readonly PathStep[];
  readonly placed: { readonly a: number; readonly d: number; readonly e: number; readonly f: number };
  readonly colour: Colour;
  /** A line along the outline makes it heavier. */
  readonly stroke_mm: number;
}

/** A photograph. */
export interface ImageMark {
  readonly kind: 'image';
  /** x, y, width, height. */
  readonly box_mm: readonly [number, number, number, number];
  readonly jpeg: Uint8Array;
}

export type Mark = TextMark | SpreadMark | RulesMark | ShapeMark | OutlineMark | ImageMark;

/** A node of the logical structure (ISO 32000-1, 14.8.4). */
export interface StructureNode {
  /** The same key is the same node, also on another page. */
  readonly key: string;
  readonly tag: 'H1' | 'P' | 'Table' | 'TR' | 'TH' | 'TD' | 'Figure';
  readonly alt?: string;
  /** For a TH. */
  readonly heads?: 'Row' | 'Column';
}

/** Marks that belong to one node; without a path they are decoration (an artifact). */
export interface Leaf {
  readonly path: readonly StructureNode[];
  readonly marks: readonly Mark[];
  /** Drawn before the text and rules of the page: shades, and a seal, which is under the name that it overlaps. */
  readonly under?: boolean;
}

/** One page, ready to be painted. */
export interface PageLayout {
  readonly leaves: readonly Leaf[];
}

/** Millimetres in a typographic point. */
export const MM_PER_PT = 25.4 / 72;
