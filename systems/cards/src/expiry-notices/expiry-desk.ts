/** What the making of expiry notices is given. Wiring makes one at start. */
import type { ExpiringHolder, ExpiringPage } from '@ishizue/jpki';
import type { Typeface } from '@ishizue/pdf';
import type { Access, Addressee } from '@ishizue/registry';
import type { CardsContext } from '../cards-context.ts';

/** Where the files go; a file of the same name is replaced, and is there whole or not at all. */
export interface ExpiryFiles {
  write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
}

export interface ExpiryDesk {
  readonly cards: CardsContext;
  readonly typeface: Typeface;
  readonly files: ExpiryFiles;
  /** Of the citizen PKI: whose certificates end, a page at a time. */
  readonly findExpiring: (access: Access, page: ExpiringPage) => Promise<readonly ExpiringHolder[]>;
  /** Of the registry: where they live today. */
  readonly findAddressees: (
    access: Access,
    residentCodes: readonly string[],
  ) => Promise<ReadonlyMap<string, Addressee>>;
}
