/**
 * Pixels of a PNG (ISO/IEC 15948) of 8 bits without interlacing, on white where it is transparent. Unpacked is exactly as much
 * as the header says, so that a bomb ends there.
 */
import { crc32, inflateSync } from 'node:zlib';
import { ok, type Result } from '@ishizue/outcome';
import type { Picture } from './picture.ts';
import { type PictureFailure, unreadable } from './picture-failure.ts';
import type { PictureHeader } from './picture-header.ts';

/** Samples of a pixel by colour type: grey, RGB, palette, grey with alpha, RGB with alpha. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

interface Chunks {
  readonly packed: Buffer;
  readonly palette: Buffer;
}

export function decodePng(bytes: Buffer, header: PictureHeader): Result<Picture, PictureFailure> {
  const colourType = bytes[25] ?? -1;
  const samples = SAMPLES[colourType];
  if (samples === undefined) return unreadable('no such colour type');
  const chunks = readChunks(bytes);
  if (!chunks) return unreadable('broken chunks');
  const line_bytes = header.width * samples;
  const length = (line_bytes + 1) * header.height;
  let lines: Buffer;
  try {
    lines = inflateSync(chunks.packed, { maxOutputLength: length });
  } catch {
    return unreadable('what is packed is broken, or more than the header says');
  }
  if (lines.length !== length) return unreadable('less than the header says');
  const pixels = unfilter(lines, line_bytes, samples);
  return pixels ? ok(toRgb(pixels, colourType, chunks.palette, header)) : unreadable('no such filter');
}

function readChunks(bytes: Buffer): Chunks | undefined {
  const packed: Buffer[] = [];
  let palette: Buffer = Buffer.alloc(0);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 8 + length;
    if (end + 4 > bytes.length || crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end))
      return undefined;
    if (type === 'IDAT') packed.push(bytes.subarray(at + 8, end));
    if (type === 'PLTE') palette = bytes.subarray(at + 8, end);
    if (type === 'IEND') return { packed: Buffer.concat(packed), palette };
    at = end + 4;
  }
  return undefined;
}

/** Undoes the filter of each line, which adds what is left, above, or a mean of them. */
function unfilter(lines: Buffer, line_bytes: number, step: number): Buffer | undefined {
  const pixels = Buffer.alloc((lines.length / (line_bytes + 1)) * line_bytes);
  const height = lines.length / (line_bytes + 1);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (line_bytes + 1)] ?? 0;
    if (filter > 4) return undefined;
    for (let x = 0; x < line_bytes; x++) {
      const to = y * line_bytes + x;
      const left = x < step ? 0 : (pixels[to - step] ?? 0);
      const above = y === 0 ? 0 : (pixels[to - line_bytes] ?? 0);
      const corner = x < step || y === 0 ? 0 : (pixels[to - line_bytes - step] ?? 0);
      const added = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] ?? 0;
      pixels[to] = (lines[y * (line_bytes + 1) + 1 + x] ?? 0) + added;
    }
  }
  return pixels;
}

/** Whichever of the three is nearest to left + above − corner. */
function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [toLeft, toAbove, toCorner] = [
    Math.abs(guess - left),
    Math.abs(guess - above),
    Math.abs(guess - corner),
  ];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

function toRgb(
  pixels: Buffer,
  colourType: number,
  palette: Buffer,
  { width, height }: PictureHeader,
): Picture {
  const samples = SAMPLES[colourType] ?? 1;
  const hasAlpha = colourType === 4 || colourType === 6;
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = pixel * samples;
    const alpha = hasAlpha ? (pixels[from + samples - 1] ?? 0) / 255 : 1;
    for (let c = 0; c < 3; c++) {
      const value =
        colourType === 3
          ? (palette[(pixels[from] ?? 0) * 3 + c] ?? 0)
          : (pixels[from + (samples >= 3 ? c : 0)] ?? 0);
      rgb[pixel * 3 + c] = value * alpha + 255 * (1 - alpha);
    }
  }
  return { width, height, rgb };
}
