/**
 * Takes a photograph before an application names it: it is looked at in a thread of its own, and what is kept is written anew from its
 * pixels. Of the file that was sent nothing is stored. Flow: docs/flows/card-application.md step 2.
 */
import { inTransaction } from '@ishizue/db';
import { ok, type Result } from '@ishizue/outcome';
import type { PhotoDesk, PictureFailure } from '@ishizue/photo';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { CardsContext } from '../cards-context.ts';
import { storePhoto } from './photo-store.ts';

export async function takePhoto(
  context: Pick<CardsContext, 'sql' | 'clock'>,
  photos: PhotoDesk,
  bytes: Uint8Array,
): Promise<Result<Uint8Array, PictureFailure>> {
  const looked = await photos.look(bytes);
  if (!looked.ok) return looked;
  const at = new Date(context.clock.now());
  await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) => storePhoto(tx, looked.value, at));
  return ok(looked.value.kept);
}
