/** What resets of PINs are given: the cards, who holds one, the comparison of faces, and the keys that cards know. */
import type { AuthenticatedHolder, AuthenticateFailure, HolderChallenge, SignInAccess } from '@ishizue/jpki';
import type { Result } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { CardsContext } from '../cards-context.ts';

export interface PinResets {
  readonly cards: CardsContext;
  /** Of the citizen PKI: whose card signed, with the status of this instant. */
  readonly authenticateHolder: (
    access: SignInAccess,
    signed: HolderChallenge,
  ) => Promise<Result<AuthenticatedHolder, AuthenticateFailure>>;
  /** Whether the comparison of the living face with the photo in the chip, named by its reference, came out well. */
  readonly isFaceMatched: (reference: string, cardId: string) => Promise<boolean>;
  /** The key under which the card knows the issuer's permissions: 32 bytes, derived in the signer process. */
  readonly unblockKeyOf: (cardId: string) => Promise<Uint8Array>;
  /** Leaves out the hours of kiosks: for demonstrations. */
  readonly alwaysOpen: boolean;
}

/** Where the holder is; who they are is found out by the card. */
export interface ResetAccess {
  readonly terminal: string;
  readonly correlation: string;
}

export const signInAccess = ({ terminal, correlation }: ResetAccess): SignInAccess => ({
  terminal,
  correlation,
  article: '個人番号カード省令 第28条',
  affair: 'pin-reset',
});

/** The holder acts on their own card. */
export const holderAccess = (
  { cards }: Pick<PinResets, 'cards'>,
  access: ResetAccess,
  { residentCode }: AuthenticatedHolder,
): Access => ({
  ...signInAccess(access),
  actorKind: 'person',
  actor: cards.pseudonyms.of(NATIONAL_SITE, residentCode).toString('hex'),
});
