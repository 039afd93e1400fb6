/**
 * Text to glyphs. Japanese official text needs no shaping beyond one: a character and the variation selector behind
 * it are one cluster with one glyph. What no face has is either refused or, where the caller chose so, drawn as a
 * substitute that is counted, so that the paper can say 「代替文字」.
 *
 * One shaper a document; it holds that document's counts and nothing of another's.
 */
import { codePointsOf, type Refusals } from './pdf-failure.ts';
import type { GlyphPlace, Typeface } from './typeface.ts';

/** A cluster and where its glyph is. `text` is what the paper's text layer says. */
export interface Glyph extends GlyphPlace {
  readonly text: string;
}

/** A character that was drawn as another one. */
export interface Substitute {
  /** Code points that the text asked for, `U+845B U+E0101`. */
  readonly wanted: string;
  /** Code points that were drawn. */
  readonly drawn: string;
  readonly count: number;
}

/** The caller's choice for a cluster that no face has; undefined refuses it. */
export type SubstituteFor = (cluster: string) => string | undefined;

/** Characters that one document may draw. */
export const CHARACTERS_MAX = 500_000;

const SELECTOR = /^[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]$/u;

/** The character of a variation sequence without its selector; undefined for a plain character. */
export const baseCharacter: SubstituteFor = (cluster) => {
  const [base, selector] = cluster;
  return selector === undefined ? undefined : base;
};

/** The clusters of a text: each character with the variation selector that follows it. */
export function splitClusters(text: string): readonly string[] {
  const clusters: string[] = [];
  for (const character of text) {
    const before = clusters.at(-1);
    if (before !== undefined && SELECTOR.test(character) && baseCharacter(before) === undefined) {
      clusters[clusters.length - 1] = before + character;
    } else clusters.push(character);
  }
  return clusters;
}

/** The clusters of a text that no face can draw, each once; line feeds are not text. */
export function missingClusters(typeface: Typeface, text: string): readonly string[] {
  const clusters = new Set(splitClusters(text.replaceAll('\n', '')));
  return [...clusters].filter((cluster) => typeface.find(cluster) === undefined);
}

/** Turns text into glyphs for one document. */
export class Shaper {
  readonly #typeface: Typeface;
  readonly #substituteFor: SubstituteFor | undefined;
  readonly #refusals: Refusals;
  readonly #known = new Map<string, Glyph>();
  readonly #substituted = new Map<string, { drawn: string; count: number }>();
  #characters = 0;

  constructor(typeface: Typeface, refusals: Refusals, substituteFor?: SubstituteFor) {
    this.#typeface = typeface;
    this.#refusals = refusals;
    this.#substituteFor = substituteFor;
  }

  /** The glyphs of one line of text; a missing character is noted as a refusal and left out. */
  shape(text: string): readonly Glyph[] {
    this.#characters += text.length;
    if (this.#characters > CHARACTERS_MAX) {
      this.#refusals.add('document-too-large', `more than ${CHARACTERS_MAX} characters`);
      return [];
    }
    const glyphs: Glyph[] = [];
    for (const cluster of splitClusters(text)) {
      const glyph = this.#known.get(cluster) ?? this.#find(cluster);
      if (glyph !== undefined) glyphs.push(glyph);
    }
    return glyphs;
  }

  /** What was drawn otherwise than asked, in the order of first use. */
  get substitutes(): readonly Substitute[] {
    return [...this.#substituted].map(([cluster, { drawn, count }]) => ({
      wanted: codePointsOf(cluster),
      drawn: codePointsOf(drawn),
      count,
    }));
  }

  #find(cluster: string): Glyph | undefined {
    const place = this.#typeface.find(cluster);
    if (place === undefined) return this.#substitute(cluster);
    const glyph = { ...place, text: cluster };
    this.#known.set(cluster, glyph);
    return glyph;
  }

  #substitute(cluster: string): Glyph | undefined {
    const drawn = this.#substituteFor?.(cluster);
    const place = drawn === undefined ? undefined : this.#typeface.find(drawn);
    if (drawn === undefined || place === undefined || splitClusters(drawn).length !== 1) {
      this.#refusals.addMissing(cluster);
      return undefined;
    }
    const noted = this.#substituted.get(cluster);
    this.#substituted.set(cluster, { drawn, count: (noted?.count ?? 0) + 1 });
    return { ...place, text: drawn };
  }
}
