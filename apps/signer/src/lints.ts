/**
 * The one place that says which lints guard the keys. CRLs and OCSP answers are held to the general rules; each
 * certificate profile comes from the system that issues it, as `certificateLint(...its rules)`. What is not listed
 * here cannot be signed.
 */
import { crlLint, ocspLint, type SignerLints } from '@ishizue/signer';

export const signerLints: SignerLints = {
  certificate: {},
  crl: crlLint(),
  ocsp: ocspLint(),
};
