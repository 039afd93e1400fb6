/** What the making of letters of any kind is given. Wiring makes one at start. */
import type { Typeface } from '@ishizue/pdf';
import type { Access, Addressee } from '@ishizue/registry';
import type { CardsContext } from '../cards-context.ts';

/** Where the files go; a file of the same name is replaced, and is there whole or not at all. */
export interface LetterFiles {
  write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
}

export interface LetterDesk {
  readonly cards: CardsContext;
  readonly typeface: Typeface;
  readonly files: LetterFiles;
  /** Of the registry: where they live today. */
  readonly findAddressees: (
    access: Access,
    residentCodes: readonly string[],
  ) => Promise<ReadonlyMap<string, Addressee>>;
}
