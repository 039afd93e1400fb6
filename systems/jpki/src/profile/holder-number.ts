/**
 * The common name of a holder's certificate: 14 random digits and capitals, the five digits of the municipality, `003A`.
 * Nothing of the person is in it. Open in the sources for the signature certificate: it has the same form here, with
 * random characters of its own, so that one certificate's name does not lead to the other's.
 */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const RANDOM_CHARACTERS = 14;
const SUFFIX = '003A';
const UNBIASED = 256 - (256 % ALPHABET.length);

export const HOLDER_NUMBER = /^[0-9A-Z]{14}\d{5}003A$/;

export function drawHolderNumber(randomBytes: (size: number) => Uint8Array, fiveDigits: string): string {
  let text = '';
  while (text.length < RANDOM_CHARACTERS) {
    for (const byte of randomBytes(RANDOM_CHARACTERS + 2)) {
      if (byte < UNBIASED && text.length < RANDOM_CHARACTERS) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text + fiveDigits + SUFFIX;
}
