/**
 * Rules on the certificates of phones (jpki-formats 2, 移動端末設備用): the forms of the card's certificates under names and
 * policies of their own. Ours but for the signing policy, which is reported.
 */
import type { PublicKeyInfo } from '@ishizue/x509';
import { authenticationForm } from './authentication-rules.ts';
import { holderRules } from './holder-rules.ts';
import type { CertificateRule } from './profile-rule.ts';
import { signatureForm } from './signature-rules.ts';

const SIGNATURE_POLICY = '1.2.392.200149.8.5.1.1.40';
const AUTHENTICATION_POLICY = '1.2.392.200149.8.5.1.3.50';

export const phoneSignatureRules = (signer: PublicKeyInfo): readonly CertificateRule[] => [
  ...holderRules('phone-signature', [SIGNATURE_POLICY], signer),
  ...signatureForm,
];

export const phoneAuthenticationRules = (signer: PublicKeyInfo): readonly CertificateRule[] => [
  ...holderRules('phone-authentication', [AUTHENTICATION_POLICY], signer),
  ...authenticationForm,
];
