/** What the making of letters of any kind is given. Wiring makes one at start. */
import type { PrintFiles, Typeface } from '@ishizue/pdf';
import type { Access, Addressee } from '@ishizue/registry';
import type { CardsContext } from '../cards-context.ts';

export interface LetterDesk {
  readonly cards: CardsContext;
  readonly typeface: Typeface;
  readonly files: PrintFiles;
  /** Of the registry: where they live today. */
  readonly findAddressees: (
    access: Access,
    residentCodes: readonly string[],
  ) => Promise<ReadonlyMap<string, Addressee>>;
}
