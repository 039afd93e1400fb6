/**
 * The JP2 file format (ISO/IEC 15444-1 annex I) around a codestream, and what both say of themselves before anything is decoded.
 * The photo on real cards is said to be in this container (documentation of the reader `myna-card`). Read are the container
 * and the bare codestream; whatever is large, in many tiles, or not RGB of 8 bits is refused here.
 */
import { ok, type Result } from '@ishizue/outcome';
import { kindRefused, type PictureFailure, tooLarge, unreadable } from './picture-failure.ts';

/** A codestream with what its header says. */
export interface Codestream {
  readonly width: number;
  readonly height: number;
  readonly octets: Buffer;
}

/** Offsets of a card’s file have 15 bits: nothing longer is on a chip. */
const JP2_BYTES_MAX = 0x7fff;
const EDGE_MAX = 640;
const TILES_MAX = 16;

const SIGNATURE = Buffer.from('0000000c6a5020200d0a870a', 'hex');
/** SOC and SIZ. */
const CODESTREAM = Buffer.from('ff4fff51', 'hex');
const BOX_HEAD_BYTES = 8;
/** Where SIZ (annex A.5.1) says its components, with SOC before it. */
const COMPONENTS_AT = 40;
/** What the file has besides its codestream: signature, type, header with size and colour, and the codestream’s head. */
export const JP2_HEAD_BYTES = 85;

/** Three components, each of eight bits, unsigned, for every pixel. */
const RGB = '0003070101070101070101';
const SRGB = 16;

function box(type: string, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const head = Buffer.alloc(BOX_HEAD_BYTES);
  head.writeUInt32BE(content.length + BOX_HEAD_BYTES);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
}

/** The file of a codestream of three components of 8 bits, sRGB. */
export function encodeJp2(codestream: Uint8Array, { width, height }: Omit<Codestream, 'octets'>): Buffer {
  const size = Buffer.alloc(14);
  size.writeUInt32BE(height, 0);
  size.writeUInt32BE(width, 4);
  size.set([0, 3, 7, 7, 0, 0], 8); // components, bits, the one compression, a known colour space, no rights
  const colour = Buffer.from([1, 0, 0, 0, 0, 0, SRGB]);
  return Buffer.concat([
    SIGNATURE,
    box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
    box('jp2h', box('ihdr', size), box('colr', colour)),
    box('jp2c', codestream),
  ]);
}

/** The codestream of a file, or of itself. */
export function readJp2(octets: Buffer): Result<Codestream, PictureFailure> {
  if (octets.length > JP2_BYTES_MAX) return tooLarge(`more than ${JP2_BYTES_MAX} octets`);
  if (octets.subarray(0, CODESTREAM.length).equals(CODESTREAM)) return readSize(octets);
  if (!octets.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return kindRefused('no JPEG 2000');
  for (let at = SIGNATURE.length; at + BOX_HEAD_BYTES <= octets.length; ) {
    const said = octets.readUInt32BE(at);
    const length = said === 0 ? octets.length - at : said; // 0: to the end
    if (length < BOX_HEAD_BYTES || at + length > octets.length) break;
    if (octets.toString('latin1', at + 4, at + BOX_HEAD_BYTES) === 'jp2c')
      return readSize(octets.subarray(at + BOX_HEAD_BYTES, at + length));
    at += length;
  }
  return unreadable('no codestream');
}

function readSize(octets: Buffer): Result<Codestream, PictureFailure> {
  if (octets.length < COMPONENTS_AT || !octets.subarray(0, CODESTREAM.length).equals(CODESTREAM))
    return unreadable('no header');
  const [width, height] = [octets.readUInt32BE(8), octets.readUInt32BE(12)];
  const offsets = [16, 20, 32, 36].map((at) => octets.readUInt32BE(at));
  const [tileWidth, tileHeight] = [octets.readUInt32BE(24), octets.readUInt32BE(28)];
  if (width < 1 || height < 1 || tileWidth < 1 || tileHeight < 1) return unreadable('it has no pixels');
  if (width > EDGE_MAX || height > EDGE_MAX) return tooLarge(`${width} × ${height} pixels`);
  if (Math.ceil(width / tileWidth) * Math.ceil(height / tileHeight) > TILES_MAX)
    return tooLarge(`more than ${TILES_MAX} tiles`);
  const isRgb = octets.toString('hex', COMPONENTS_AT, COMPONENTS_AT + RGB.length / 2) === RGB;
  if (!isRgb || offsets.some((offset) => offset !== 0)) return kindRefused('no RGB of 8 bits');
  return ok({ width, height, octets });
}
