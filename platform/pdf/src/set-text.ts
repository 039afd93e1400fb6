/**
 * Text set into boxes: lines, size and condensation are chosen here, then the lines get their places. Both
 * directions of Japanese labels are covered: spread over the width (均等割付) and stacked.
 *
 * Invariant: text that does not fit is refused, never cut.
 */
import type { Align, TextBox } from './document-spec.ts';
import { breakLines, widthOf } from './line-break.ts';
import { type Colour, type Mark, MM_PER_PT, type TextMark } from './marks.ts';
import type { Refusals } from './pdf-failure.ts';
import type { Glyph, Shaper } from './shaper.ts';

/** What setting text needs of its document. */
export interface Setting {
  readonly shaper: Shaper;
  readonly refusals: Refusals;
}

/** Lines of one paragraph with the size that was chosen for them. */
export interface SetParagraph {
  readonly lines: readonly (readonly Glyph[])[];
  readonly size_pt: number;
  readonly condense: number;
  readonly align: Align;
}

/** A text ready to be placed. */
export interface SetText {
  readonly paragraphs: readonly SetParagraph[];
  readonly height_mm: number;
}

/** A rectangle on the page. */
export interface Rectangle {
  readonly x_mm: number;
  readonly y_mm: number;
  readonly width_mm: number;
  readonly height_mm: number;
}

export const SIZE_PT = 10.5;
export const INK: Colour = '#000000';
const SIZE_MIN_PT = 6;
const SIZE_STEP_PT = 0.25;
const CONDENSE_MIN = 0.75;
const CONDENSE_STEP = 0.05;
const LEADING = 1.35; // line to line, in ems
const STACK_STEP = 1.08; // character to character when stacked
const BASELINE = 0.88; // from the top of the em square, as in both faces
const ROUNDING_MM = 1e-6;

/** Breaks a text for a width. `where` names the box in a refusal. */
export function setText(setting: Setting, box: TextBox, width_mm: number, where: string): SetText {
  const given = typeof box.text === 'string' ? [{ text: box.text }] : box.text;
  const paragraphs = given.map((paragraph): SetParagraph => {
    const size_pt = paragraph.size_pt ?? box.size_pt ?? SIZE_PT;
    const align = paragraph.align ?? box.align ?? 'left';
    const shaped = paragraph.text.split('\n').map((line) => setting.shaper.shape(line));
    if (box.stacked === true) {
      return { lines: shaped.flat().map((glyph) => [glyph]), size_pt, condense: 1, align };
    }
    const fitted = fitLines(shaped, size_pt, width_mm, box);
    if (fitted === undefined) setting.refusals.add('text-overflow', where);
    return { ...(fitted ?? { lines: [], size_pt, condense: 1 }), align };
  });
  return { paragraphs, height_mm: heightOf(paragraphs, box.stacked === true) };
}

type Fitted = Omit<SetParagraph, 'align'>;

function fitLines(
  shaped: readonly (readonly Glyph[])[],
  size_pt: number,
  width_mm: number,
  box: TextBox,
): Fitted | undefined {
  const attempt = (size: number, condense: number, lines_max: number): Fitted | undefined => {
    const width_em = (width_mm + ROUNDING_MM) / (size * MM_PER_PT * condense);
    const lines = shaped.flatMap((line) => breakLines(line, width_em));
    if (lines.length > lines_max || lines.some((line) => widthOf(line) > width_em)) return undefined;
    return { lines, size_pt: size, condense };
  };
  if (box.fit !== 'shrink') return attempt(size_pt, 1, Number.POSITIVE_INFINITY);
  const lines_max = Math.max(box.lines_max ?? 1, shaped.length);
  for (let condense = 1; condense > CONDENSE_MIN - ROUNDING_MM; condense -= CONDENSE_STEP) {
    const fitted = attempt(size_pt, condense, lines_max);
    if (fitted !== undefined) return fitted;
  }
  for (let size = size_pt - SIZE_STEP_PT; size >= SIZE_MIN_PT; size -= SIZE_STEP_PT) {
    const fitted = attempt(size, CONDENSE_MIN, lines_max);
    if (fitted !== undefined) return fitted;
  }
  return undefined;
}

function heightOf(paragraphs: readonly SetParagraph[], isStacked: boolean): number {
  let height_mm = 0;
  for (const [index, { lines, size_pt }] of paragraphs.entries()) {
    const em_mm = size_pt * MM_PER_PT;
    const step = isStacked ? STACK_STEP : LEADING;
    height_mm += em_mm * (1 + (Math.max(lines.length, 1) - 1) * step);
    if (index > 0) height_mm += em_mm * (LEADING - 1);
  }
  return height_mm;
}

/** Each line of a text as a text of its own, with its share of the space between lines. */
export function lineByLine(set: SetText): readonly SetText[] {
  return set.paragraphs.flatMap((paragraph) =>
    paragraph.lines.map((line) => ({
      paragraphs: [{ ...paragraph, lines: [line] }],
      height_mm: paragraph.size_pt * MM_PER_PT * LEADING,
    })),
  );
}

/** Gives a set text its place in a rectangle. */
export function placeText(set: SetText, box: TextBox, into: Rectangle): readonly Mark[] {
  const colour = box.colour ?? INK;
  if (box.stacked === true) return set.paragraphs.flatMap((paragraph) => placeStack(paragraph, into, colour));
  const slack_mm = into.height_mm - heightOf(set.paragraphs, false);
  const share = { top: 0, middle: 0.5, bottom: 1 }[box.vertical ?? 'middle'];
  let top_mm = into.y_mm + slack_mm * share;
  const marks: Mark[] = [];
  for (const [index, paragraph] of set.paragraphs.entries()) {
    const em_mm = paragraph.size_pt * MM_PER_PT;
    if (index > 0) top_mm += em_mm * (LEADING - 1);
    for (const [line, glyphs] of paragraph.lines.entries()) {
      const baseline_mm = top_mm + em_mm * (BASELINE + line * LEADING);
      if (glyphs.length > 0) marks.push(placeLine(paragraph, glyphs, into, baseline_mm, colour));
    }
    top_mm += em_mm * (1 + (Math.max(paragraph.lines.length, 1) - 1) * LEADING);
  }
  return marks;
}

function placeLine(
  { size_pt, condense, align }: SetParagraph,
  glyphs: readonly Glyph[],
  into: Rectangle,
  baseline_mm: number,
  colour: Colour,
): Mark {
  const slack_mm = into.width_mm - widthOf(glyphs) * size_pt * MM_PER_PT * condense;
  const isSpread = align === 'distributed' && glyphs.length > 1 && slack_mm > 0;
  const share = { left: 0, center: 0.5, right: 1, distributed: isSpread ? 0 : 0.5 }[align];
  const mark: TextMark = {
    kind: 'text',
    x_mm: into.x_mm + slack_mm * share,
    baseline_mm,
    size_pt,
    condense,
    spacing_mm: isSpread ? slack_mm / (glyphs.length - 1) : 0,
    glyphs,
    colour,
  };
  return isSpread ? { kind: 'spread', reads: textOf(glyphs), marks: [mark] } : mark;
}

function placeStack(
  { lines, size_pt, align }: SetParagraph,
  into: Rectangle,
  colour: Colour,
): readonly Mark[] {
  const em_mm = size_pt * MM_PER_PT;
  const glyphs = lines.flat();
  const natural_mm = em_mm * (1 + (glyphs.length - 1) * STACK_STEP);
  const spread_mm = (into.height_mm - em_mm) / Math.max(glyphs.length - 1, 1);
  const step_mm = align === 'distributed' && glyphs.length > 1 ? spread_mm : em_mm * STACK_STEP;
  const top_mm = into.y_mm + (step_mm === spread_mm ? 0 : (into.height_mm - natural_mm) / 2);
  const marks = glyphs.map(
    (glyph, index): TextMark => ({
      kind: 'text',
      x_mm: into.x_mm + (into.width_mm - glyph.advance_em * em_mm) / 2,
      baseline_mm: top_mm + index * step_mm + em_mm * BASELINE,
      size_pt,
      condense: 1,
      spacing_mm: 0,
      glyphs: [glyph],
      colour,
    }),
  );
  return [{ kind: 'spread', reads: textOf(glyphs), marks }];
}

function textOf(glyphs: readonly Glyph[]): string {
  return glyphs.map((glyph) => glyph.text).join('');
}
