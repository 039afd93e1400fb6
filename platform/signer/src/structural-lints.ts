/**
 * Lints made of the rules of @ishizue/x509, plus the rules that only the signer can check because it knows the key:
 * what is signed must name the algorithm and the identifier of the very key that signs it.
 */

import { mustSucceed } from '@ishizue/outcome';
import {
  type AlgorithmIdentifier,
  certificateRules,
  crlRules,
  keyIdentifier,
  type LintRule,
  lintCertificate,
  lintCrl,
  lintOcsp,
  ocspRules,
  parsePublicKeyInfo,
  type ResponseData,
  signatureAlgorithm,
  type TbsCertificate,
  type TbsCertList,
} from '@ishizue/x509';
import type { Lint } from './lints.ts';

/** What the signing key's SPKI says. */
interface SigningKey {
  readonly algorithm: Uint8Array;
  readonly identifier: Uint8Array;
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const always = (): boolean => true;

/** RFC 5280 4.1.1.2 and 5.1.1.2: the algorithm inside is the one that the signature will have. */
const algorithmOfTheKey = <View extends { readonly innerAlgorithm: AlgorithmIdentifier }>(
  key: SigningKey,
): LintRule<View> => ({
  name: 'signature-algorithm-is-that-of-the-signing-key',
  citation: 'RFC 5280 4.1.2.3, 5.1.2.2',
  applies: always,
  check: ({ innerAlgorithm }) => (isSame(innerAlgorithm.der, key.algorithm) ? undefined : innerAlgorithm.oid),
});

interface NamesAuthority {
  readonly known: {
    readonly authorityKeyIdentifier: { readonly keyIdentifier?: Uint8Array | undefined } | undefined;
  };
}

const authorityIsTheKey = <View extends NamesAuthority>(key: SigningKey): LintRule<View> => ({
  name: 'authority-key-identifier-is-that-of-the-signing-key',
  citation: 'RFC 5280 4.2.1.1, 5.2.1',
  applies: ({ known }) => known.authorityKeyIdentifier?.keyIdentifier !== undefined,
  check: ({ known }) =>
    isSame(known.authorityKeyIdentifier?.keyIdentifier ?? new Uint8Array(0), key.identifier)
      ? undefined
      : 'another key',
});

const responderIsTheKey = (key: SigningKey): LintRule<ResponseData> => ({
  name: 'responder-is-the-signing-key',
  citation: 'RFC 6960 4.2.1 (KeyHash)',
  applies: ({ responderId }) => responderId.kind === 'key',
  check: ({ responderId }) =>
    responderId.kind === 'key' && isSame(responderId.keyHash, key.identifier) ? undefined : 'another key',
});

/** A lint whose rules are put together once for each signing key. */
function boundLint<View>(
  run: (rules: readonly LintRule<View>[], tbs: Uint8Array) => ReturnType<Lint>,
  rules: readonly LintRule<View>[],
  bind: (key: SigningKey) => readonly LintRule<View>[],
): Lint {
  const rulesByKey = new WeakMap<Buffer, readonly LintRule<View>[]>();
  return (tbs, signerSpki) => {
    let bound = rulesByKey.get(signerSpki);
    if (!bound) {
      bound = [...rules, ...bind(readSigningKey(signerSpki))];
      rulesByKey.set(signerSpki, bound);
    }
    return run(bound, tbs);
  };
}

function readSigningKey(spki: Buffer): SigningKey {
  const key = mustSucceed(parsePublicKeyInfo(spki), 'the signing key');
  if (key.type === undefined) throw new Error(`a signing key of algorithm ${key.algorithm.oid}`);
  return { algorithm: signatureAlgorithm(key.type).der, identifier: keyIdentifier(key) };
}

/** The lint of a certificate profile: the general rules, the key's, and the profile's own. */
export const certificateLint = (...profile: readonly LintRule<TbsCertificate>[]): Lint =>
  boundLint(lintCertificate, [...certificateRules, ...profile], (key) => [
    algorithmOfTheKey(key),
    authorityIsTheKey(key),
  ]);

/** The lint of CRLs, with more rules where there are any. */
export const crlLint = (...more: readonly LintRule<TbsCertList>[]): Lint =>
  boundLint(lintCrl, [...crlRules, ...more], (key) => [algorithmOfTheKey(key), authorityIsTheKey(key)]);

/** The lint of OCSP answers, with more rules where there are any. */
export const ocspLint = (...more: readonly LintRule<ResponseData>[]): Lint =>
  boundLint(lintOcsp, [...ocspRules, ...more], (key) => [responderIsTheKey(key)]);
