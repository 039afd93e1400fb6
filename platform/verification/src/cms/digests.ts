/** Digests of messages by their object identifiers (RFC 5754); SHA-1 is none any more. */
import type { Digest } from '../signature/verify-message.ts';

export const DIGESTS: ReadonlyMap<string, Digest> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);
