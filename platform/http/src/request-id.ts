/**
 * Request ids: 128 random bits in base32 (RFC 4648 section 6, lower case, 26 characters), made once at the edge.
 * A client's own id is never taken over: it is only logged, and only in a shape that cannot carry a person's number.
 */
import { randomFillSync } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const ID_BYTES = 16;
const POOL_BYTES = ID_BYTES * 256; // one call into the random source for 256 ids

const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

/** A new request id. */
export function newRequestId(): string {
  if (used === POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const start = used;
  used += ID_BYTES;
  return base32(pool.subarray(start, used));
}

/** Lower-case base32 without padding. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((held >> bits) & 31);
    }
  }
  return bits > 0 ? text + ALPHABET.charAt((held << (5 - bits)) & 31) : text;
}

const WELL_FORMED =
  /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[a-z2-7]{26}|[0-9A-HJKMNP-TV-Z]{26})$/;
const LONG_DIGITS = /\d{10}/; // resident codes have 11 digits, individual numbers 12

/** The client's id if it is a UUID, 32 hexadecimal digits, one of ours or a ULID, and holds no long run of digits. */
export function clientRequestId(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string' || !WELL_FORMED.test(header) || LONG_DIGITS.test(header)) return undefined;
  return header;
}
