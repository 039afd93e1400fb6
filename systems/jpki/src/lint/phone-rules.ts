/**
 * Rules on the authorities for phones and on what they issue (jpki-formats 2, 移動端末設備用): the forms of the card's
 * certificates under names and policies of their own. Ours but for the signing policy, which is reported.
 */
import type { Lint } from '@ishizue/signer';
import { certificateRules } from '@ishizue/x509';
import { PROFILE_NAMES } from '../profile/certificate-kind.ts';
import type { KeyTypes } from '../profile/key-types.ts';
import { authenticationForm } from './authentication-rules.ts';
import { authorityRules } from './authority-rules.ts';
import { holderRules } from './holder-rules.ts';
import { withKeyTypes } from './key-type-rules.ts';
import { certificateLint } from './profile-rule.ts';
import { signatureForm } from './signature-rules.ts';

const SIGNATURE_POLICY = '1.2.392.200149.8.5.1.1.40';
const AUTHENTICATION_POLICY = '1.2.392.200149.8.5.1.3.50';

const { authority: authorities, certificate } = PROFILE_NAMES;

/** The lints under which keys of these kinds are certified. */
export const phoneLintsFor = ({ authority, holder }: KeyTypes): Readonly<Record<string, Lint>> => ({
  [authorities['phone-signature']]: certificateLint(
    certificateRules,
    withKeyTypes(authority, authorityRules('phone-signature')),
  ),
  [authorities['phone-authentication']]: certificateLint(
    certificateRules,
    withKeyTypes(authority, authorityRules('phone-authentication')),
  ),
  [certificate['phone-signature']]: certificateLint(
    certificateRules,
    withKeyTypes(holder, (signer) => [
      ...holderRules('phone-signature', [SIGNATURE_POLICY], signer),
      ...signatureForm,
    ]),
  ),
  [certificate['phone-authentication']]: certificateLint(
    certificateRules,
    withKeyTypes(holder, (signer) => [
      ...holderRules('phone-authentication', [AUTHENTICATION_POLICY], signer),
      ...authenticationForm,
    ]),
  ),
});
