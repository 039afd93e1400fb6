/**
 * Rules on kinds of keys: the one that is certified is allowed on the day of issue, and what is signed names the algorithm
 * of the key that signs it (RFC 4055, RFC 5758 and RFC 9881 give the identifiers, RFC 5280 that they must agree).
 */
import {
  type LintRule,
  type PublicKeyInfo,
  signatureAlgorithm,
  type TbsCertificate,
  type TbsCertList,
} from '@ishizue/x509';
import { isKeyAllowed, type KeyRules } from '../profile/key-types.ts';
import { type CertificateRule, holds, type RulesOf, sameOctets } from './profile-rule.ts';

const ofTheKey = (signer: PublicKeyInfo, algorithm: { readonly der: Uint8Array }): boolean =>
  signer.type !== undefined && sameOctets(algorithm.der, signatureAlgorithm(signer.type).der);

/** What an authority signs says how. */
export const signatureRule = (signer: PublicKeyInfo): CertificateRule =>
  holds<TbsCertificate>(
    'signature-algorithm-is-that-of-the-authority-key',
    'RFC 5280 4.1.2.3; RFC 4055 5; RFC 5758 3.2; RFC 9881 3',
    ({ innerAlgorithm }) => ofTheKey(signer, innerAlgorithm),
    'another signature algorithm',
  );

/** As `signatureRule`, of a list. */
export const listSignatureRule = (signer: PublicKeyInfo): LintRule<TbsCertList> =>
  holds<TbsCertList>(
    'list-signature-algorithm-is-that-of-the-authority-key',
    'RFC 5280 5.1.2.2',
    ({ innerAlgorithm }) => ofTheKey(signer, innerAlgorithm),
    'another signature algorithm',
  );

/** A profile's rules, and that its key is of a kind that is certified on the day of issue. */
export const withKeyTypes =
  (allowed: KeyRules, profile: RulesOf<CertificateRule>): RulesOf<CertificateRule> =>
  (signer) => [
    holds<TbsCertificate>(
      'key-type-is-allowed-on-the-day-of-issue',
      'jpki-formats 1, 2; the dated rule of profile/key-types.ts',
      ({ publicKey, notBefore }) => isKeyAllowed(allowed, publicKey, notBefore),
      'a kind of key that is not certified on that day',
    ),
    signatureRule(signer),
    ...profile(signer),
  ];
