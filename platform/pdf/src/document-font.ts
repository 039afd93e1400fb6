/**
 * One document's use of a face: which clusters it draws, and the font objects that it embeds. The objects are
 * written here and handed to pdfkit as plain references: its own fonts parse the file for each document, or share a
 * parsed font together with the text that another document set in it, and give one text to one glyph.
 *
 * ISO 32000-1, 9.7 and 9.10.3. Invariant: every cluster has a character code of its own, even where two share a
 * glyph, so that the text layer gives back exactly what was set. Made anew for each document.
 */
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { FontFile, FontMetrics } from './font-file.ts';
import { writeSubset } from './font-subset.ts';
import type { Glyph } from './shaper.ts';

const deflateAside = promisify<Uint8Array, Buffer>(deflate); // the largest stream of a paper, so off the main thread

const FLAG_FIXED_PITCH = 1;
const FLAG_SERIF = 2;
const FLAG_SYMBOLIC = 4; // outside the standard Latin set, as every Japanese font is
const SERIF_CLASSES = { first: 1, last: 7 };
const WIDTH_USUAL = 1000;
const MAPPINGS_PER_BLOCK = 100; // PDF's limit for one bfchar block

/** The clusters that one document draws in one face. */
export class DocumentFont {
  /** Name of the font among a page's resources. */
  readonly resource: string;
  readonly #doc: PDFKit.PDFDocument;
  readonly #file: FontFile;
  readonly #tag: string;
  readonly #codes = new Map<string, number>();
  readonly #glyphs: number[] = [0]; // code 0 is the glyph for "missing", which PDF demands and no text uses
  #reference: PDFKit.PDFKitReference | undefined;

  /** @param index tells the faces of one document apart */
  constructor(doc: PDFKit.PDFDocument, file: FontFile, index: number) {
    this.#doc = doc;
    this.#file = file;
    this.resource = `Face${index}`;
    this.#tag = `ISHIZ${String.fromCharCode('A'.charCodeAt(0) + index)}`;
  }

  /** The character codes of glyphs as a PDF string, and the font among the resources of the current page. */
  encode(glyphs: readonly Glyph[]): string {
    this.#reference ??= this.#doc.ref({});
    this.#doc.page.fonts[this.resource] = this.#reference;
    const codes = glyphs.map((glyph) => hex16(this.#codeOf(glyph)));
    return `<${codes.join('')}>`;
  }

  /** Writes the font objects; call once, after the last page. */
  async finish(): Promise<void> {
    if (this.#reference === undefined) return;
    const name = `${this.#tag}+${this.#file.name}`;
    const program = await deflateAside(writeSubset(this.#file, this.#glyphs));
    Object.assign(this.#reference.data, {
      Type: 'Font',
      Subtype: 'Type0',
      BaseFont: name,
      Encoding: 'Identity-H',
      DescendantFonts: [this.#write(this.#descendant(name, program))],
      ToUnicode: this.#write({}, toUnicode([...this.#codes])),
    });
    this.#reference.end(undefined);
  }

  #codeOf({ text, glyph }: Glyph): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const code = this.#glyphs.push(glyph) - 1;
    this.#codes.set(text, code);
    return code;
  }

  #descendant(name: string, program: Uint8Array): object {
    return {
      Type: 'Font',
      Subtype: 'CIDFontType2',
      BaseFont: name,
      CIDSystemInfo: { Registry: Buffer.from('Adobe'), Ordering: Buffer.from('Identity'), Supplement: 0 },
      FontDescriptor: this.#write(this.#descriptor(name, program)),
      DW: WIDTH_USUAL,
      W: this.#widths(),
      CIDToGIDMap: 'Identity',
    };
  }

  #descriptor(name: string, program: Uint8Array): object {
    const { metrics } = this.#file;
    const { bbox } = metrics;
    const scaled = (value: number): number => (value * 1000) / metrics.unitsPerEm;
    return {
      Type: 'FontDescriptor',
      FontName: name,
      Flags: flagsOf(metrics),
      FontBBox: [bbox.minX, bbox.minY, bbox.maxX, bbox.maxY].map(scaled),
      ItalicAngle: metrics.italicAngle,
      Ascent: scaled(metrics.ascent),
      Descent: scaled(metrics.descent),
      CapHeight: scaled(metrics.capHeight),
      StemV: 0,
      FontFile2: this.#write({ Filter: 'FlateDecode' }, program),
    };
  }

  /** Code and width of those that are not one em wide. */
  #widths(): readonly (number | readonly number[])[] {
    const { unitsPerEm } = this.#file.metrics;
    return this.#glyphs.flatMap((glyph, code) => {
      const width = (this.#file.advanceOf(glyph) * 1000) / unitsPerEm;
      return width === WIDTH_USUAL ? [] : [code, [width]];
    });
  }

  #write(dictionary: object, stream?: Uint8Array | string): PDFKit.PDFKitReference {
    const reference = this.#doc.ref(dictionary);
    reference.end(stream);
    return reference;
  }
}

function flagsOf({ isFixedPitch, familyClass }: FontMetrics): number {
  const family = familyClass >> 8;
  const isSerif = family >= SERIF_CLASSES.first && family <= SERIF_CLASSES.last;
  return FLAG_SYMBOLIC | (isFixedPitch ? FLAG_FIXED_PITCH : 0) | (isSerif ? FLAG_SERIF : 0);
}

/** The CMap from codes to text; a variation sequence maps to both its characters. */
function toUnicode(codes: readonly (readonly [string, number])[]): string {
  const blocks: string[] = [];
  for (let start = 0; start < codes.length; start += MAPPINGS_PER_BLOCK) {
    const block = codes.slice(start, start + MAPPINGS_PER_BLOCK);
    const lines = block.map(([text, code]) => `<${hex16(code)}> <${utf16(text)}>`);
    blocks.push(`${block.length} beginbfchar\n${lines.join('\n')}\nendbfchar`);
  }
  return [
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Adobe-Identity-UCS def /CMapType 2 def',
    '1 begincodespacerange <0000> <FFFF> endcodespacerange',
    ...blocks,
    'endcmap CMapName currentdict /CMap defineresource pop end end',
  ].join('\n');
}

function utf16(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('hex');
}

function hex16(value: number): string {
  return value.toString(16).padStart(4, '0');
}
