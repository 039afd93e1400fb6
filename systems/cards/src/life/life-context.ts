/**
 * What acts on a card in its holder's hand are given besides cards' own: who of the holders lives abroad, as the supplementary
 * family register knows it, and the card's signature certificate by itself.
 */
import type { Result } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import type { CardsContext } from '../cards-context.ts';

export interface CardLife {
  readonly cards: CardsContext;
  /** The municipality of domicile of an overseas mover; undefined of who is none. The look is on the ledger. */
  readonly findDomicile: (access: Access, residentCode: string) => Promise<string | undefined>;
  /** Revokes what signature certificates of the card are live; may be called again. */
  readonly revokeSignature: (access: Access, cardId: string) => Promise<Result<unknown>>;
  /** Whether a live signature certificate is on the card. */
  readonly hasSignature: (cardId: string) => Promise<boolean>;
}
