/**
 * The number that is printed on every page of a certificate and by which anyone may verify it: 120 random bits, so
 * that to know it is to have seen the paper. Crockford's alphabet (no I, L, O, U), in six groups to be typed.
 */
import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 6;
const GROUP_LENGTH = 4;

/** Makes a number such as `7Q4M-0ZRX-93TB-KC6V-H2PD-8WYA`. */
export function newCertificateId(): string {
  const characters = Array.from(randomBytes(GROUPS * GROUP_LENGTH), (byte) => ALPHABET.charAt(byte & 31));
  return Array.from({ length: GROUPS }, (_, group) =>
    characters.slice(group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH).join(''),
  ).join('-');
}

/**
 * A number as somebody typed or scanned it: letters of either case, with or without hyphens and spaces, and the
 * letters that are taken for digits. Undefined where it can be no number of ours.
 */
export function readCertificateId(text: string): string | undefined {
  if (text.length > 64) return undefined;
  const plain = text.toUpperCase().replaceAll(/[-\s]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (plain.length !== GROUPS * GROUP_LENGTH || !/^[0-9A-HJKMNP-TV-Z]+$/.test(plain)) return undefined;
  return (plain.match(/.{4}/g) ?? []).join('-');
}
