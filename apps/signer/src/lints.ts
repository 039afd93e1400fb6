/**
 * The one place that says which lints guard the keys. A profile that is not listed cannot be signed. JPKI's lints have a
 * door of their own, so that this process loads no database driver and no HTTP server.
 */
import { jpkiLints } from '@ishizue/jpki/lints';
import type { SignerLints } from '@ishizue/signer';

export const signerLints: SignerLints = jpkiLints;
