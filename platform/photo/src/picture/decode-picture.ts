/**
 * Pixels of a picture whose header was read, brought upright and to a size to work with; and the picture that is kept: written
 * anew from its pixels, so that nothing of what it carried besides (place, device, name, another file behind it) is kept.
 */
import { ok, type Result } from '@ishizue/outcome';
import jpeg from 'jpeg-js';
import { decodePng } from './decode-png.ts';
import type { Picture } from './picture.ts';
import { type PictureFailure, unreadable } from './picture-failure.ts';
import type { PictureHeader } from './picture-header.ts';

/** A quarter more than what a picture of 25 million pixels takes. */
const MEMORY_MB_MAX = 512;
const QUALITY = 92;

export function decodePicture(bytes: Buffer, header: PictureHeader): Result<Picture, PictureFailure> {
  if (header.kind === 'png') return decodePng(bytes, header);
  try {
    const { width, height, data } = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: 26,
      maxMemoryUsageInMB: MEMORY_MB_MAX,
    });
    return ok({ width, height, rgb: data });
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : 'it is broken');
  }
}

/** How a pixel of the upright picture is found, by EXIF orientation: of a turned, mirrored or plain one. */
const SOURCES: Readonly<
  Record<number, (x: number, y: number, w: number, h: number) => readonly [number, number]>
> = {
  2: (x, y, w) => [w - 1 - x, y],
  3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
  4: (x, y, _w, h) => [x, h - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, _w, h) => [y, h - 1 - x],
  7: (x, y, w, h) => [w - 1 - y, h - 1 - x],
  8: (x, y, w) => [w - 1 - y, x],
};

export function turnUpright(picture: Picture, orientation: number): Picture {
  const source = SOURCES[orientation];
  if (!source) return picture;
  const [width, height] =
    orientation >= 5 ? [picture.height, picture.width] : [picture.width, picture.height];
  const rgb = new Uint8Array(picture.rgb.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = source(x, y, picture.width, picture.height);
      const from = (fromY * picture.width + fromX) * 3;
      rgb.set(picture.rgb.subarray(from, from + 3), (y * width + x) * 3);
    }
  return { width, height, rgb };
}

/** The middle of the picture in these proportions, width by height: as much of it as there is. */
export function cutTo(picture: Picture, proportion: number): Picture {
  const width = Math.min(picture.width, Math.round(picture.height * proportion));
  const height = Math.min(picture.height, Math.round(picture.width / proportion));
  const left = Math.floor((picture.width - width) / 2);
  const top = Math.floor((picture.height - height) / 2);
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * picture.width + left) * 3;
    rgb.set(picture.rgb.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, rgb };
}

/** The picture with its longer edge at most so long: each pixel the mean of those that fall into it. */
export function shrinkTo(picture: Picture, edge_max: number): Picture {
  const scale = Math.max(picture.width, picture.height) / edge_max;
  if (scale <= 1) return picture;
  const width = Math.max(1, Math.round(picture.width / scale));
  const height = Math.max(1, Math.round(picture.height / scale));
  const sums = new Float64Array(width * height * 3);
  const counts = new Uint32Array(width * height);
  for (let y = 0, from = 0; y < picture.height; y++) {
    const row = Math.min(height - 1, Math.floor(y / scale)) * width;
    for (let x = 0; x < picture.width; x++, from += 3) {
      const to = row + Math.min(width - 1, Math.floor(x / scale));
      counts[to] = (counts[to] ?? 0) + 1;
      for (let c = 0; c < 3; c++) sums[to * 3 + c] = (sums[to * 3 + c] ?? 0) + (picture.rgb[from + c] ?? 0);
    }
  }
  const rgb = new Uint8Array(sums.length);
  for (let index = 0; index < rgb.length; index++)
    rgb[index] = Math.round((sums[index] ?? 0) / (counts[Math.floor(index / 3)] || 1));
  return { width, height, rgb };
}

/** A JPEG of the pixels and nothing else. */
export function encodeJpeg({ width, height, rgb }: Picture): Buffer {
  const data = Buffer.alloc(width * height * 4, 255);
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let c = 0; c < 3; c++) data[pixel * 4 + c] = rgb[pixel * 3 + c] ?? 0;
  return jpeg.encode({ width, height, data }, QUALITY).data;
}
