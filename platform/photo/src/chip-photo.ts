/**
 * The photograph as it is on the chip (券面事項確認 0002, DF27): cut to 35 by 45, 280 × 360 pixels, JPEG 2000 in a JP2 file of at
 * most 16 KiB. That it is JPEG 2000 is surveyed; pixels and octets are ours: so much as fits beside the other
 * pictures into a file whose offsets have 15 bits. And back: what a screen can show of what a chip has.
 */
import { ok, type Result } from '@ishizue/outcome';
import { cutTo, decodePicture, shrinkTo } from './picture/decode-picture.ts';
import { encodePng } from './picture/encode-png.ts';
import { encodeJp2, JP2_HEAD_BYTES, readJp2 } from './picture/jp2-file.ts';
import type { Jpeg2000 } from './picture/jpeg-2000.ts';
import { type PictureFailure, unreadable } from './picture/picture-failure.ts';
import { readPictureHeader } from './picture/picture-header.ts';

const PROPORTION = 35 / 45;
const HEIGHT = 360;
const BYTES_MAX = 16_384;

/** @param jpeg the photograph that is kept */
export async function makeChipPhoto(
  jpeg: Buffer,
  codec: Jpeg2000,
): Promise<Result<Uint8Array, PictureFailure>> {
  const header = readPictureHeader(jpeg);
  if (!header.ok) return header;
  const decoded = decodePicture(jpeg, header.value);
  if (!decoded.ok) return decoded;
  const picture = shrinkTo(cutTo(decoded.value, PROPORTION), HEIGHT);
  return ok(encodeJp2(await codec.encode(picture, BYTES_MAX - JP2_HEAD_BYTES), picture));
}

/** The PNG of a chip’s photo. */
export async function showChipPhoto(
  photo: Buffer,
  codec: Jpeg2000,
): Promise<Result<Uint8Array, PictureFailure>> {
  const codestream = readJp2(photo);
  if (!codestream.ok) return codestream;
  const picture = await codec.decode(codestream.value);
  return picture ? ok(encodePng(picture)) : unreadable('the codestream is broken');
}
