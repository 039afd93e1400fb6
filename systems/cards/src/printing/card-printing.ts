/** What the printing of cards' faces is given besides the press of their chips, which has the typeface and what both say. */

import type { PhotoOf } from '../photo/card-photo.ts';

export interface CardPrinting {
  /** JPEG; undefined where the card has none. */
  printPhotoOf(about: PhotoOf): Promise<Uint8Array | undefined>;
}
