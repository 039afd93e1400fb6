/**
 * Pictures for tests: four photographs of the public domain (`fixtures/README.md`), what can be done to them, and files that
 * are made to do harm.
 */
import { readFileSync } from 'node:fs';
import jpeg from 'jpeg-js';
import { cutTo, decodePicture, shrinkTo } from '../picture/decode-picture.ts';
import { assemblePng } from '../picture/encode-png.ts';
import type { Picture } from '../picture/picture.ts';
import { readPictureHeader } from '../picture/picture-header.ts';

export type SamplePicture = 'portrait' | 'painting' | 'cat' | 'rocket';

export const samplePicture = (name: SamplePicture): Buffer =>
  readFileSync(new URL(`../../fixtures/${name}.jpg`, import.meta.url));

/** The pixels of a JPEG or PNG, cut and brought to the size of a chip’s photo. */
export function chipPixelsOf(bytes: Buffer): Picture {
  const header = readPictureHeader(bytes);
  const decoded = header.ok && decodePicture(bytes, header.value);
  if (!decoded || !decoded.ok) throw new Error('no picture');
  return shrinkTo(cutTo(decoded.value, 35 / 45), 360);
}

/** How like two pictures of the same size are, in decibels: above 40 nobody sees a difference. */
export function likenessInDecibels(one: Uint8Array, other: Uint8Array): number {
  if (one.length !== other.length) return 0;
  const squares = one.reduce((sum, value, at) => sum + (value - (other[at] ?? 0)) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (squares / one.length));
}

/** Where a pixel comes from, in shares of width and height; undefined: plain background. */
type Source = (x: number, y: number) => readonly [number, number] | undefined;
type Colour = (value: number, x: number, y: number) => number;

/** The picture with every pixel taken from elsewhere, and every value changed. */
function redraw(name: SamplePicture, source: Source, colour: Colour = (value) => value): Buffer {
  const { width, height, data } = jpeg.decode(samplePicture(name), { useTArray: true });
  const drawn = Buffer.alloc(width * height * 4, 205);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = source(x / width, y / height);
      const at = from && Math.floor(from[1] * height) * width + Math.floor(from[0] * width);
      for (let c = 0; c < 3; c++) {
        const value = at === undefined ? 205 : (data[at * 4 + c] ?? 205);
        drawn[(y * width + x) * 4 + c] = Math.max(0, Math.min(255, colour(value, x / width, y / height)));
      }
    }
  return jpeg.encode({ width, height, data: drawn }, 90).data;
}

const inside = (x: number, y: number): readonly [number, number] | undefined =>
  x >= 0 && y >= 0 && x < 1 && y < 1 ? [x, y] : undefined;
const same: Source = (x, y) => [x, y];

/** The portrait with one thing wrong. */
export const flawedPortraits = {
  darkened: () => redraw('portrait', same, (value) => value * 0.25),
  brightened: () => redraw('portrait', same, (value) => value * 1.6 + 60),
  tilted: () =>
    redraw('portrait', (x, y) => {
      const [dx, dy] = [x - 0.5, (y - 0.5) * (9 / 7)];
      const [cos, sin] = [Math.cos(0.24), Math.sin(0.24)];
      return inside(0.5 + dx * cos + dy * sin, 0.5 + ((dy * cos - dx * sin) * 7) / 9);
    }),
  small: () => redraw('portrait', (x, y) => inside((x - 0.5) * 2.2 + 0.5, (y - 0.5) * 2.2 + 0.5)),
  twice: () => redraw('portrait', (x, y) => inside((x % 0.5) * 2, (y - 0.25) * 2)),
  blurred: () => {
    const { width, height, data } = jpeg.decode(samplePicture('portrait'), { useTArray: true });
    const blurred = Buffer.from(data);
    for (let y = 10; y < height - 10; y++)
      for (let x = 10; x < width - 10; x++)
        for (let c = 0; c < 3; c++) {
          let sum = 0;
          for (let tap = 0; tap < 25; tap++)
            sum += data[((y + 5 * (Math.floor(tap / 5) - 2)) * width + x + 5 * ((tap % 5) - 2)) * 4 + c] ?? 0;
          blurred[(y * width + x) * 4 + c] = sum / 25;
        }
    return jpeg.encode({ width, height, data: blurred }, 90).data;
  },
  withThings: () =>
    redraw('portrait', same, (value, x, y) => ((x < 0.06 || x > 0.93) && y < 0.5 ? (y * 900) % 230 : value)),
} as const;

/** A picture of one colour, with nothing on it. */
export function emptyPicture(width: number, height: number): Buffer {
  return jpeg.encode({ width, height, data: Buffer.alloc(width * height * 4, 205) }, 90).data;
}

/** The JPEG with an EXIF block of these entries, and a place in it. */
export function withExif(
  picture: Buffer,
  facts: { readonly takenAt?: string; readonly orientation?: number },
): Buffer {
  const taken = Buffer.from(`${facts.takenAt ?? ''}\0`, 'latin1');
  const entry = (tag: number, type: number, count: number, value: number): Buffer => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(tag, 0);
    bytes.writeUInt16LE(type, 2);
    bytes.writeUInt32LE(count, 4);
    bytes.writeUInt32LE(value, 8);
    return bytes;
  };
  const directory = (entries: readonly Buffer[]): Buffer =>
    Buffer.concat([Buffer.from([entries.length, 0]), ...entries, Buffer.alloc(4)]);
  const second_at = 8 + 2 + 2 * 12 + 4;
  const text_at = second_at + 2 + 12 + 4;
  const tiff = Buffer.concat([
    Buffer.from('49492a0008000000', 'hex'),
    directory([entry(0x0112, 3, 1, facts.orientation ?? 1), entry(0x8769, 4, 1, second_at)]),
    directory(facts.takenAt === undefined ? [] : [entry(0x9003, 2, taken.length, text_at)]),
    taken,
    Buffer.from('GPS 35.6812N 139.7671E'),
  ]);
  const content = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xffe1, 0);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([picture.subarray(0, 2), head, content, picture.subarray(2)]);
}

export interface PngFacts {
  readonly width: number;
  readonly height: number;
  readonly colourType?: number;
  readonly interlace?: number;
  /** What is packed; lines of zeros where it is not given. */
  readonly lines?: Buffer;
}

/** A PNG that says of itself what it is told to. */
export function pngOf({ width, height, colourType = 2, interlace = 0, lines }: PngFacts): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colourType, 0, 0, interlace], 8);
  return assemblePng(header, lines ?? Buffer.alloc((width * 3 + 1) * height));
}
