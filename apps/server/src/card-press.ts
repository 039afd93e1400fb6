/**
 * The press of cards’ contents over the signer: the seal’s keys stay in it, and a card’s security code is derived there by the
 * card’s id, so that it stands nowhere but on the card. Photographs of applications are JPEG, and the chip’s would be JPEG 2000.
 */
import { type CardPress, openContentSeal, securityCode } from '@ishizue/cards';
import { mustSucceed } from '@ishizue/outcome';
import type { NumberCipher } from '@ishizue/registry';
import type { SignerClient } from '@ishizue/signer';

const SECURITY_CODE_SECRET = 'cards/security-codes';

export async function openCardPress(
  signer: SignerClient,
  numbers: NumberCipher,
  typeface: CardPress['typeface'],
): Promise<CardPress> {
  mustSucceed(await signer.ensureSecret(SECURITY_CODE_SECRET, ['derive']), 'the secret of security codes');
  return {
    typeface,
    seal: await openContentSeal(signer),
    numberOf: ({ individualNumber }) =>
      individualNumber === null ? undefined : numbers.open(individualNumber),
    securityCodeOf: async (cardId) =>
      securityCode(
        mustSucceed(
          await signer.deriveKey({ secret: SECURITY_CODE_SECRET, label: cardId }),
          'a security code',
        ),
      ),
    photoOf: () => Promise.resolve(undefined),
  };
}
