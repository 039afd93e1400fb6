/**
 * The card's id, printed on it and written into its chip: 16 characters of the 32 that nobody mistakes for another
 * (no I, L, O, U), all random, so that it tells neither holder nor count.
 */
import { randomBytes } from 'node:crypto';

const CHARACTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The form of an id from outside. */
export const CARD_ID = /^[0-9A-Z]{16}$/;

export const newCardId = (): string =>
  Array.from(randomBytes(16), (octet) => CHARACTERS[octet % CHARACTERS.length]).join('');
