/**
 * What may be refused when a paper is made. The codes are stable; the details name code points, blocks and
 * limits, never the text that was to be printed.
 */
import type { Failure } from '@ishizue/outcome';

export type PdfCode =
  /** A font is absent, damaged, or not plain TrueType outlines. */
  | 'font-unusable'
  /** No face has a glyph for some character, and no substitute was allowed; the detail lists code points. */
  | 'glyph-missing'
  /** A text does not fit its box even at the smallest size. */
  | 'text-overflow'
  /** A row or an area is taller than a page. */
  | 'block-too-tall'
  /** More pages or characters than one document may have. */
  | 'document-too-large'
  /** A bar code was asked for characters outside printable ASCII, or for more than its width holds. */
  | 'barcode-unencodable'
  /** A photograph that is no JPEG of 8 bits in one or three colours. */
  | 'image-unusable';

/** Collects refusals while a layout goes on, so that one answer can name every missing character. */
export class Refusals {
  readonly #missing = new Set<string>();
  #first: Failure<PdfCode> | undefined;

  /** Notes a refusal; the first one is reported. */
  add(code: PdfCode, detail: string): void {
    this.#first ??= { code, detail };
  }

  /** Notes a character that no face has. */
  addMissing(cluster: string): void {
    this.#missing.add(cluster);
  }

  /** The refusal to answer with: missing glyphs first, because they make every measure meaningless. */
  failure(): Failure<PdfCode> | undefined {
    if (this.#missing.size === 0) return this.#first;
    return { code: 'glyph-missing', detail: [...this.#missing].map(codePointsOf).sort().join(', ') };
  }
}

/** `U+845B U+E0101` for a cluster. */
export function codePointsOf(cluster: string): string {
  return Array.from(cluster, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return `U+${hex.padStart(4, '0')}`;
  }).join(' ');
}
