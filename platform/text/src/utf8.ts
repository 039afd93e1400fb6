/**
 * UTF-8 (RFC 3629) in parts: what is complete is decoded, a character that is cut at the end is left for the next part.
 * Overlong forms, surrogates and what is above U+10FFFF are invalid. Node's native check and decoder do the work; the
 * table below only finds the place when the check has failed.
 */
import { isUtf8 } from 'node:buffer';
import type { DecodedPart } from './decoded-part.ts';

/** Decodes all complete characters before the first invalid byte. */
export function decodeUtf8(bytes: Uint8Array): DecodedPart {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const complete = buffer.length - cutLength(buffer);
  if (isUtf8(buffer.subarray(0, complete))) {
    return { text: buffer.toString('utf8', 0, complete), bytes: complete, isInvalid: false };
  }
  const valid = validLength(buffer);
  return { text: buffer.toString('utf8', 0, valid), bytes: valid, isInvalid: true };
}

/** How many bytes at the end begin a character that would go on: 0 to 3. */
function cutLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const at = bytes.length - back;
    const length = lengthOf(bytes[at] ?? 0);
    if (length === 0) continue; // a continuation: look further back
    return length > back && isPrefix(bytes, at, length) ? back : 0;
  }
  return 0;
}

/** The length that a first byte announces; 1 for ASCII, 0 for a byte that begins nothing. */
function lengthOf(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/** The bounds of the second byte, which exclude overlong forms, surrogates and what is above U+10FFFF. */
const SECOND_BYTE: ReadonlyMap<number, readonly [number, number]> = new Map([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
]);

/** Whether the bytes from `at` that exist may be the beginning of a character of that length. */
function isPrefix(bytes: Uint8Array, at: number, length: number): boolean {
  for (let i = 1; i < length && at + i < bytes.length; i++) {
    const [low, high] = (i === 1 ? SECOND_BYTE.get(bytes[at] ?? 0) : undefined) ?? [0x80, 0xbf];
    const byte = bytes[at + i] ?? 0;
    if (byte < low || byte > high) return false;
  }
  return true;
}

/** How many bytes are valid before the first that is not. */
function validLength(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = lengthOf(bytes[at] ?? 0);
    if (length === 0 || at + length > bytes.length || !isPrefix(bytes, at, length)) return at;
    at += length;
  }
  return at;
}

/** Whether the bytes, which may end inside a character, are UTF-8. */
export function isUtf8Prefix(bytes: Uint8Array): boolean {
  return !decodeUtf8(bytes).isInvalid;
}
