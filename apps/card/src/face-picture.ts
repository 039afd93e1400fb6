/**
 * The face of a chip for a screen: what a counter compares with the person before it (docs/flows/hand-over.md step 4). Browsers
 * do not show JPEG 2000, so that the photo is decoded here, and its digest goes with the completion of the hand-over. Takes
 * the file as it was read, by whatever reader: a program at the counter, or a page over the WebSocket.
 */
import { photoDigest, readFaceImages } from '@ishizue/cards';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { PhotoDesk, PictureFailure } from '@ishizue/photo';
import { readFaceFile } from './chip/read-face.ts';
import { deviceKeyFileOf, findDeviceKey } from './device-key.ts';
import { SoftwareCard } from './software-card.ts';

const LOCK_WAIT_MS = 2_000;

export interface FacePicture {
  /** What a screen shows. */
  readonly png: Buffer;
  /** SHA-256 of the photo as it is on the chip: `faceSha256` of a completion. */
  readonly sha256: Buffer;
}

/**
 * The photo of a chip as a picture; undefined of a card without one.
 * @param file 券面事項確認 0002, as it was read
 */
export async function facePicture(
  photos: Pick<PhotoDesk, 'showChipPhoto'>,
  file: Uint8Array,
): Promise<Result<FacePicture | undefined, 'face-unreadable' | PictureFailure>> {
  const face = readFaceImages(file);
  if (!face) return fail('face-unreadable', 'this is no file of a card’s face');
  if (face.photo.length === 0) return ok(undefined);
  const shown = await photos.showChipPhoto(face.photo);
  if (!shown.ok) return shown;
  return ok({ png: Buffer.from(shown.value), sha256: photoDigest(face.photo) });
}

/** The face of a card in this house’s own reader, opened by what is printed on it; undefined of a card without a photo. */
export async function readFacePicture(
  file: string,
  photos: PhotoDesk,
): Promise<Result<FacePicture | undefined>> {
  const deviceKey = await findDeviceKey(deviceKeyFileOf(file));
  if (!deviceKey) return fail('card-absent', 'no card with its device key beside it');
  const card = new SoftwareCard({ path: file, deviceKey, lockWaitMs: LOCK_WAIT_MS });
  const status = await card.status();
  if (!status.ok) return status;
  const { numberB } = status.value;
  if (numberB === undefined) return ok(undefined);
  const read = await card.inReader((inReader) => readFaceFile(inReader, numberB));
  return read.ok ? facePicture(photos, read.value) : read;
}
