/**
 * The one place that says which lints guard the keys. A profile that is not listed cannot be signed. Lints have doors of
 * their own, so that this process loads no database driver and no HTTP server.
 */
import { contentForms } from '@ishizue/cards/lints';
import { jpkiLintsFor, type KeyTypes } from '@ishizue/jpki/lints';
import { nodeLints } from '@ishizue/key-server/lints';
import type { SignerLints } from '@ishizue/signer';

export function signerLintsFor(keyTypes: KeyTypes): SignerLints {
  const jpkiLints = jpkiLintsFor(keyTypes);
  return {
    ...jpkiLints,
    certificate: { ...jpkiLints.certificate, ...nodeLints.certificate },
    crlProfiles: nodeLints.crlProfiles,
    forms: contentForms,
  };
}
