/** The name of an RSA key in a card-verifiable certificate: 16 octets of the hash of its modulus (ours: not public). */
import { hash } from 'node:crypto';

const ID_BYTES = 16;

export const contentKeyId = (modulus: Uint8Array): Buffer =>
  hash('sha256', modulus, 'buffer').subarray(0, ID_BYTES);
