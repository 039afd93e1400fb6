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
import { type KeyTypes, publishedKeyTypes } from '../profile/key-types.ts';
import { answerRules } from './answer-rules.ts';
import { listEntryRules, listRules } from './list-rules.ts';
import { certificateLint, onceForEachKey } from './profile-rule.ts';
import { profileRulesFor } from './profile-rules.ts';

export { type KeyTypeSettings, type KeyTypes, readKeyTypes } from '../profile/key-types.ts';

const listRulesFor = onceForEachKey((signer) => [...crlRules, ...listRules(signer)]);
const answerRulesFor = onceForEachKey((signer) => [...ocspRules, ...answerRules(signer)]);

/** The lints under which keys of these kinds are certified. */
export const jpkiLintsFor = (keyTypes: KeyTypes): SignerLints => ({
  certificate: Object.fromEntries(
    [...profileRulesFor(keyTypes)].map(([name, rules]) => [name, certificateLint(certificateRules, rules)]),
  ),
  crl: (tbs, signerSpki) => lintCrl(listRulesFor(signerSpki), tbs),
  crlParts: (signerSpki) => new CrlPartsLint(listRulesFor(signerSpki), [...crlEntryRules, ...listEntryRules]),
  ocsp: (tbs, signerSpki) => lintOcsp(answerRulesFor(signerSpki), tbs),
});

/** The lints where nothing is set. */
export const jpkiLints: SignerLints = jpkiLintsFor(publishedKeyTypes);
