/** Lint rules on a CRL (RFC 5280 5). The rules on entries walk them all: about a second for a million. */
import { findSignatureAlgorithm } from '../certificate/algorithm.ts';
import { EXTENSION_OIDS } from '../certificate/extension-oids.ts';
import { isSerialNumber } from '../certificate/serial-number.ts';
import { crlEntries, type TbsCertList } from '../crl/crl.ts';
import type { ReadCrlEntry } from '../crl/crl-entry.ts';
import { encodeTbsCertList } from '../crl/tbs-cert-list.ts';
import { findDerDefect } from './certificate-encoding-rules.ts';
import { findDefect } from './certificate-field-rules.ts';
import { always, type LintRule } from './lint-rule.ts';

type Rule = LintRule<TbsCertList>;

const version2: Rule = {
  name: 'crl-version-is-2',
  citation: 'RFC 5280 5.1.2.1',
  applies: always,
  check: ({ version }) => (version === 2 ? undefined : `version ${version}`),
};

const ourSignatureAlgorithm: Rule = {
  name: 'crl-signature-algorithm-is-one-of-ours',
  citation: 'RFC 5280 5.1.2.2',
  applies: always,
  check: ({ innerAlgorithm }) =>
    findSignatureAlgorithm(innerAlgorithm) === undefined ? `algorithm ${innerAlgorithm.oid}` : undefined,
};

const issuerNotEmpty: Rule = {
  name: 'crl-issuer-is-not-empty',
  citation: 'RFC 5280 5.1.2.3',
  applies: always,
  check: ({ issuer }) => (issuer.relativeNames.length === 0 ? 'no issuer' : undefined),
};

const timeForm: Rule = {
  name: 'crl-times-use-utc-time-through-2049',
  citation: 'RFC 5280 5.1.2.4, 5.1.2.5, 5.1.2.6',
  applies: always,
  check: (view) => findDefect(view, 'time-form'),
};

const updatesInOrder: Rule = {
  name: 'crl-says-when-the-next-one-comes',
  citation: 'RFC 5280 5.1.2.5',
  applies: always,
  check: ({ thisUpdate, nextUpdate }) =>
    nextUpdate !== undefined && nextUpdate > thisUpdate
      ? undefined
      : 'nextUpdate missing or not after thisUpdate',
};

const noDuplicates: Rule = {
  name: 'no-crl-extension-occurs-twice',
  citation: 'RFC 5280 5.2',
  applies: always,
  check: (view) => findDefect(view, 'duplicate-extension'),
};

const hasNumber: Rule = {
  name: 'crl-has-a-number-of-at-most-20-octets',
  citation: 'RFC 5280 5.2.3',
  applies: always,
  check: ({ known, extensions }) => {
    const number = known.crlNumber;
    const isCritical = extensions.some(({ oid, critical }) => oid === EXTENSION_OIDS.crlNumber && critical);
    const isRight = number !== undefined && number.length <= 20 && (number[0] ?? 0) < 0x80 && !isCritical;
    return isRight ? undefined : 'cRLNumber missing, negative, too long or critical';
  },
};

const hasAuthorityKey: Rule = {
  name: 'crl-names-the-key-of-its-issuer',
  citation: 'RFC 5280 5.2.1',
  applies: always,
  check: ({ known }) =>
    known.authorityKeyIdentifier?.keyIdentifier === undefined
      ? 'no keyIdentifier of the authority'
      : undefined,
};

const scopeCritical: Rule = {
  name: 'issuing-distribution-point-is-critical-and-not-empty',
  citation: 'RFC 5280 5.2.5',
  applies: ({ known }) => known.issuingDistributionPoint !== undefined,
  check: ({ known, extensions }) => {
    const point = known.issuingDistributionPoint ?? {};
    const isEmpty = Object.values(point).every((value) => value === undefined || value === false);
    const isCritical = extensions.some(
      ({ oid, critical }) => oid === EXTENSION_OIDS.issuingDistributionPoint && critical,
    );
    return isEmpty || !isCritical ? 'empty or not critical' : undefined;
  },
};

/** A rule that every entry must keep, whether the list comes whole or in parts. */
export interface CrlEntryRule {
  readonly name: string;
  readonly citation: string;
  readonly isWrong: (entry: ReadCrlEntry, list: Pick<TbsCertList, 'thisUpdate'>) => boolean;
}

/** The rule on the entries of a whole list. */
export const everyEntry = ({ name, citation, isWrong }: CrlEntryRule): Rule => ({
  name,
  citation,
  applies: ({ entryCount }) => entryCount > 0,
  check: (list) => {
    let wrong = 0;
    for (const entry of crlEntries(list)) if (isWrong(entry, list)) wrong++;
    return wrong === 0 ? undefined : `${wrong} entries`;
  },
});

/** The general rules on single entries. */
export const crlEntryRules: readonly CrlEntryRule[] = [
  {
    name: 'entry-serial-numbers-are-issuable',
    citation: 'RFC 5280 4.1.2.2, 5.1.2.6',
    isWrong: ({ serial }) => !isSerialNumber(serial),
  },
  {
    name: 'no-entry-is-of-the-future',
    citation: 'RFC 5280 5.1.2.6',
    isWrong: ({ revokedAt }, { thisUpdate }) => revokedAt > thisUpdate,
  },
  {
    name: 'no-entry-of-a-complete-list-is-removed',
    citation: 'RFC 5280 5.3.1',
    isWrong: ({ reason }) => reason === 'removeFromCRL',
  },
];

/** Whether a serial number is greater than another. */
export const isAfter = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length ? Buffer.compare(a, b) > 0 : a.length > b.length;

/** How many serial numbers occur again. A list in ascending order, as databases give it, needs no memory for this. */
function countRepeated(list: TbsCertList): number {
  let previous: Uint8Array | undefined;
  let isAscending = true;
  for (const { serial } of crlEntries(list)) {
    isAscending &&= previous === undefined || isAfter(serial, previous);
    previous = serial;
  }
  if (isAscending) return 0;
  const seen = new Set<string>();
  for (const { serial } of crlEntries(list)) seen.add(Buffer.from(serial).toString('latin1'));
  return list.entryCount - seen.size;
}

const entriesUnique: Rule = {
  name: 'no-serial-number-occurs-twice',
  citation: 'RFC 5280 5.1.2.6',
  applies: ({ entryCount }) => entryCount > 0,
  check: (list) => {
    const repeated = countRepeated(list);
    return repeated === 0 ? undefined : `${repeated} entries`;
  },
};

const strictDer: Rule = {
  name: 'every-element-of-the-crl-is-strict-der',
  citation: 'RFC 5280 5.1; X.690 clauses 8 to 11',
  applies: always,
  check: ({ tbs, extensions }) => findDerDefect(tbs, extensions),
};

const reencodes: Rule = {
  name: 'writing-the-crl-anew-gives-the-same-octets',
  citation: 'RFC 5280 5.1, 5.3.1; X.690 10',
  applies: ({ version, nextUpdate }) => version === 2 && nextUpdate !== undefined,
  check: (list) => {
    const spec = { ...list, signatureAlgorithm: list.innerAlgorithm, nextUpdate: list.nextUpdate ?? 0 };
    return Buffer.compare(encodeTbsCertList(spec, crlEntries(list)), list.tbs) === 0
      ? undefined
      : 'the octets differ';
  },
};

/** All general rules on CRLs. */
export const crlRules: readonly Rule[] = [
  version2,
  ourSignatureAlgorithm,
  issuerNotEmpty,
  timeForm,
  updatesInOrder,
  noDuplicates,
  hasNumber,
  hasAuthorityKey,
  scopeCritical,
  ...crlEntryRules.map(everyEntry),
  entriesUnique,
  strictDer,
  reencodes,
];
