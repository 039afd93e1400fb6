/**
 * What a picture says of itself before anything is unpacked: its kind, its size in pixels, and its EXIF. What would be large
 * in memory, or slow by the number of its scans, is refused here. JPEG: ITU-T T.81 annex B; PNG: ISO/IEC 15948.
 */
import { ok, type Result } from '@ishizue/outcome';
import { kindRefused, type PictureFailure, tooLarge, unreadable } from './picture-failure.ts';

export interface PictureHeader {
  readonly kind: 'jpeg' | 'png';
  readonly width: number;
  readonly height: number;
  /** The EXIF block (a TIFF), where there is one. */
  readonly exif: Buffer | undefined;
}

export const BYTES_MAX = 7_340_032;
/** Of the decoded picture: 24 million pixels are what cameras of telephones give. */
const PIXELS_MAX = 25_000_000;
const EDGE_MAX = 6000;
/** Of a progressive JPEG: each scan goes over the whole picture, and encoders make about ten. */
const SCANS_MAX = 32;

const PNG_SIGNATURE = '89504e470d0a1a0a';
const EXIF_MARK = Buffer.from('Exif\0\0', 'latin1');

export function readPictureHeader(bytes: Buffer): Result<PictureHeader, PictureFailure> {
  if (bytes.length > BYTES_MAX) return tooLarge(`more than ${BYTES_MAX} octets`);
  const header =
    bytes.subarray(0, 8).toString('hex') === PNG_SIGNATURE ? pngHeader(bytes) : jpegHeader(bytes);
  if (!header.ok) return header;
  const { width, height } = header.value;
  if (width < 1 || height < 1) return unreadable('it has no pixels');
  if (width > EDGE_MAX || height > EDGE_MAX || width * height > PIXELS_MAX)
    return tooLarge(`${width} × ${height} pixels`);
  return header;
}

function pngHeader(bytes: Buffer): Result<PictureHeader, PictureFailure> {
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') return unreadable('no header');
  const [depth, interlace] = [bytes[24], bytes[28]];
  if (depth !== 8 || interlace !== 0) return kindRefused('a PNG of other than 8 bits, or an interlaced one');
  return ok({ kind: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), exif: undefined });
}

function jpegHeader(bytes: Buffer): Result<PictureHeader, PictureFailure> {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return kindRefused('neither JPEG nor PNG');
  let exif: Buffer | undefined;
  let size: { readonly width: number; readonly height: number } | undefined;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes.readUInt16BE(at);
    if (marker === 0xffff) {
      at += 1; // filling before a marker
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    const content = bytes.subarray(at + 4, at + 2 + length);
    if (marker < 0xff00 || length < 2 || content.length !== length - 2) return unreadable('broken segments');
    if (marker === 0xffda)
      return size ? withScans(bytes, at, { kind: 'jpeg', ...size, exif }) : unreadable('no frame');
    if (isFrame(marker)) {
      if (size) return unreadable('two frames');
      const frame = frameSize(marker, content);
      if (!frame.ok) return frame;
      size = frame.value;
    }
    if (marker === 0xffe1 && content.subarray(0, 6).equals(EXIF_MARK)) exif ??= content.subarray(6);
    at += 2 + length;
  }
  return unreadable('no scan');
}

/** SOF0 to SOF15 without DHT, JPG and DAC. */
const isFrame = (marker: number): boolean =>
  marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);

function frameSize(
  marker: number,
  content: Buffer,
): Result<{ readonly width: number; readonly height: number }, PictureFailure> {
  if (marker > 0xffc2) return kindRefused('a JPEG that is neither baseline nor progressive');
  if (content.length < 6) return unreadable('no frame');
  const [precision, components] = [content[0], content[5]];
  if (precision !== 8 || (components !== 1 && components !== 3)) return kindRefused('neither RGB nor grey');
  return ok({ height: content.readUInt16BE(1), width: content.readUInt16BE(3) });
}

/** In what is packed FF is followed by 00 or a restart, so that FF DA is a scan, and a second frame would be seen. */
function withScans(
  bytes: Buffer,
  from: number,
  header: PictureHeader,
): Result<PictureHeader, PictureFailure> {
  let scans = 0;
  for (
    let at = bytes.indexOf(0xff, from);
    at >= 0 && at + 1 < bytes.length;
    at = bytes.indexOf(0xff, at + 1)
  ) {
    const marker = 0xff00 + (bytes[at + 1] ?? 0);
    if (isFrame(marker)) return unreadable('two frames');
    if (marker === 0xffda && ++scans > SCANS_MAX) return tooLarge(`more than ${SCANS_MAX} scans`);
  }
  return ok(header);
}
