/**
 * What the profile rules look at: the certificate about to be signed together with the key that would sign it. The signer
 * hands both in, so that a rule can tell whether the certificate names the right issuer.
 */

import { mustSucceed } from '@ishizue/outcome';
import {
  EXTENSION_OIDS,
  type Extension,
  keyIdentifier,
  type LintFinding,
  type LintRule,
  lintCertificate,
  type PublicKeyInfo,
  parsePublicKeyInfo,
  type TbsCertificate,
} from '@ishizue/x509';

export type CertificateRule = LintRule<TbsCertificate>;

/** The rules of a profile under a signing key. */
export type RulesOf<Rule> = (signer: PublicKeyInfo) => readonly Rule[];

/** A rule that applies to everything and is told by a yes or no. */
export const holds = <View>(
  name: string,
  citation: string,
  isRight: (view: View) => boolean,
  detail: string,
): LintRule<View> => ({
  name,
  citation,
  applies: () => true,
  check: (view) => (isRight(view) ? undefined : detail),
});

export const sameOctets = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;

const nameOf = ({ oid }: Extension): string => NAMES.get(oid) ?? oid;

const NAMES = new Map<string, string>(Object.entries(EXTENSION_OIDS).map(([name, oid]) => [oid, name]));

/** Exactly these extensions, in this order; and critical those that are marked `!`, no others. */
export const extensionRules = (
  citation: string,
  ...expected: readonly string[]
): readonly CertificateRule[] => [
  {
    name: 'extensions-are-those-of-the-profile-in-its-order',
    citation,
    applies: () => true,
    check: ({ extensions }) => {
      const found = extensions.map(nameOf).join(' ');
      return found === expected.join(' ').replaceAll('!', '') ? undefined : found;
    },
  },
  {
    name: 'critical-are-those-extensions-that-the-profile-marks',
    citation,
    applies: () => true,
    check: ({ extensions }) => {
      const wrong = extensions.filter(
        (extension) => extension.critical !== expected.includes(`${nameOf(extension)}!`),
      );
      return wrong.length === 0 ? undefined : wrong.map(nameOf).join(' ');
    },
  },
];

/** The certificate names the key that signs it, and holds another. */
export const issuedRules = (signer: PublicKeyInfo): readonly CertificateRule[] => [
  holds<TbsCertificate>(
    'authority-key-is-the-signing-key',
    'jpki-formats 2 (authorityKeyIdentifier); RFC 5280 4.2.1.1',
    ({ known, issuer }) => {
      const { keyIdentifier: named, issuer: names, serial } = known.authorityKeyIdentifier ?? {};
      const [name] = names ?? [];
      return (
        sameOctets(named, keyIdentifier(signer)) &&
        names?.length === 1 &&
        name?.kind === 'directoryName' &&
        name.name.equals(issuer) &&
        serial !== undefined
      );
    },
    'keyid, issuer or serial of the authority',
  ),
  holds<TbsCertificate>(
    'subject-key-is-not-the-signing-key',
    'RFC 5280 4.2.1.2; an authority certifies others here',
    ({ publicKey }) => !sameOctets(publicKey.keyOctets, signer.keyOctets),
    'the authority’s own key',
  ),
  subjectKeyRule,
];

export const subjectKeyRule: CertificateRule = holds(
  'subject-key-identifier-is-the-sha-1-of-the-key',
  'RFC 5280 4.2.1.2 method 1',
  ({ known, publicKey }) => sameOctets(known.subjectKeyIdentifier, keyIdentifier(publicKey)),
  'another identifier',
);

/** Rules of several packages as one lint of the signer. Rules that depend on the key are made once a key. */
export function certificateLint(
  general: readonly CertificateRule[],
  profile: RulesOf<CertificateRule>,
): (tbs: Buffer, signerSpki: Buffer) => readonly LintFinding[] {
  const rulesFor = onceForEachKey((signer) => [...general, ...profile(signer)]);
  return (tbs, signerSpki) => lintCertificate(rulesFor(signerSpki), tbs);
}

/** The signer gives the same buffer for the same key every time. */
export function onceForEachKey<Rule>(make: RulesOf<Rule>): (signerSpki: Buffer) => readonly Rule[] {
  const made = new WeakMap<Buffer, readonly Rule[]>();
  return (signerSpki) => {
    const known = made.get(signerSpki);
    if (known) return known;
    const rules = make(mustSucceed(parsePublicKeyInfo(signerSpki), 'the signing key'));
    made.set(signerSpki, rules);
    return rules;
  };
}
