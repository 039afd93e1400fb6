/**
 * Blocks become units that no page break divides; units flow over pages. Tables that go on over a page are framed
 * on each page and repeat their head.
 *
 * Invariant: every unit is placed exactly once, in order, inside the margins.
 */

import { type Block, type DocumentSpec, MARGINS_MM, type PageAt, type TextBlock } from './document-spec.ts';
import { itemLeaves, type LayoutSetting } from './items.ts';
import type { Leaf, PageLayout, ShapeMark } from './marks.ts';
import { PAGE_MM } from './page-size.ts';
import { INK, lineByLine, placeText, setText } from './set-text.ts';
import { tableUnits } from './table-layout.ts';
import type { Frame, Unit } from './unit.ts';

/** Pages, and rows of tables, that one document may have. */
export const PAGES_MAX = 300;
export const ROWS_MAX = 10_000;

const ROUNDING_MM = 1e-6;

/** Lays the body out on pages. */
export function flowPages(setting: LayoutSetting, spec: DocumentSpec): readonly PageLayout[] {
  const margins = spec.margins_mm ?? MARGINS_MM;
  const size_mm = spec.page_mm ?? PAGE_MM;
  const width_mm = size_mm.width - margins.left - margins.right;
  const rows = spec.body.reduce((sum, block) => sum + (block.kind === 'table' ? block.rows.length : 0), 0);
  if (rows > ROWS_MAX) {
    setting.refusals.add('document-too-large', `more than ${ROWS_MAX} rows`);
    return [];
  }
  const units = spec.body.flatMap((block, index) =>
    blockUnits(setting, block, margins.left, width_mm, `block ${index + 1}`),
  );
  const pages = new Pages(margins.top, size_mm.height - margins.bottom);
  for (let next = 0; next < units.length && pages.count <= PAGES_MAX; ) {
    let end = next + 1;
    while (units[end - 1]?.keepsNext === true && end < units.length) end++;
    const chain = units.slice(next, end);
    const height_mm = chain.reduce((sum, unit) => sum + unit.height_mm, 0);
    if (!pages.fits(height_mm) && height_mm <= pages.height_mm) pages.turn();
    for (const [index, unit] of chain.entries()) {
      if (!pages.place(unit)) setting.refusals.add('block-too-tall', `unit ${next + index + 1}`);
    }
    next = end;
  }
  if (pages.count > PAGES_MAX) setting.refusals.add('document-too-large', `more than ${PAGES_MAX} pages`);
  return pages.finish();
}

/** The leaves that stand on every page: the document's id, the page's number, and what the caller adds. */
export function everyPageLeaves(setting: LayoutSetting, spec: DocumentSpec, at: PageAt): readonly Leaf[] {
  const margins = spec.margins_mm ?? MARGINS_MM;
  const size_mm = spec.page_mm ?? PAGE_MM;
  const line = {
    kind: 'text',
    x_mm: margins.left,
    y_mm: size_mm.height - margins.bottom / 2 - 2.5,
    width_mm: size_mm.width - margins.left - margins.right,
    height_mm: 5,
    size_pt: 8,
  } as const;
  const own = spec.isBare
    ? []
    : ([
        { ...line, text: spec.id, align: 'left' },
        { ...line, text: `${at.page} / ${at.pages}`, align: 'right' },
      ] as const);
  return itemLeaves(setting, [...own, ...(spec.everyPage?.(at) ?? [])], 0, 0, `page ${at.page}`);
}

function blockUnits(
  setting: LayoutSetting,
  block: Block,
  x_mm: number,
  width_mm: number,
  key: string,
): readonly Unit[] {
  const keepsNext = block.keep_with_next === true;
  const keepLast = (units: readonly Unit[]): readonly Unit[] =>
    units.map((unit, index) => (index === units.length - 1 ? { ...unit, keepsNext } : unit));
  switch (block.kind) {
    case 'table':
      return keepLast(tableUnits(setting, block, x_mm, key));
    case 'heading':
    case 'paragraph':
      return keepLast(textUnits(setting, block, x_mm, width_mm, key));
    case 'area': {
      const emit = (top_mm: number): readonly Leaf[] =>
        itemLeaves(setting, block.items, x_mm, top_mm, key, key);
      return [{ height_mm: block.height_mm, keepsNext, emit }];
    }
    case 'space':
      return [{ height_mm: block.height_mm, keepsNext, isSpace: true, emit: () => [] }];
    case 'page-break':
      return [{ height_mm: 0, breaksPage: true, emit: () => [] }];
  }
}

/** A heading is one unit, a paragraph one unit a line, so that long ones go over pages. */
function textUnits(
  setting: LayoutSetting,
  block: TextBlock,
  left_mm: number,
  room_mm: number,
  key: string,
): readonly Unit[] {
  const width_mm = block.width_mm ?? room_mm;
  const x_mm = left_mm + (room_mm - width_mm) / 2;
  const set = setText(setting, block, width_mm, key);
  const path = [{ key, tag: block.kind === 'heading' ? 'H1' : 'P' }] as const;
  const parts = block.kind === 'heading' || block.stacked === true ? [set] : lineByLine(set);
  return parts.map(
    (part): Unit => ({
      height_mm: part.height_mm,
      emit: (y_mm) => [
        { path, marks: placeText(part, block, { x_mm, y_mm, width_mm, height_mm: part.height_mm }) },
      ],
    }),
  );
}

/** The pages so far, the height used on the last one, and the frames of the tables on it. */
class Pages {
  readonly #finished: PageLayout[] = [];
  readonly #top_mm: number;
  readonly #bottom_mm: number;
  #leaves: Leaf[] = [];
  #frames: { frame: Frame; top_mm: number; bottom_mm: number }[] = [];
  #at_mm: number;

  constructor(top_mm: number, bottom_mm: number) {
    this.#top_mm = top_mm;
    this.#bottom_mm = bottom_mm;
    this.#at_mm = top_mm;
  }

  get count(): number {
    return this.#finished.length + 1;
  }

  get height_mm(): number {
    return this.#bottom_mm - this.#top_mm;
  }

  fits(height_mm: number): boolean {
    return this.#at_mm + height_mm <= this.#bottom_mm + ROUNDING_MM;
  }

  turn(): void {
    const marks = this.#frames.map(({ frame, top_mm, bottom_mm }): ShapeMark => {
      const box = [frame.x_mm, top_mm, frame.width_mm, bottom_mm - top_mm] as const;
      return {
        kind: 'shape',
        shape: 'box',
        boxes_mm: [box],
        stroke: { colour: INK, width_mm: frame.rule_mm },
      };
    });
    this.#finished.push({ leaves: [...this.#leaves, { path: [], marks }] });
    this.#leaves = [];
    this.#frames = [];
    this.#at_mm = this.#top_mm;
  }

  /** Places a unit, on a new page when it must; false when no page is tall enough. */
  place(unit: Unit): boolean {
    const isAtTop = (): boolean => this.#at_mm === this.#top_mm;
    if ((unit.breaksPage === true || !this.fits(unit.height_mm)) && !isAtTop()) this.turn();
    if (unit.breaksPage === true || (unit.isSpace === true && isAtTop())) return true;
    if (isAtTop()) {
      for (const head of unit.repeats ?? []) this.#put(head, asDecoration(head.emit(this.#at_mm)));
    }
    if (!this.fits(unit.height_mm)) return false;
    this.#put(unit, unit.emit(this.#at_mm));
    return true;
  }

  finish(): readonly PageLayout[] {
    if (this.#at_mm > this.#top_mm || this.#finished.length === 0) this.turn();
    return this.#finished;
  }

  #put(unit: Unit, leaves: readonly Leaf[]): void {
    const bottom_mm = this.#at_mm + unit.height_mm;
    const last = this.#frames.at(-1);
    if (unit.frame !== undefined) {
      if (last?.frame.key === unit.frame.key) last.bottom_mm = bottom_mm;
      else this.#frames.push({ frame: unit.frame, top_mm: this.#at_mm, bottom_mm });
    }
    this.#leaves.push(...leaves);
    this.#at_mm = bottom_mm;
  }
}

function asDecoration(leaves: readonly Leaf[]): readonly Leaf[] {
  return leaves.map((leaf) => ({ ...leaf, path: [] }));
}
