/**
 * What JPKI keeps of the four items beside the signature certificate itself: a digest, to tell whether a notice of the
 * registry changes what the certificate says. Minor corrections move it on without touching the certificate.
 */
import { createHash } from 'node:crypto';
import type { IdentityChanged } from '@ishizue/registry';

export type FourItems = Pick<IdentityChanged, 'name' | 'birthDate' | 'sex' | 'address'>;

/** SHA-256, 32 bytes. */
export const identityDigest = ({ name, birthDate, sex, address }: FourItems): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([name, birthDate, sex, address]))
    .digest();
