/**
 * Rules on the authorities for phones and on what they issue (jpki-formats 2, 移動端末設備用): the forms of the card's
 * certificates under names and policies of their own. Ours but for the signing policy, which is reported.
 */
import type { Lint } from '@ishizue/signer';
import { certificateRules } from '@ishizue/x509';
import { PROFILE_NAMES } from '../profile/certificate-kind.ts';
import { authenticationForm } from './authentication-rules.ts';
import { authorityRules } from './authority-rules.ts';
import { holderRules } from './holder-rules.ts';
import { certificateLint } from './profile-rule.ts';
import { signatureForm } from './signature-rules.ts';

const SIGNATURE_POLICY = '1.2.392.200149.8.5.1.1.40';
const AUTHENTICATION_POLICY = '1.2.392.200149.8.5.1.3.50';

const { authority, certificate } = PROFILE_NAMES;

export const phoneLints: Readonly<Record<string, Lint>> = {
  [authority['phone-signature']]: certificateLint(certificateRules, authorityRules('phone-signature')),
  [authority['phone-authentication']]: certificateLint(
    certificateRules,
    authorityRules('phone-authentication'),
  ),
  [certificate['phone-signature']]: certificateLint(certificateRules, (signer) => [
    ...holderRules('phone-signature', [SIGNATURE_POLICY], signer),
    ...signatureForm,
  ]),
  [certificate['phone-authentication']]: certificateLint(certificateRules, (signer) => [
    ...holderRules('phone-authentication', [AUTHENTICATION_POLICY], signer),
    ...authenticationForm,
  ]),
};
