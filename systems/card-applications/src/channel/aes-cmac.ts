/** AES-CMAC (NIST SP 800-38B, RFC 4493): 16 octets over any octets, under a key of 16, 24 or 32. */
import { createCipheriv } from 'node:crypto';

const BLOCK = 16;
const RB = 0x87;

export function aesCmac(key: Uint8Array, message: Uint8Array): Buffer {
  const whole = message.length > 0 && message.length % BLOCK === 0;
  const subkey = double(encryptBlock(key, Buffer.alloc(BLOCK)));
  const mask = whole ? subkey : double(subkey);
  const padded = whole ? Buffer.from(message) : pad80(message);
  const last = padded.length - BLOCK;
  for (let at = 0; at < BLOCK; at++) padded[last + at] = (padded[last + at] ?? 0) ^ (mask[at] ?? 0);
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, Buffer.alloc(BLOCK)).setAutoPadding(false);
  return Buffer.concat([cipher.update(padded), cipher.final()]).subarray(last);
}

/** One block under the key alone. */
export function encryptBlock(key: Uint8Array, block: Uint8Array): Buffer {
  const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

/** With `80` and zeros to whole blocks (ISO/IEC 7816-4, padding method 2): always at least one octet. */
export function pad80(octets: Uint8Array): Buffer {
  const padded = Buffer.alloc((Math.floor(octets.length / BLOCK) + 1) * BLOCK);
  padded.set(octets);
  padded[octets.length] = 0x80;
  return padded;
}

/** Without them; undefined where they are not there. */
export function unpad80(octets: Buffer): Buffer | undefined {
  const end = octets.lastIndexOf(0x80);
  if (end < 0 || octets.length - end > BLOCK) return undefined;
  return octets.subarray(end + 1).every((octet) => octet === 0) ? octets.subarray(0, end) : undefined;
}

/** Multiplication by x in GF(2^128). */
function double(block: Buffer): Buffer {
  const doubled = Buffer.from(block.map((octet, at) => ((octet << 1) | ((block[at + 1] ?? 0) >> 7)) & 0xff));
  const last = doubled[BLOCK - 1] ?? 0;
  doubled[BLOCK - 1] = ((block[0] ?? 0) & 0x80) === 0 ? last : last ^ RB;
  return doubled;
}
