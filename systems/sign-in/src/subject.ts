/**
 * Pairwise subjects (OpenID Connect Core 8.1): the same person is the same subject at a client for good, across cards,
 * certificates and resident codes, and another one at every other organisation or host. HMAC, so that nobody without the
 * key can go from one to another, or find out whose it is by trying.
 */
import { createHmac } from 'node:crypto';

export interface Sector {
  /** The registered verifier whose program it is. */
  readonly organisation: string;
  /** Of the redirect URIs. */
  readonly host: string;
}

export const subjectOf = (key: Uint8Array, { organisation, host }: Sector, holder: string): string =>
  createHmac('sha256', key).update(`${organisation}\0${host}\0${holder}`).digest('base64url');
