/**
 * CP932, Windows' Shift_JIS, in parts. The table is made once by letting iconv-lite decode each of the 11,280 pairs
 * (it gives Windows' values); iconv-lite itself cannot say where an invalid byte is. Pairs from F040 are the user's
 * own characters and come out as private-use code points, which `checkPersonText` refuses: the reader of a file that
 * has them must know the sender's list of 外字.
 */
import iconv from 'iconv-lite';
import { CodeUnitBuffer } from './code-unit-buffer.ts';
import type { DecodedPart } from './decoded-part.ts';

const INVALID = 0xfffd; // in no cell of CP932

let pairs: Uint16Array | undefined;

/** The code unit of each pair, at first × 256 + second; `INVALID` where there is none. */
function pairTable(): Uint16Array {
  const table = new Uint16Array(0x10000).fill(INVALID);
  for (let first = 0x81; first <= 0xfc; first++) {
    if (!isFirst(first)) continue;
    const bytes: number[] = [];
    const seconds: number[] = [];
    for (let second = 0x40; second <= 0xfc; second++) {
      if (second === 0x7f) continue;
      seconds.push(second);
      bytes.push(first, second, 0x0a);
    }
    const cells = iconv.decode(Buffer.from(bytes), 'cp932').split('\n');
    for (const [index, second] of seconds.entries()) {
      const cell = cells[index] ?? '';
      if (cell.length === 1) table[first * 0x100 + second] = cell.charCodeAt(0);
    }
  }
  return table;
}

const isFirst = (byte: number): boolean => (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);

/** The code unit of a byte that is a character alone: ASCII (5C is the backslash) and half-width katakana. */
function single(byte: number): number {
  if (byte < 0x80) return byte;
  return byte >= 0xa1 && byte <= 0xdf ? byte - 0xa1 + 0xff61 : INVALID;
}

/** Decodes all complete characters before the first invalid byte. */
export function decodeCp932(bytes: Uint8Array): DecodedPart {
  pairs ??= pairTable();
  const units = new CodeUnitBuffer();
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    const isPair = isFirst(byte);
    if (isPair && at + 1 === bytes.length) break; // cut: waits for its second byte
    const unit = isPair ? (pairs[byte * 0x100 + (bytes[at + 1] ?? 0)] ?? INVALID) : single(byte);
    if (unit === INVALID) return { text: units.toString(), bytes: at, isInvalid: true };
    units.push(unit);
    at += isPair ? 2 : 1;
  }
  return { text: units.toString(), bytes: at, isInvalid: false };
}
