/**
 * The vocabulary in which a paper is described: plain values, so that the same description always gives the same
 * bytes. Lengths are millimetres, on A4 upright unless a size is told; type sizes are points.
 */
import type { Colour } from './marks.ts';
import type { SecurityPattern } from './security-pattern.ts';
import type { SubstituteFor } from './shaper.ts';

/** `distributed` spreads the characters over the whole width (均等割付). */
export type Align = 'left' | 'center' | 'right' | 'distributed';

/** One paragraph of a text; a line feed in it breaks the line. */
export interface Paragraph {
  readonly text: string;
  readonly size_pt?: number;
  readonly align?: Align;
}

/** Text and how it lies in its box. */
export interface TextBox {
  readonly text: string | readonly Paragraph[];
  /** 10.5 unless told. */
  readonly size_pt?: number;
  /** `left` unless told. */
  readonly align?: Align;
  /** `middle` unless told. */
  readonly vertical?: 'top' | 'middle' | 'bottom';
  /**
   * `wrap` (unless told) breaks lines at the given size. `shrink` keeps each paragraph within `lines_max` lines by
   * condensing it, then by setting it smaller, and refuses below 6 points.
   */
  readonly fit?: 'wrap' | 'shrink';
  /** Lines of each paragraph for `shrink`; 1 unless told. */
  readonly lines_max?: number;
  /** One upright character below the other, for narrow labels; one paragraph. */
  readonly stacked?: boolean;
  readonly colour?: Colour;
}

/** A cell; `label` cells are the table's headings and are shaded. */
export interface Cell extends TextBox {
  readonly role?: 'label' | 'value';
  /** Columns and rows that the cell spans. */
  readonly columns?: number;
  readonly rows?: number;
  /** The rule under the cell; `solid` unless told. */
  readonly rule_below?: 'solid' | 'dotted' | 'none';
}

/** A row; it grows beyond `height_mm` when its text needs it, and is never divided between pages. */
export interface Row {
  readonly cells: readonly Cell[];
  readonly height_mm?: number;
}

/** A boxed table with ruled lines. */
export interface TableBlock {
  readonly kind: 'table';
  readonly columns_mm: readonly number[];
  readonly rows: readonly Row[];
  /** Rows from the first that are repeated on each further page; none unless told. */
  readonly head_rows?: number;
  /** Size of all cells that do not name their own. */
  readonly size_pt?: number;
}

/** A heading or a paragraph. */
export interface TextBlock extends TextBox {
  readonly kind: 'heading' | 'paragraph';
  /** Width of its box, which stands in the middle between the margins; all of it unless told. */
  readonly width_mm?: number;
}

/** A seal drawn as vectors: a stand-in for the registered image of the official seal (公印). */
export interface SealItem {
  readonly kind: 'seal';
  readonly x_mm: number;
  readonly y_mm: number;
  readonly size_mm: number;
  readonly shape: 'square' | 'round';
  /** The characters, read in columns from the right; 1 to 16. */
  readonly text: string;
  readonly colour?: Colour;
}

/** A Code 128 bar code; its quiet zones lie inside the width. */
export interface BarcodeItem {
  readonly kind: 'barcode';
  readonly x_mm: number;
  readonly y_mm: number;
  readonly width_mm: number;
  readonly height_mm: number;
  /** Printable ASCII. */
  readonly data: string;
}

/** A QR code in a square; its quiet zone lies inside. */
export interface QrItem {
  readonly kind: 'qr';
  readonly x_mm: number;
  readonly y_mm: number;
  readonly size_mm: number;
  /** Printable ASCII without spaces: an address. */
  readonly data: string;
  /** For assistive technology. */
  readonly alt: string;
}

/** Text in a box at a place. */
export interface TextItem extends TextBox {
  readonly kind: 'text';
  readonly x_mm: number;
  readonly y_mm: number;
  readonly width_mm: number;
  readonly height_mm: number;
}

/** A straight rule. */
export interface RuleItem {
  readonly kind: 'rule';
  readonly from_mm: readonly [number, number];
  readonly to_mm: readonly [number, number];
  readonly width_mm?: number;
}

/** A photograph, stretched to its box. */
export interface ImageItem {
  readonly kind: 'image';
  readonly x_mm: number;
  readonly y_mm: number;
  readonly width_mm: number;
  readonly height_mm: number;
  /** A JPEG file (ITU-T T.81), which goes into the document as it is. */
  readonly jpeg: Uint8Array;
  /** For assistive technology. */
  readonly alt: string;
}

export type Item = TextItem | SealItem | BarcodeItem | QrItem | RuleItem | ImageItem;

/** A stretch of the page in which items have their places, measured from its top left corner. */
export interface AreaBlock {
  readonly kind: 'area';
  readonly height_mm: number;
  readonly items: readonly Item[];
}

/** Empty space, which vanishes at the top of a page. */
export interface SpaceBlock {
  readonly kind: 'space';
  readonly height_mm: number;
}

/** What follows begins on a new page. */
export interface PageBreakBlock {
  readonly kind: 'page-break';
}

/** `keep_with_next` wishes that no page ends behind the block. */
export type Block = (TableBlock | TextBlock | AreaBlock | SpaceBlock | PageBreakBlock) & {
  readonly keep_with_next?: boolean;
};

/** Which page of how many. */
export interface PageAt {
  readonly page: number;
  readonly pages: number;
}

/** A whole paper. */
export interface DocumentSpec {
  /** Printed on every page with its number; printable ASCII, at most 64 characters. */
  readonly id: string;
  /** For the reader's window and for assistive technology. */
  readonly title: string;
  readonly author?: string;
  /** Milliseconds since the epoch; nothing else in the file depends on when it was made. */
  readonly createdAt: number;
  readonly body: readonly Block[];
  /** Items that stand on every page, measured from the page's corner. */
  readonly everyPage?: (at: PageAt) => readonly Item[];
  readonly background?: SecurityPattern;
  /** The size of every page; A4 upright unless told. A background is drawn for A4 only. */
  readonly page_mm?: { readonly width: number; readonly height: number };
  /** Without id and page number on the pages: for what is printed onto something else than paper. */
  readonly isBare?: boolean;
  readonly margins_mm?: {
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
    readonly left: number;
  };
  /** What to draw for a character that no face has; without it such a paper is refused. */
  readonly substituteFor?: SubstituteFor;
}

/** Margins of a paper that names none. */
export const MARGINS_MM = Object.freeze({ top: 20, right: 20, bottom: 22, left: 20 });
