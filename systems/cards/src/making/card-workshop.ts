/**
 * The factory as the centre sees it. Every operation may be asked again with the same order and comes to the same end: the
 * workshop knows a card by its id. Failures are the workshop's own codes.
 */

import type { CardKind } from '@ishizue/jpki';
import type { Result } from '@ishizue/outcome';
import type { CardContents } from '../contents/card-contents.ts';

/** DER of one kind: a certification request or a certificate. */
export interface KindDer {
  readonly kind: CardKind;
  readonly der: Uint8Array;
}

export interface CardWorkshop {
  /** Makes the card with its contents and keys of these kinds, which stay on it, and gives a certification request for each. */
  make(order: {
    readonly cardId: string;
    readonly kinds: readonly CardKind[];
    readonly contents: CardContents;
  }): Promise<Result<readonly KindDer[]>>;
  writeCertificates(cardId: string, certificates: readonly KindDer[]): Promise<Result<undefined>>;
  /** What another reader than the writer finds on the card. */
  readBack(cardId: string): Promise<Result<readonly KindDer[]>>;
  /** The same of the files of `contents`, by their names; a file that is not there is absent. */
  readContents(
    cardId: string,
    files: readonly string[],
  ): Promise<Result<Readonly<Record<string, Uint8Array>>>>;
}
