/**
 * The rules of every certificate profile, by the name under which the signer knows it: what the lints are made of, and what
 * docs/lints.md tells. A profile that is not here is not signed.
 */
import { CERTIFICATE_KINDS, type CertificateKind, PROFILE_NAMES } from '../profile/certificate-kind.ts';
import type { KeyTypes } from '../profile/key-types.ts';
import { authenticationRules } from './authentication-rules.ts';
import { authorityRules } from './authority-rules.ts';
import { withKeyTypes } from './key-type-rules.ts';
import { phoneAuthenticationRules, phoneSignatureRules } from './phone-rules.ts';
import type { CertificateRule, RulesOf } from './profile-rule.ts';
import { responderRules } from './responder-rules.ts';
import { signatureRules } from './signature-rules.ts';

type ProfileRules = RulesOf<CertificateRule>;

const HOLDER_RULES: Readonly<Record<CertificateKind, ProfileRules>> = {
  signature: signatureRules,
  authentication: authenticationRules,
  'phone-signature': phoneSignatureRules,
  'phone-authentication': phoneAuthenticationRules,
};

/** Where keys of these kinds are certified. */
export const profileRulesFor = ({ authority, holder }: KeyTypes): ReadonlyMap<string, ProfileRules> =>
  new Map<string, ProfileRules>([
    ...CERTIFICATE_KINDS.map(
      (kind) => [PROFILE_NAMES.authority[kind], withKeyTypes(authority, authorityRules(kind))] as const,
    ),
    ...CERTIFICATE_KINDS.map(
      (kind) => [PROFILE_NAMES.certificate[kind], withKeyTypes(holder, HOLDER_RULES[kind])] as const,
    ),
    [PROFILE_NAMES.responder, responderRules],
  ]);
