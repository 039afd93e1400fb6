/**
 * Draws laid-out pages into one pdfkit document and builds its logical structure (ISO 32000-1, 14.7 and 14.8): what
 * is read is in the structure, what decorates is marked as an artifact.
 *
 * Invariant: nothing on a page is outside both.
 */
import { DocumentFont } from './document-font.ts';
import type { DocumentSpec } from './document-spec.ts';
import { widthOf } from './line-break.ts';
import {
  type ImageMark,
  type Leaf,
  type Mark,
  MM_PER_PT,
  type OutlineMark,
  type PageLayout,
  type RulesMark,
  type ShapeMark,
  type SpreadMark,
  type StructureNode,
  type TextMark,
} from './marks.ts';
import type { SecurityPattern } from './security-pattern.ts';
import type { Glyph } from './shaper.ts';
import type { Typeface } from './typeface.ts';

const PT = 1 / MM_PER_PT;

/** The painter of one document. */
export class PagePainter {
  readonly #doc: PDFKit.PDFDocument;
  readonly #fonts: readonly DocumentFont[];
  readonly #root: PDFKit.PDFStructureElement;
  readonly #nodes = new Map<string, PDFKit.PDFStructureElement>();
  readonly #background: PDFKit.PDFKitReference | undefined;
  readonly #size: 'A4' | [number, number];

  constructor(
    doc: PDFKit.PDFDocument,
    typeface: Typeface,
    { background, page_mm }: Pick<DocumentSpec, 'background' | 'page_mm'> = {},
  ) {
    this.#doc = doc;
    this.#size = page_mm ? [points(page_mm.width), points(page_mm.height)] : 'A4';
    this.#fonts = typeface.faces.map((file, index) => new DocumentFont(doc, file, index));
    this.#root = doc.struct('Document');
    doc.addStructure(this.#root);
    this.#background = background === undefined ? undefined : embedPattern(doc, background);
  }

  /** Draws one page: background, what lies under the text, the rest, what stands on every page. */
  paint(page: PageLayout, everyPage: readonly Leaf[]): void {
    this.#doc.addPage({ size: this.#size, margin: 0 });
    this.#drawBackground();
    for (const leaf of page.leaves) this.#nodeOf(leaf.path);
    for (const leaf of page.leaves) if (leaf.under === true) this.#drawLeaf(leaf, 'Layout');
    for (const leaf of page.leaves) if (leaf.under !== true) this.#drawLeaf(leaf, 'Layout');
    for (const leaf of everyPage) this.#drawLeaf(leaf, 'Pagination');
  }

  /** Closes the structure and embeds the fonts; call once, after the last page. */
  async finish(): Promise<void> {
    this.#root.end();
    for (const font of this.#fonts) await font.finish(); // one after the other: the order of objects is part of the bytes
  }

  #drawBackground(): void {
    if (this.#background === undefined) return;
    this.#doc.page.xobjects['Background'] = this.#background;
    this.#doc.markContent('Artifact', { type: 'Page' });
    this.#doc.save().scale(PT).addContent('/Background Do').restore();
    this.#doc.endMarkedContent();
  }

  /** The structure element at the end of a path, made with its parents where they do not exist yet. */
  #nodeOf(path: readonly StructureNode[]): PDFKit.PDFStructureElement {
    let parent = this.#root;
    for (const { key, tag, alt, heads } of path) {
      let node = this.#nodes.get(key);
      if (node === undefined) {
        const scope = heads === undefined ? {} : { scope: heads }; // known to pdfkit, not yet to its types
        node = this.#doc.struct(tag, { ...scope, ...(alt === undefined ? {} : { alt }) });
        this.#nodes.set(key, node);
        parent.add(node);
      }
      parent = node;
    }
    return parent;
  }

  #drawLeaf({ path, marks }: Leaf, artifact: 'Layout' | 'Pagination'): void {
    const tag = path.at(-1)?.tag;
    const content = tag === undefined ? undefined : this.#doc.markStructureContent(tag);
    if (tag === undefined) this.#doc.markContent('Artifact', { type: artifact });
    for (const mark of marks) this.#drawMark(mark);
    this.#doc.endMarkedContent();
    if (content !== undefined) this.#nodeOf(path).add(content);
  }

  #drawMark(mark: Mark): void {
    switch (mark.kind) {
      case 'text':
        return this.#drawText(mark);
      case 'spread':
        return this.#drawSpread(mark);
      case 'rules':
        return drawRules(this.#doc, mark);
      case 'shape':
        return drawShape(this.#doc, mark);
      case 'outline':
        return drawOutline(this.#doc, mark);
      case 'image':
        return drawImage(this.#doc, mark);
    }
  }

  #drawSpread({ reads, marks }: SpreadMark): void {
    this.#doc.markContent('Span', { actual: reads });
    for (const mark of marks) this.#drawText(mark);
    this.#doc.endMarkedContent();
  }

  /** Text operators of our own: the font stays set behind them, so that readers can place a spread word's text. */
  #drawText({ glyphs, x_mm, baseline_mm, size_pt, condense, spacing_mm, colour }: TextMark): void {
    this.#doc.fillColor(colour);
    const y = points(baseline_mm);
    const spacing = points(spacing_mm / condense); // PDF condenses the spacing along with the glyphs
    let at_mm = x_mm;
    for (const run of runsByFace(glyphs)) {
      const font = this.#fonts[run[0]?.face ?? 0];
      if (font === undefined) throw new Error('a glyph of a face that the typeface lacks');
      const codes = font.encode(run);
      this.#doc.addContent(
        `BT /${font.resource} ${size_pt} Tf ${rounded(condense * 100)} Tz ${spacing} Tc ` +
          `1 0 0 -1 ${points(at_mm)} ${y} Tm ${codes} Tj ET`,
      );
      at_mm += widthOf(run) * size_pt * MM_PER_PT * condense + spacing_mm * run.length;
    }
  }
}

function points(millimetres: number): number {
  return rounded(millimetres * PT);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function runsByFace(glyphs: readonly Glyph[]): readonly (readonly Glyph[])[] {
  const runs: Glyph[][] = [];
  for (const glyph of glyphs) {
    const run = runs.at(-1);
    if (run?.[0]?.face === glyph.face) run.push(glyph);
    else runs.push([glyph]);
  }
  return runs;
}

function drawRules(doc: PDFKit.PDFDocument, { lines_mm, width_mm, dash_mm, colour }: RulesMark): void {
  if (lines_mm.length === 0) return;
  doc.save().lineWidth(width_mm * PT);
  if (dash_mm !== undefined) doc.dash(dash_mm * PT, { space: dash_mm * PT });
  for (const [x1, y1, x2, y2] of lines_mm) doc.moveTo(x1 * PT, y1 * PT).lineTo(x2 * PT, y2 * PT);
  doc.stroke(colour).restore();
}

function drawShape(doc: PDFKit.PDFDocument, { shape, boxes_mm, fill, stroke }: ShapeMark): void {
  if (boxes_mm.length === 0) return;
  if (stroke !== undefined) doc.lineWidth(stroke.width_mm * PT);
  for (const [x, y, width, height] of boxes_mm) {
    if (shape === 'box') doc.rect(x * PT, y * PT, width * PT, height * PT);
    else doc.ellipse((x + width / 2) * PT, (y + height / 2) * PT, (width / 2) * PT, (height / 2) * PT);
  }
  if (fill !== undefined) doc.fill(fill);
  else if (stroke !== undefined) doc.stroke(stroke.colour);
}

function drawImage(doc: PDFKit.PDFDocument, { box_mm, jpeg }: ImageMark): void {
  const [x, y, width, height] = box_mm.map(points);
  const image = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  doc.image(image, x, y, { width: width ?? 0, height: height ?? 0 });
}

function drawOutline(doc: PDFKit.PDFDocument, { steps, placed, colour, stroke_mm }: OutlineMark): void {
  const x = (value: number): number => (placed.a * value + placed.e) * PT;
  const y = (value: number): number => (placed.d * value + placed.f) * PT;
  for (const step of steps) {
    if (step[0] === 'move') doc.moveTo(x(step[1]), y(step[2]));
    else if (step[0] === 'line') doc.lineTo(x(step[1]), y(step[2]));
    else if (step[0] === 'curve') doc.quadraticCurveTo(x(step[1]), y(step[2]), x(step[3]), y(step[4]));
    else doc.closePath();
  }
  doc.lineWidth(stroke_mm * PT).fillAndStroke(colour, colour);
}

/** Puts a pattern's forms into the document and answers the one that covers the page. */
function embedPattern(doc: PDFKit.PDFDocument, pattern: SecurityPattern): PDFKit.PDFKitReference | undefined {
  const forms: Record<string, PDFKit.PDFKitReference> = {};
  let last: PDFKit.PDFKitReference | undefined;
  for (const { name, bbox, data } of pattern.forms) {
    last = doc.ref({
      Type: 'XObject',
      Subtype: 'Form',
      BBox: [...bbox],
      Resources: { XObject: { ...forms } },
      Filter: 'FlateDecode',
    });
    last.end(data);
    forms[name] = last;
  }
  return last;
}
