/**
 * Pictures of two colours as PNG (ISO/IEC 15948): greyscale of one bit a pixel, every row unfiltered, deflated. The same
 * picture gives the same octets.
 */
import { crc32, deflateSync } from 'node:zlib';

/** A picture of black on white. */
export interface Bitmap {
  readonly width_px: number;
  readonly height_px: number;
  readonly isInk: (x: number, y: number) => boolean;
}

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
/** One bit a pixel, greyscale, deflate, adaptive filters, not interlaced. */
const FORM = Buffer.of(1, 0, 0, 0, 0);
const WHITE = 1;

/** The picture as a whole PNG file. */
export function encodePng({ width_px, height_px, isInk }: Bitmap): Buffer {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width_px);
  size.writeUInt32BE(height_px, 4);
  const rowBytes = Math.ceil(width_px / 8) + 1; // a row begins with its filter, which is none
  const rows = Buffer.alloc(rowBytes * height_px);
  for (let y = 0; y < height_px; y++)
    for (let x = 0; x < width_px; x++)
      if (!isInk(x, y)) {
        const at = y * rowBytes + 1 + (x >> 3);
        rows[at] = (rows[at] ?? 0) | (WHITE << (7 - (x & 7)));
      }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', Buffer.concat([size, FORM])),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
