/**
 * The one place that says which lints guard the keys. A profile that is not listed cannot be signed.
 */
import type { SignerLints } from '@ishizue/signer';

export const signerLints: SignerLints = {
  certificate: {},
  crl: () => [],
  ocsp: () => [],
};
