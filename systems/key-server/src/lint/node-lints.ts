/**
 * The lints that the signer runs before the node authority's key signs: x509's general rules, those of the signing key,
 * and the profile's (docs/flows/key-server.md, "The profile"). They stand in the process that holds the key.
 */
import { certificateLint, crlLint, type SignerLints } from '@ishizue/signer';
import {
  crlEntries,
  EXTENSION_OIDS,
  KEY_PURPOSE_OIDS,
  keyIdentifier,
  type LintRule,
  type Name,
  type TbsCertificate,
  type TbsCertList,
} from '@ishizue/x509';
import {
  authorityName,
  LIST_VALID_MS,
  NODE_DAYS_MAX,
  type NodeKind,
  nodeName,
  PROFILES,
} from '../profile/node-profile.ts';

const CITATION = 'docs/flows/key-server.md, the profile';
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS_MAX = 3650;
const NODE_NAME = /^[a-z][a-z0-9-]*(?:\/[a-z0-9-]+)*$/;
const NODE_NAME_MAX = 64;

const holds = <View>(name: string, isRight: (view: View) => boolean, detail: string): LintRule<View> => ({
  name,
  citation: CITATION,
  applies: () => true,
  check: (view) => (isRight(view) ? undefined : detail),
});

const NAMES = new Map<string, string>(Object.entries(EXTENSION_OIDS).map(([name, oid]) => [oid, name]));

const hasExtensions = (...expected: readonly string[]): LintRule<TbsCertificate> =>
  holds(
    'extensions-are-those-of-the-profile-in-its-order',
    ({ extensions }) =>
      extensions.map(({ oid, critical }) => (NAMES.get(oid) ?? oid) + (critical ? '!' : '')).join(' ') ===
      expected.join(' '),
    'extensions',
  );

const lasts = (days: number): LintRule<TbsCertificate> =>
  holds(
    `lasts-at-most-${days}-days`,
    ({ notBefore, notAfter }) => notAfter - notBefore <= days * DAY_MS,
    'validity',
  );

const sameOctets = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && Buffer.compare(a, b) === 0;

const subjectKey: LintRule<TbsCertificate> = holds(
  'subject-key-identifier-is-that-of-the-key',
  ({ known, publicKey }) => sameOctets(known.subjectKeyIdentifier, keyIdentifier(publicKey)),
  'subjectKeyIdentifier',
);

const signedByP384: LintRule<TbsCertificate> = holds(
  'signature-is-ecdsa-with-sha-384',
  ({ innerAlgorithm }) => innerAlgorithm.oid === '1.2.840.10045.4.3.3',
  'the algorithm',
);

const commonName = (name: Name): string => name.relativeNames.at(-1)?.[0]?.value ?? '';

const isAuthorityName = (name: Name): boolean => {
  const generation = Number(/^Node CA G([1-9][0-9]{0,3})$/.exec(commonName(name))?.[1]);
  return generation > 0 && name.equals(authorityName(generation));
};

const authorityRules: readonly LintRule<TbsCertificate>[] = [
  holds('authority-signs-itself', ({ issuer, subject }) => issuer.equals(subject), 'issuer'),
  holds('authority-has-a-generation-s-name', ({ subject }) => isAuthorityName(subject), 'subject'),
  holds('authority-key-is-p-384', ({ publicKey }) => publicKey.type === 'p384', 'another key'),
  holds(
    'authority-certifies-directly',
    ({ known }) => known.basicConstraints?.ca === true && known.basicConstraints.pathLength === 0,
    'basicConstraints',
  ),
  holds(
    'authority-signs-certificates-and-lists',
    ({ known }) => known.keyUsage?.join(' ') === 'keyCertSign cRLSign',
    'keyUsage',
  ),
  hasExtensions('keyUsage!', 'basicConstraints!', 'subjectKeyIdentifier'),
  lasts(AUTHORITY_DAYS_MAX),
  signedByP384,
  subjectKey,
];

const nodeRules = (kind: NodeKind): readonly LintRule<TbsCertificate>[] => [
  holds('issuer-is-the-node-authority', ({ issuer }) => isAuthorityName(issuer), 'issuer'),
  holds(
    'subject-is-a-node-of-the-kind',
    ({ subject }) => {
      const node = commonName(subject);
      return NODE_NAME.test(node) && node.length <= NODE_NAME_MAX && subject.equals(nodeName(kind, node));
    },
    'subject',
  ),
  holds('node-key-is-ed25519', ({ publicKey }) => publicKey.type === 'ed25519', 'another key'),
  holds(
    'node-key-signs-and-nothing-else',
    ({ known }) => known.keyUsage?.join(' ') === 'digitalSignature',
    'keyUsage',
  ),
  holds(
    'node-is-a-client-and-nothing-else',
    ({ known }) => known.extKeyUsage?.join(' ') === KEY_PURPOSE_OIDS.clientAuth,
    'extKeyUsage',
  ),
  holds(
    'distribution-point-is-the-list-of-the-generation',
    ({ known, issuer }) => {
      const [point, ...more] = known.crlDistributionPoints ?? [];
      const [name, ...others] = point?.fullName ?? [];
      const generation = commonName(issuer).slice('Node CA G'.length);
      return (
        more.length + others.length === 0 &&
        name?.kind === 'uri' &&
        /^https?:\/\//.test(name.value) &&
        name.value.endsWith(`/key-server/crl/${generation}`)
      );
    },
    'cRLDistributionPoints',
  ),
  hasExtensions(
    'keyUsage!',
    'extKeyUsage',
    'crlDistributionPoints',
    'authorityKeyIdentifier',
    'subjectKeyIdentifier',
  ),
  lasts(NODE_DAYS_MAX),
  signedByP384,
  subjectKey,
];

const REASONS: ReadonlySet<string | undefined> = new Set([
  'superseded',
  'keyCompromise',
  'cessationOfOperation',
]);

const listRules: readonly LintRule<TbsCertList>[] = [
  holds('list-is-the-node-authority-s', ({ issuer }) => isAuthorityName(issuer), 'issuer'),
  holds(
    'next-list-comes-within-a-day',
    ({ thisUpdate, nextUpdate }) => nextUpdate !== undefined && nextUpdate - thisUpdate <= LIST_VALID_MS,
    'nextUpdate',
  ),
  holds(
    'list-is-of-everything',
    ({ known }) => known.issuingDistributionPoint === undefined,
    'issuingDistributionPoint',
  ),
  holds(
    'reasons-are-those-of-nodes',
    (list) => [...crlEntries(list)].every(({ reason }) => REASONS.has(reason)),
    'a reason',
  ),
];

/** What the signer is given for the node authority's keys. */
export const nodeLints: Required<Pick<SignerLints, 'certificate' | 'crlProfiles'>> = {
  certificate: {
    [PROFILES.authority]: certificateLint(...authorityRules),
    [PROFILES.site]: certificateLint(...nodeRules('site')),
    [PROFILES.terminal]: certificateLint(...nodeRules('terminal')),
  },
  crlProfiles: { [PROFILES.list]: crlLint(...listRules) },
};
