/** EMSA-PSS-ENCODE (RFC 8017 9.1.1) with SHA-256 and MGF1 for a 2048-bit key: the crypto module takes no hash made elsewhere. */
import { hash } from 'node:crypto';

const BLOCK_BYTES = 256;
const HASH_BYTES = 32;
const PREFIX = Buffer.alloc(8);
const TRAILER = 0xbc;

/** The block for a hash and a salt; its highest bit is clear, since the modulus has 2048. */
export function encodePss(messageHash: Buffer, salt: Buffer): Buffer {
  const digest = hash('sha256', Buffer.concat([PREFIX, messageHash, salt]), 'buffer');
  const data = Buffer.alloc(BLOCK_BYTES - HASH_BYTES - 1);
  data[data.length - salt.length - 1] = 1;
  salt.copy(data, data.length - salt.length);
  const mask = mgf1(digest, data.length);
  for (let at = 0; at < data.length; at++) data[at] = (data[at] ?? 0) ^ (mask[at] ?? 0);
  data[0] = (data[0] ?? 0) & 0x7f;
  return Buffer.concat([data, digest, Buffer.of(TRAILER)]);
}

/** RFC 8017 B.2.1 */
function mgf1(seed: Buffer, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / HASH_BYTES) }, (_, counter) =>
    hash('sha256', Buffer.concat([seed, Buffer.of(0, 0, 0, counter)]), 'buffer'),
  );
  return Buffer.concat(blocks).subarray(0, length);
}
