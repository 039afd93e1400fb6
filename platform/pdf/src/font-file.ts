/**
 * A TrueType font, read once a process and shared by all documents. Written here because fontkit's font object is
 * not immutable: it keeps, for each glyph, the characters of the first document that drew it, and hands them to
 * the next document's text layer. A paper must share nothing with another but what cannot change.
 *
 * OpenType 1.9: head, hhea, hmtx, maxp, loca, glyf, cmap, OS/2, post, name. Simple outlines only.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { CharacterMap } from './character-map.ts';

/** Measures in font units, for the descriptor of the embedded font. */
export interface FontMetrics {
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;
  readonly lineGap: number;
  readonly capHeight: number;
  readonly xHeight: number;
  readonly italicAngle: number;
  readonly isFixedPitch: boolean;
  readonly isItalic: boolean;
  readonly familyClass: number;
  readonly bbox: {
    readonly minX: number;
    readonly minY: number;
    readonly maxX: number;
    readonly maxY: number;
  };
}

const NAME_POSTSCRIPT = 6;
const PLATFORM_WINDOWS = 3;

/** An immutable font: which glyph shows what, how wide it is, and its outline's bytes. */
export class FontFile {
  /** PostScript name. */
  readonly name: string;
  readonly metrics: FontMetrics;
  readonly glyphCount: number;
  readonly characters: CharacterMap;
  readonly #tables: ReadonlyMap<string, DataView>;
  readonly #longOffsets: boolean;
  readonly #advanceCount: number;

  private constructor(bytes: Uint8Array) {
    this.#tables = readDirectory(bytes);
    const head = this.table('head');
    const maxp = this.table('maxp');
    if (maxp.getUint32(0) !== 0x10000) throw new Error('not TrueType outlines');
    if (maxp.getUint16(28) > 0) throw new Error('composite glyphs are not supported');
    this.glyphCount = maxp.getUint16(4);
    this.#longOffsets = head.getInt16(50) === 1;
    this.#advanceCount = this.table('hhea').getUint16(34);
    if (this.table('loca').byteLength < (this.glyphCount + 1) * (this.#longOffsets ? 4 : 2)) {
      throw new Error('loca is too short');
    }
    if (this.#advanceCount < 1 || this.table('hmtx').byteLength < this.#advanceCount * 4) {
      throw new Error('hmtx is too short');
    }
    this.characters = new CharacterMap(this.table('cmap'));
    this.name = readPostscriptName(this.table('name'));
    this.metrics = readMetrics(head, this.table('hhea'), this.table('OS/2'), this.table('post'));
  }

  /** Reads a font; `label` names it in the refusal. */
  static read(bytes: Uint8Array, label: string): Result<FontFile, 'font-unusable'> {
    try {
      return ok(new FontFile(bytes));
    } catch (error) {
      return fail('font-unusable', `${label}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** One table; throws when the font lacks it. */
  table(tag: string): DataView {
    const table = this.#tables.get(tag);
    if (table === undefined) throw new Error(`no table ${tag}`);
    return table;
  }

  /** Advance width of a glyph in font units. */
  advanceOf(glyph: number): number {
    return this.table('hmtx').getUint16(Math.min(glyph, this.#advanceCount - 1) * 4);
  }

  /** The glyph's entry in `glyf`; empty for a blank glyph. */
  outlineBytes(glyph: number): DataView {
    if (glyph >= this.glyphCount) throw new Error(`no glyph ${glyph} in ${this.name}`);
    const loca = this.table('loca');
    const offset = (index: number): number =>
      this.#longOffsets ? loca.getUint32(index * 4) : loca.getUint16(index * 2) * 2;
    const glyf = this.table('glyf');
    const start = offset(glyph);
    return new DataView(glyf.buffer, glyf.byteOffset + start, offset(glyph + 1) - start);
  }
}

function readDirectory(bytes: Uint8Array): ReadonlyMap<string, DataView> {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = new Map<string, DataView>();
  for (let index = 0; index < file.getUint16(4); index++) {
    const record = 12 + index * 16;
    const tag = String.fromCharCode(...bytes.subarray(record, record + 4));
    const offset = file.getUint32(record + 8);
    const length = file.getUint32(record + 12);
    if (offset + length > bytes.byteLength) throw new Error(`table ${tag} lies outside the file`);
    tables.set(tag, new DataView(bytes.buffer, bytes.byteOffset + offset, length));
  }
  return tables;
}

function readMetrics(head: DataView, hhea: DataView, os2: DataView, post: DataView): FontMetrics {
  const ascent = hhea.getInt16(4);
  const hasHeights = os2.getUint16(0) >= 2;
  return Object.freeze({
    unitsPerEm: head.getUint16(18),
    ascent,
    descent: hhea.getInt16(6),
    lineGap: hhea.getInt16(8),
    xHeight: hasHeights ? os2.getInt16(86) : 0,
    capHeight: hasHeights ? os2.getInt16(88) : ascent,
    italicAngle: post.getInt32(4) / 0x10000,
    isFixedPitch: post.getUint32(12) !== 0,
    isItalic: (head.getUint16(44) & 2) !== 0,
    familyClass: os2.getInt16(30),
    bbox: Object.freeze({
      minX: head.getInt16(36),
      minY: head.getInt16(38),
      maxX: head.getInt16(40),
      maxY: head.getInt16(42),
    }),
  });
}

function readPostscriptName(name: DataView): string {
  const strings = name.getUint16(4);
  for (let index = 0; index < name.getUint16(2); index++) {
    const record = 6 + index * 12;
    if (name.getUint16(record) !== PLATFORM_WINDOWS || name.getUint16(record + 6) !== NAME_POSTSCRIPT)
      continue;
    const start = strings + name.getUint16(record + 10);
    const units = name.getUint16(record + 8) / 2;
    return Array.from({ length: units }, (_, at) => String.fromCharCode(name.getUint16(start + at * 2))).join(
      '',
    );
  }
  throw new Error('no PostScript name');
}
