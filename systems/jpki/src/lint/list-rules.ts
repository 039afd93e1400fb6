/** Rules on the lists of revoked certificates (jpki-formats 2, 5; reasons as in the practice statement 4.9.9). */
import {
  type CrlEntryRule,
  EXTENSION_OIDS,
  everyEntry,
  keyIdentifier,
  type LintRule,
  type PublicKeyInfo,
  type RevocationReason,
  type TbsCertList,
} from '@ishizue/x509';
import { listSignatureRule } from './key-type-rules.ts';
import { authorityKindOf, isDistributionPoint } from './names.ts';
import { holds, sameOctets } from './profile-rule.ts';

type ListRule = LintRule<TbsCertList>;

const VALID_MS_MAX = 7 * 86_400_000;
const REASONS: ReadonlySet<RevocationReason | undefined> = new Set([
  undefined, // unspecified
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
]);

const { authorityKeyIdentifier, crlNumber, issuingDistributionPoint } = EXTENSION_OIDS;

/** Of the list of a whole generation, and of that of an area. */
const SETS_OF_EXTENSIONS: ReadonlySet<string> = new Set(
  [
    [authorityKeyIdentifier, crlNumber],
    [authorityKeyIdentifier, crlNumber, `${issuingDistributionPoint}!`],
  ].map((set) => set.toSorted().join(' ')),
);

export const listEntryRules: readonly CrlEntryRule[] = [
  {
    name: 'reasons-are-those-of-the-practice-statement',
    citation: 'practice statement 4.9.9',
    isWrong: ({ reason }) => !REASONS.has(reason),
  },
];

export const listRules = (signer: PublicKeyInfo): readonly ListRule[] => [
  listSignatureRule(signer),
  holds<TbsCertList>(
    'list-is-an-authoritys',
    'jpki-formats 1 (Issuer)',
    ({ issuer }) => authorityKindOf(issuer) !== undefined,
    'the issuer',
  ),
  holds<TbsCertList>(
    'list-names-the-signing-key',
    'RFC 5280 5.2.1',
    ({ known }) => sameOctets(known.authorityKeyIdentifier?.keyIdentifier, keyIdentifier(signer)),
    'authorityKeyIdentifier',
  ),
  holds<TbsCertList>(
    'next-list-comes-within-a-week',
    'jpki-formats 5 (CRL daily)',
    ({ thisUpdate, nextUpdate }) => nextUpdate !== undefined && nextUpdate - thisUpdate <= VALID_MS_MAX,
    'nextUpdate',
  ),
  holds<TbsCertList>(
    'list-extensions-are-those-of-the-profile',
    'RFC 5280 5.2; jpki-formats 2 (a list for each distribution point; neither deltas nor indirect lists)',
    ({ extensions }) =>
      SETS_OF_EXTENSIONS.has(
        extensions
          .map(({ oid, critical }) => oid + (critical ? '!' : ''))
          .sort()
          .join(' '),
      ),
    'another extension, one missing, or one critical that is not to be',
  ),
  {
    name: 'scope-of-a-list-is-the-directory-name-of-an-area',
    citation: 'jpki-formats 2 (cRLDistributionPoints); RFC 5280 5.2.5',
    applies: ({ known }) => known.issuingDistributionPoint !== undefined,
    check: ({ known, issuer }) => {
      const { fullName, ...limits } = known.issuingDistributionPoint ?? {};
      const kind = authorityKindOf(issuer);
      const isLimited = Object.values(limits).some((limit) => limit !== undefined && limit !== false);
      return kind !== undefined && !isLimited && isDistributionPoint(fullName, kind, issuer)
        ? undefined
        : 'issuingDistributionPoint';
    },
  },
  ...listEntryRules.map(everyEntry),
];
