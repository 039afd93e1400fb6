/**
 * Which encoding the first bytes of a file are in. A byte order mark decides; else bytes that are all UTF-8 with at least
 * one character beyond ASCII are UTF-8 (CP932 text of more than a few characters never is); else CP932 if they are
 * valid in it. ASCII alone tells nothing and is said so: what follows may be either.
 */
import { decodeCp932 } from './cp932.ts';
import type { FileEncoding } from './text-decoder.ts';
import { isUtf8Prefix } from './utf8.ts';

/** `ascii`: both encodings read these bytes alike. `unknown`: neither reads them (UTF-16, JIS, binary). */
export type DetectedEncoding = FileEncoding | 'ascii' | 'unknown';

/** The encoding of the first bytes of a file, which may end inside a character. */
export function detectEncoding(firstBytes: Uint8Array): DetectedEncoding {
  if (firstBytes.includes(0)) return 'unknown'; // UTF-16 or binary: no text file of ours has NUL
  if (firstBytes.includes(0x1b)) return 'unknown'; // ISO-2022-JP: ASCII to the eye of both
  if (firstBytes.every((byte) => byte < 0x80)) return 'ascii';
  if (isUtf8Prefix(firstBytes)) return 'utf-8';
  return decodeCp932(firstBytes).isInvalid ? 'unknown' : 'cp932';
}
