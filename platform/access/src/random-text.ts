/**
 * Random texts for people and machines: tokens of 256 bits, secrets that can be written down, short opaque ids. The
 * alphabet for people is Crockford's (no i, l, o, u).
 */
import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Characters of the alphabet of 32, 5 random bits each. */
export const randomCharacters = (count: number): string =>
  Array.from(randomBytes(count), (byte) => ALPHABET.charAt(byte & 31)).join('');

/** A session token: 256 random bits in 43 characters. */
export const randomToken = (): string => randomBytes(32).toString('base64url');

/** A secret for an operator: 100 random bits as `xxxxx-xxxxx-xxxxx-xxxxx`. */
export const randomSecret = (): string => Array.from({ length: 4 }, () => randomCharacters(5)).join('-');
