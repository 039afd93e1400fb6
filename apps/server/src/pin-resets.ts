/**
 * What resets of PINs need besides the systems: the keys by which cards know the issuer's permissions, derived inside the
 * signer by the card's id, and a stand-in for the comparison of faces, which is not part of this house.
 */
import { mustSucceed } from '@ishizue/outcome';
import type { SignerClient } from '@ishizue/signer';

const UNBLOCK_SECRET = 'cards/unblock';

/** The unblock key of a card, by its id. */
export async function openUnblockKeys(
  signer: SignerClient,
): Promise<(cardId: string) => Promise<Uint8Array>> {
  mustSucceed(await signer.ensureSecret(UNBLOCK_SECRET, ['derive']), 'the secret of unblock keys');
  return async (cardId) =>
    mustSucceed(await signer.deriveKey({ secret: UNBLOCK_SECRET, label: cardId }), 'an unblock key');
}

/** In a demonstration references that begin with `matched-` are believed; elsewhere none is, until somebody compares. */
export const faceMatcher =
  (isDemonstration: boolean) =>
  (reference: string): Promise<boolean> =>
    Promise.resolve(isDemonstration && reference.startsWith('matched-'));
