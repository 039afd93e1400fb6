/**
 * The TrueType program that a document embeds: only the glyphs that it draws, without hinting instructions (paper
 * is printed at resolutions that do not need them, and they are half of the bytes).
 *
 * ISO 32000-1, 9.9: glyf, head, hhea, hmtx, loca, maxp. Invariant: slot n of the subset is CID n, and the same
 * slots always give the same bytes.
 */
import type { FontFile } from './font-file.ts';

const CHECKSUM_MAGIC = 0xb1b0afba;

/** Writes a font with the given glyphs, in that order. A glyph may stand in several slots. */
export function writeSubset(font: FontFile, glyphs: readonly number[]): Buffer {
  const outlines = glyphs.map((glyph) => withoutInstructions(font.outlineBytes(glyph)));
  const loca = new DataView(new ArrayBuffer((glyphs.length + 1) * 4));
  const hmtx = new DataView(new ArrayBuffer(glyphs.length * 4));
  let offset = 0;
  for (const [slot, glyph] of glyphs.entries()) {
    const outline = outlines[slot] ?? Buffer.alloc(0);
    offset += outline.length;
    loca.setUint32((slot + 1) * 4, offset);
    hmtx.setUint16(slot * 4, font.advanceOf(glyph));
    hmtx.setInt16(slot * 4 + 2, outline.length === 0 ? 0 : outline.readInt16BE(2));
  }
  return writeTables([
    ['glyf', Buffer.concat(outlines)],
    ['head', patched(font.table('head'), { 8: 0, 10: 0, 50: 1 })], // 8: checksum adjustment; 50: long offsets
    ['hhea', patched(font.table('hhea'), { 34: glyphs.length })],
    ['hmtx', Buffer.from(hmtx.buffer)],
    ['loca', Buffer.from(loca.buffer)],
    ['maxp', patched(font.table('maxp'), { 4: glyphs.length, 26: 0 })], // 26: longest instructions
  ]);
}

/** A simple glyph with its instruction length set to nought; padded to four bytes. */
function withoutInstructions(glyph: DataView): Buffer {
  if (glyph.byteLength === 0) return Buffer.alloc(0);
  const bytes = Buffer.from(glyph.buffer, glyph.byteOffset, glyph.byteLength);
  const contours = glyph.getInt16(0);
  if (contours < 0) throw new Error('composite glyph in a font that declared none');
  const lengthAt = 10 + contours * 2;
  const rest = bytes.subarray(lengthAt + 2 + glyph.getUint16(lengthAt));
  const size = lengthAt + 2 + rest.length;
  const result = Buffer.alloc((size + 3) & ~3);
  bytes.copy(result, 0, 0, lengthAt);
  rest.copy(result, lengthAt + 2);
  return result;
}

/** A copy of a table with 16-bit words replaced. */
function patched(table: DataView, changes: Readonly<Record<number, number>>): Buffer {
  const copy = Buffer.from(new Uint8Array(table.buffer, table.byteOffset, table.byteLength));
  for (const [offset, value] of Object.entries(changes)) copy.writeUInt16BE(value, Number(offset));
  return copy;
}

function writeTables(tables: readonly (readonly [string, Buffer])[]): Buffer {
  const directory = Buffer.alloc(12 + tables.length * 16);
  const power = Math.floor(Math.log2(tables.length));
  directory.writeUInt32BE(0x10000, 0);
  directory.writeUInt16BE(tables.length, 4);
  directory.writeUInt16BE(2 ** power * 16, 6);
  directory.writeUInt16BE(power, 8);
  directory.writeUInt16BE((tables.length - 2 ** power) * 16, 10);
  const parts: Buffer[] = [directory];
  let offset = directory.length;
  let headAt = 0;
  for (const [index, [tag, data]] of tables.entries()) {
    const padded = Buffer.concat([data, Buffer.alloc(-data.length & 3)]);
    const record = 12 + index * 16;
    directory.write(tag, record, 'latin1');
    directory.writeUInt32BE(checksum(padded), record + 4);
    directory.writeUInt32BE(offset, record + 8);
    directory.writeUInt32BE(data.length, record + 12);
    if (tag === 'head') headAt = offset;
    parts.push(padded);
    offset += padded.length;
  }
  const font = Buffer.concat(parts);
  font.writeUInt32BE((CHECKSUM_MAGIC - checksum(font)) >>> 0, headAt + 8);
  return font;
}

function checksum(data: Buffer): number {
  let sum = 0;
  for (let offset = 0; offset < data.length; offset += 4) sum = (sum + data.readUInt32BE(offset)) >>> 0;
  return sum;
}
