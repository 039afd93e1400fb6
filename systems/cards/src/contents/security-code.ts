/** The security code of a card: four digits out of 32 derived octets, the same for the same card, so that nobody stores it. */

const CODES = 10_000;

/** @param derived 32 octets that depend on a secret and the card’s id alone */
export const securityCode = (derived: Uint8Array): string =>
  String(Buffer.from(derived).readUIntBE(0, 6) % CODES).padStart(4, '0');
