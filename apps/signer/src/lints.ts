/**
 * The one place that says which lints guard the keys. A profile that is not listed cannot be signed. Lints have doors of
 * their own, so that this process loads no database driver and no HTTP server.
 */
import { jpkiLints } from '@ishizue/jpki/lints';
import { nodeLints } from '@ishizue/key-server/lints';
import type { SignerLints } from '@ishizue/signer';

export const signerLints: SignerLints = {
  ...jpkiLints,
  certificate: { ...jpkiLints.certificate, ...nodeLints.certificate },
  crlProfiles: nodeLints.crlProfiles,
};
