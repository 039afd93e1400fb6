/**
 * The lints that the signer runs before a key of JPKI signs: x509's general rules, then the profile's. They stand in the
 * process that holds the keys, so that whoever gets hold of the rest of the house still cannot have a certificate signed
 * that the profile does not know.
 */
import type { SignerLints } from '@ishizue/signer';
import {
  CrlPartsLint,
  certificateRules,
  crlEntryRules,
  crlRules,
  lintCrl,
  lintOcsp,
  ocspRules,
} from '@ishizue/x509';
import { PROFILE_NAMES } from '../profile/certificate-kind.ts';
import { type KeyTypes, publishedKeyTypes } from '../profile/key-types.ts';
import { answerRules } from './answer-rules.ts';
import { authenticationRules } from './authentication-rules.ts';
import { authorityRules } from './authority-rules.ts';
import { listSignatureRule, withKeyTypes } from './key-type-rules.ts';
import { listEntryRules, listRules } from './list-rules.ts';
import { phoneLintsFor } from './phone-rules.ts';
import { certificateLint, onceForEachKey } from './profile-rule.ts';
import { responderRules } from './responder-rules.ts';
import { signatureRules } from './signature-rules.ts';

export { type KeyTypeSettings, type KeyTypes, readKeyTypes } from '../profile/key-types.ts';

const listRulesFor = onceForEachKey((signer) => [
  ...crlRules,
  listSignatureRule(signer),
  ...listRules(signer),
]);
const answerRulesFor = onceForEachKey((signer) => [...ocspRules, ...answerRules(signer)]);

/** The lints under which keys of these kinds are certified. */
export const jpkiLintsFor = ({ authority, holder }: KeyTypes): SignerLints => ({
  certificate: {
    [PROFILE_NAMES.authority.signature]: certificateLint(
      certificateRules,
      withKeyTypes(authority, authorityRules('signature')),
    ),
    [PROFILE_NAMES.authority.authentication]: certificateLint(
      certificateRules,
      withKeyTypes(authority, authorityRules('authentication')),
    ),
    [PROFILE_NAMES.certificate.signature]: certificateLint(
      certificateRules,
      withKeyTypes(holder, signatureRules),
    ),
    [PROFILE_NAMES.certificate.authentication]: certificateLint(
      certificateRules,
      withKeyTypes(holder, authenticationRules),
    ),
    ...phoneLintsFor({ authority, holder }),
    [PROFILE_NAMES.responder]: certificateLint(certificateRules, responderRules),
  },
  crl: (tbs, signerSpki) => lintCrl(listRulesFor(signerSpki), tbs),
  crlParts: (signerSpki) => new CrlPartsLint(listRulesFor(signerSpki), [...crlEntryRules, ...listEntryRules]),
  ocsp: (tbs, signerSpki) => lintOcsp(answerRulesFor(signerSpki), tbs),
});

/** The lints where nothing is set. */
export const jpkiLints: SignerLints = jpkiLintsFor(publishedKeyTypes);
