/** The modulus of an RSA-2048 key, 256 octets, and the key of a modulus: how chips have keys, and how programs have them. */
import { createPublicKey, type KeyObject } from 'node:crypto';

/** @param spki SubjectPublicKeyInfo in DER */
export function modulusOf(spki: Uint8Array): Buffer {
  const { n } = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }).export({
    format: 'jwk',
  });
  if (n === undefined) throw new Error('no RSA key');
  return Buffer.from(n, 'base64url');
}

/** The key of a modulus and the exponent 65537. */
export const keyOfModulus = (modulus: Uint8Array): KeyObject =>
  createPublicKey({
    key: { kty: 'RSA', n: Buffer.from(modulus).toString('base64url'), e: 'AQAB' },
    format: 'jwk',
  });
