/** What a body is flowed in: stretches that stay whole, and the frame that those of one table share. */
import type { Leaf } from './marks.ts';

/** The outer frame that units of one table share on a page. */
export interface Frame {
  readonly key: string;
  readonly x_mm: number;
  readonly width_mm: number;
  readonly rule_mm: number;
}

/** A stretch of the body that stays whole. */
export interface Unit {
  readonly height_mm: number;
  readonly emit: (top_mm: number) => readonly Leaf[];
  readonly frame?: Frame;
  /** Units that are set again, as decoration, when this one is the first of its table on a further page. */
  readonly repeats?: readonly Unit[];
  readonly keepsNext?: boolean;
  /** Vanishes at the top of a page. */
  readonly isSpace?: boolean;
  readonly breaksPage?: boolean;
}
