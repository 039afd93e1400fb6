/** What the printing of cards' faces is given: the typeface, and of a card what neither registry nor cards keep in clear. */
import type { Typeface } from '@ishizue/pdf';
import type { IdentifiedPerson } from '@ishizue/registry';

export interface CardPrinting {
  readonly typeface: Typeface;
  /** The individual number in twelve digits; undefined of whoever has none yet. */
  numberOf(person: IdentifiedPerson): string | undefined;
  /** Four digits, the same whenever it is asked for the same card. */
  securityCodeOf(cardId: string): Promise<string>;
  /** JPEG; undefined where the application has none. */
  printPhotoOf(applicationId: string): Promise<Uint8Array | undefined>;
}
