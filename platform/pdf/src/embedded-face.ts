/**
 * One document's use of a face: which clusters it draws, and the subset that it embeds. It answers what pdfkit asks
 * of "an already parsed font" (pdfkit 0.20: the documented part of fontkit's Font), so that no font is parsed twice.
 *
 * Invariant: every cluster has a character code of its own, even where two share a glyph, so that the text layer
 * gives back exactly what was set (ToUnicode maps one code to one text). Made anew for each document.
 */
import type { FontFile } from './font-file.ts';
import { writeSubset } from './font-subset.ts';
import { type Glyph, splitClusters } from './shaper.ts';

/** A glyph as pdfkit sees it; `id` is the code in this document. */
interface CodedGlyph {
  readonly id: number;
  readonly advanceWidth: number;
  readonly codePoints: readonly number[];
}

interface Position {
  xAdvance: number;
  yAdvance: number;
  xOffset: number;
  yOffset: number;
}

/** A run as pdfkit wants it: it scales the positions in place and reads the width only then. */
interface Run {
  readonly glyphs: readonly CodedGlyph[];
  readonly positions: readonly Position[];
  readonly advanceWidth: number;
}

/** What pdfkit asks of a parsed font. */
export interface ParsedFont {
  readonly postscriptName: string;
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;
  readonly lineGap: number;
  readonly xHeight: number;
  readonly capHeight: number;
  readonly italicAngle: number;
  readonly bbox: FontFile['metrics']['bbox'];
  readonly 'OS/2': { readonly sFamilyClass: number };
  readonly post: { readonly isFixedPitch: boolean };
  readonly head: { readonly macStyle: { readonly italic: boolean } };
  layout(text: string): Run;
  getGlyph(code: number): CodedGlyph;
  createSubset(): { includeGlyph(code: number): number; encode(): Uint8Array };
}

declare global {
  namespace PDFKit.Mixins {
    /** Accepted since pdfkit 0.20.0, not yet in its published types. */
    interface PDFFont {
      registerFont(name: string, font: ParsedFont): this;
    }
    interface TextOptions {
      /** Percent. */
      horizontalScaling?: number;
    }
    interface StructureElementOptions {
      scope?: 'Row' | 'Column';
    }
  }
}

/** The clusters that one document draws in one face. */
export class EmbeddedFace {
  readonly #file: FontFile;
  readonly #codes = new Map<string, CodedGlyph>();
  readonly #coded: CodedGlyph[] = [];
  readonly #glyphs: number[] = [];

  constructor(file: FontFile) {
    this.#file = file;
    this.#add('', 0); // code 0 is the glyph for "missing", which PDF demands and no text uses
  }

  /** Whether the document drew anything in this face. */
  get isUsed(): boolean {
    return this.#codes.size > 1;
  }

  /** Gives glyphs their codes and answers the text by which `layout` finds them again. */
  admit(glyphs: readonly Glyph[]): string {
    for (const { text, glyph } of glyphs) {
      if (!this.#codes.has(text)) this.#add(text, glyph);
    }
    return glyphs.map(({ text }) => text).join('');
  }

  /** This face as a font that pdfkit can embed. */
  asParsedFont(): ParsedFont {
    const { isFixedPitch, isItalic, familyClass, ...metrics } = this.#file.metrics;
    return {
      ...metrics,
      postscriptName: this.#file.name,
      'OS/2': { sFamilyClass: familyClass },
      post: { isFixedPitch },
      head: { macStyle: { italic: isItalic } },
      layout: (text) => this.#layout(text),
      getGlyph: (code) => this.#get(code),
      createSubset: () => ({
        includeGlyph: (code) => code,
        encode: () => writeSubset(this.#file, this.#glyphs),
      }),
    };
  }

  #add(text: string, glyph: number): void {
    const coded: CodedGlyph = {
      id: this.#glyphs.length,
      advanceWidth: this.#file.advanceOf(glyph),
      codePoints: Array.from(text, (character) => character.codePointAt(0) ?? 0),
    };
    this.#glyphs.push(glyph);
    this.#coded.push(coded);
    this.#codes.set(text, coded);
  }

  #get(code: number): CodedGlyph {
    const coded = this.#coded[code];
    if (coded === undefined) throw new Error(`no code ${code}`);
    return coded;
  }

  #layout(text: string): Run {
    const glyphs = splitClusters(text).map((cluster) => {
      const coded = this.#codes.get(cluster);
      if (coded === undefined) throw new Error('text was laid out that had not been admitted');
      return coded;
    });
    const positions = glyphs.map(({ advanceWidth }) => ({
      xAdvance: advanceWidth,
      yAdvance: 0,
      xOffset: 0,
      yOffset: 0,
    }));
    return {
      glyphs,
      positions,
      get advanceWidth() {
        return positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0);
      },
    };
  }
}
