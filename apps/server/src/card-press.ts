/**
 * The press of cards’ contents over the signer: the seal’s keys stay in it, and a card’s security code is derived there by the
 * card’s id, so that it stands nowhere but on the card. Photos for chips are made in a thread of their own: a picture
 * that somebody sends keeps no factory waiting.
 */
import { type CardPress, chipPhotoOf, openContentSeal, securityCode } from '@ishizue/cards';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { PhotoDesk } from '@ishizue/photo';
import type { NumberCipher } from '@ishizue/registry';
import type { SignerClient } from '@ishizue/signer';

const SECURITY_CODE_SECRET = 'cards/security-codes';
/** Cards that factories make at once. */
const MAKING_MAX = 256;

export async function openCardPress(
  signer: SignerClient,
  numbers: NumberCipher,
  typeface: CardPress['typeface'],
  /** Of cards. */
  sql: Sql,
): Promise<CardPress> {
  mustSucceed(await signer.ensureSecret(SECURITY_CODE_SECRET, ['derive']), 'the secret of security codes');
  const photos = new PhotoDesk({ waitingMax: MAKING_MAX });
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
    photoOf: (about) => chipPhotoOf(sql, photos, about),
  };
}
