/**
 * What the printing of cards' faces is given: a card's security code is derived in the signer by the card's id, so that it stands
 * nowhere but on the card; the photograph is that of its application.
 */
import { type CardPrinting, photoOfApplication } from '@ishizue/cards';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import type { NumberCipher } from '@ishizue/registry';
import type { SignerClient } from '@ishizue/signer';

const SECURITY_CODE_SECRET = 'cards/security-codes';
const CODES = 10_000;

export async function openCardPrinting(
  signer: SignerClient,
  numbers: NumberCipher,
  typeface: CardPrinting['typeface'],
  sql: Sql,
): Promise<CardPrinting> {
  mustSucceed(await signer.ensureSecret(SECURITY_CODE_SECRET, ['derive']), 'the secret of security codes');
  return {
    typeface,
    numberOf: ({ individualNumber }) =>
      individualNumber === null ? undefined : numbers.open(individualNumber),
    securityCodeOf: async (cardId) => {
      const derived = mustSucceed(
        await signer.deriveKey({ secret: SECURITY_CODE_SECRET, label: cardId }),
        'a security code',
      );
      return String(derived.readUIntBE(0, 6) % CODES).padStart(4, '0');
    },
    printPhotoOf: (applicationId) => photoOfApplication(sql, applicationId),
  };
}
