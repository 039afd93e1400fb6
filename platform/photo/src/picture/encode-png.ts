/** A PNG (ISO/IEC 15948) of the pixels and nothing else, in RGB of 8 bits: what every browser shows. */
import { crc32, deflateSync } from 'node:zlib';
import type { Picture } from './picture.ts';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A PNG of a header of 13 octets and of lines that begin with their filter. */
export const assemblePng = (header: Uint8Array, lines: Uint8Array): Buffer =>
  Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);

export function encodePng({ width, height, rgb }: Picture): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const line_bytes = width * 3;
  const lines = Buffer.alloc((line_bytes + 1) * height);
  for (let y = 0; y < height; y++)
    lines.set(rgb.subarray(y * line_bytes, (y + 1) * line_bytes), y * (line_bytes + 1) + 1);
  return assemblePng(header, lines);
}
