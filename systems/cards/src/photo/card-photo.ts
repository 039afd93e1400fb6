/**
 * The photo of a card’s chip: made from the photograph of its application, by the rules of the day of receipt (whoever was below
 * one year then has none), and its digest, which the centre keeps with the card. Flow: docs/flows/hand-over.md step 4.
 */
import { createHash } from 'node:crypto';
import { inTransaction, type Sql, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { PhotoDesk } from '@ishizue/photo';
import { type IdentifiedPerson, NATIONAL_SITE } from '@ishizue/registry';
import { needsPhoto } from './photo-rules.ts';
import { findPhotoOf } from './photo-store.ts';

/** Whose photograph, and of which application. */
export interface PhotoOf {
  readonly applicationId: string;
  readonly birthDate: IdentifiedPerson['birthDate'];
}

/** The photograph (JPEG) for the face of a card, printed and on the chip; undefined where it has none. */
export async function photoOfApplication(
  sql: Sql,
  { applicationId, birthDate }: PhotoOf,
): Promise<Uint8Array | undefined> {
  const found = await inTransaction(sql, { site: NATIONAL_SITE }, (tx) => findPhotoOf(tx, applicationId));
  return found && needsPhoto(birthDate, found.receivedOn) ? found.jpeg : undefined;
}

/** The same for the chip (JPEG 2000). `photo-not-made`: the pictures’ thread is busy or too slow; ask again. */
export async function chipPhotoOf(
  sql: Sql,
  photos: Pick<PhotoDesk, 'makeChipPhoto'>,
  about: PhotoOf,
): Promise<Result<Uint8Array | undefined, 'photo-not-made'>> {
  const jpeg = await photoOfApplication(sql, about);
  if (!jpeg) return ok(undefined);
  const made = await photos.makeChipPhoto(jpeg);
  return made.ok ? made : fail('photo-not-made', made.failure.code);
}

/** SHA-256 of the photo’s octets as they are on the chip. */
export const photoDigest = (photo: Uint8Array): Buffer => createHash('sha256').update(photo).digest();

export async function storeCardPhoto(tx: Tx, cardId: string, sha256: Buffer): Promise<void> {
  await tx`INSERT INTO cards.card_photo (card_id, sha256) VALUES (${cardId}, ${sha256})`;
}

/** Of the photo that is on this card; null where it has none. */
export async function findCardPhoto(tx: Tx, cardId: string): Promise<Buffer | null> {
  const [row] = await tx<{ sha256: Buffer }[]>`SELECT sha256 FROM cards.card_photo WHERE card_id = ${cardId}`;
  return row?.sha256 ?? null;
}
