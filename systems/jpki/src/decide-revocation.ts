/**
 * What a notice of the registry does to a person's certificates (公的個人認証法 art. 12, 31; domain rules 6.3). Pure.
 * - Deletion (death, removal ex officio) revokes both kinds.
 * - A change of name, birth date, sex or address revokes the signature certificate, which states them; not so a minor
 *   correction (軽微な修正): what the certificate stands for moves on with it.
 * - Decided: a move-out alone revokes nothing. Who has declared one stays a current resident until the day or the notice of
 *   the new municipality (domain rules 1), and the card may be used on there (5.5); the move-in then changes the address.
 */
import type { IdentityChanged } from '@ishizue/registry';
import { identityDigest } from './identity-digest.ts';
import type { CertificateKind } from './profile/certificate-kind.ts';

export interface LiveCertificate {
  readonly kind: CertificateKind;
  /** Of the four items that it stands for; null on an authentication certificate. */
  readonly identitySha256: Buffer | null;
}

export type RevocationDecision =
  | { readonly effect: 'none' }
  | { readonly effect: 'revoke' }
  /** Nothing to revoke, but the four items are written differently from now on. */
  | { readonly effect: 'carry-on'; readonly identitySha256: Buffer };

const NONE: RevocationDecision = { effect: 'none' };
const REVOKE: RevocationDecision = { effect: 'revoke' };

/** Notices that never concern a certificate, whatever they say: they are not even looked up. */
export const isWithoutEffect = ({ reason, status }: IdentityChanged): boolean =>
  !isDeletion({ reason, status }) &&
  (reason === 'initial-load' || reason === 'number-assigned' || reason === 'move-out');

const isDeletion = ({ status }: Pick<IdentityChanged, 'reason' | 'status'>): boolean =>
  status === 'deceased' || status === 'removed';

export function decideRevocation(notice: IdentityChanged, certificate: LiveCertificate): RevocationDecision {
  if (isDeletion(notice)) return REVOKE;
  if (isWithoutEffect(notice) || certificate.identitySha256 === null) return NONE;
  const identitySha256 = identityDigest(notice);
  if (identitySha256.equals(certificate.identitySha256)) return NONE;
  return notice.reason === 'minor-correction' ? { effect: 'carry-on', identitySha256 } : REVOKE;
}
