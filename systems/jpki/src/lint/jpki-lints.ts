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
import { answerRules } from './answer-rules.ts';
import { authenticationRules } from './authentication-rules.ts';
import { authorityRules } from './authority-rules.ts';
import { listEntryRules, listRules } from './list-rules.ts';
import { phoneLints } from './phone-rules.ts';
import { certificateLint, onceForEachKey } from './profile-rule.ts';
import { responderRules } from './responder-rules.ts';
import { signatureRules } from './signature-rules.ts';

const listRulesFor = onceForEachKey((signer) => [...crlRules, ...listRules(signer)]);
const answerRulesFor = onceForEachKey((signer) => [...ocspRules, ...answerRules(signer)]);

export const jpkiLints: SignerLints = {
  certificate: {
    [PROFILE_NAMES.authority.signature]: certificateLint(certificateRules, authorityRules('signature')),
    [PROFILE_NAMES.authority.authentication]: certificateLint(
      certificateRules,
      authorityRules('authentication'),
    ),
    [PROFILE_NAMES.certificate.signature]: certificateLint(certificateRules, signatureRules),
    [PROFILE_NAMES.certificate.authentication]: certificateLint(certificateRules, authenticationRules),
    ...phoneLints,
    [PROFILE_NAMES.responder]: certificateLint(certificateRules, responderRules),
  },
  crl: (tbs, signerSpki) => lintCrl(listRulesFor(signerSpki), tbs),
  crlParts: (signerSpki) => new CrlPartsLint(listRulesFor(signerSpki), [...crlEntryRules, ...listEntryRules]),
  ocsp: (tbs, signerSpki) => lintOcsp(answerRulesFor(signerSpki), tbs),
};
