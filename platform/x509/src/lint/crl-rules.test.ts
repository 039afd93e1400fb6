import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { signatureAlgorithm } from '../certificate/algorithm.ts';
import { encodeName } from '../certificate/name.ts';
import { serialNumber } from '../certificate/serial-number.ts';
import { authorityKeyIdentifier } from '../certificate/standard-extension.ts';
import { parseTbsCertList } from '../crl/crl.ts';
import type { CrlEntry } from '../crl/crl-entry.ts';
import { crlNumber, issuingDistributionPoint } from '../crl/crl-extension.ts';
import { encodeTbsCertList, type TbsCertListSpec } from '../crl/tbs-cert-list.ts';
import { at, testName } from '../testing/authority.ts';
import { fromHex, hexOf, tlv, utf8Hex } from '../testing/tlv.ts';
import { crlRules } from './crl-rules.ts';
import { lintCrl } from './lint-rule.ts';

const NOW = at('2026-04-01T00:00:00Z');
const aki = authorityKeyIdentifier({ keyIdentifier: Uint8Array.of(1) });
const number = crlNumber(1n);
const scope = issuingDistributionPoint({ fullName: [{ kind: 'directoryName', name: testName('CRLDP') }] });
const good: TbsCertListSpec = {
  signatureAlgorithm: signatureAlgorithm('rsa'),
  issuer: testName('Authority'),
  thisUpdate: NOW,
  nextUpdate: NOW + 86_400_000,
  extensions: [aki, number, scope],
};

const entry = (serial: number, changes: Partial<CrlEntry> = {}): CrlEntry => ({
  serial: serialNumber(serial),
  revokedAt: NOW - 1000,
  reason: 'superseded',
  ...changes,
});
const build = (changes: Partial<TbsCertListSpec>, entries: CrlEntry[] = [entry(1), entry(2)]): Uint8Array =>
  encodeTbsCertList({ ...good, ...changes }, entries);
const rules = (tbs: Uint8Array): string[] => lintCrl(crlRules, tbs).map(({ rule }) => rule);

const utc = (text: string): string => tlv('17', utf8Hex(text));
const generalized = (text: string): string => tlv('18', utf8Hex(text));
const extensionsHex = tlv(
  'a0',
  tlv(
    '30',
    ...[aki, number].map(({ oid, value }) =>
      tlv('30', oid === aki.oid ? '0603551d23' : '0603551d14', tlv('04', hexOf(value))),
    ),
  ),
);

/** A TBSCertList by hand, for what the builder does not write. */
const byHand = (version: string, times: string, entries: string, extensions: string): Uint8Array =>
  fromHex(
    tlv(
      '30',
      version,
      hexOf(good.signatureAlgorithm.der),
      hexOf(good.issuer.der),
      times,
      entries,
      extensions,
    ),
  );

const times = utc('260401000000Z') + utc('260402000000Z');
const entryHex = (extensions: string): string =>
  tlv('30', tlv('30', '020101', utc('260331000000Z'), tlv('30', extensions)));
const reencoding = 'writing-the-crl-anew-gives-the-same-octets';

test('good lists have no findings', () => {
  assert.deepEqual(lintCrl(crlRules, build({})), []);
  assert.deepEqual(lintCrl(crlRules, build({}, [])), []);
  assert.deepEqual(
    lintCrl(crlRules, build({ extensions: [number, aki] }, [entry(2), entry(1), entry(300)])),
    [],
  );
  assert.deepEqual(lintCrl(crlRules, byHand('020101', times, '', extensionsHex)), []);
  const rich = entry(7, { reason: undefined, invalidityDate: NOW - 5000 });
  assert.deepEqual(lintCrl(crlRules, build({}, [rich, entry(8, { reason: 'unspecified' })])), []);
});

test('every rule looks at a good list', () => {
  const view = mustSucceed(parseTbsCertList(build({})), 'a list');
  for (const { name, applies } of crlRules) assert.ok(applies(view), name);
});

const badExamples: [string, Uint8Array, ...string[]][] = [
  [
    'crl-version-is-2',
    byHand('', times, '', ''),
    'crl-has-a-number-of-at-most-20-octets',
    'crl-names-the-key-of-its-issuer',
  ],
  [
    'crl-signature-algorithm-is-one-of-ours',
    build({ signatureAlgorithm: { der: fromHex('300d06092a864886f70d0101050500') } }),
  ],
  ['crl-issuer-is-not-empty', build({ issuer: encodeName([]) })],
  [
    'crl-times-use-utc-time-through-2049',
    byHand('020101', generalized('20260401000000Z') + utc('260402000000Z'), '', extensionsHex),
    reencoding,
  ],
  [
    'crl-times-use-utc-time-through-2049',
    byHand('020101', times, tlv('30', tlv('30', '020101', generalized('20260331000000Z'))), extensionsHex),
    reencoding,
  ],
  ['crl-says-when-the-next-one-comes', build({ nextUpdate: NOW })],
  ['crl-says-when-the-next-one-comes', byHand('020101', utc('260401000000Z'), '', extensionsHex)],
  ['no-crl-extension-occurs-twice', build({ extensions: [aki, number, number] })],
  ['crl-has-a-number-of-at-most-20-octets', build({ extensions: [aki] })],
  ['crl-has-a-number-of-at-most-20-octets', build({ extensions: [aki, { ...number, critical: true }] })],
  [
    'crl-has-a-number-of-at-most-20-octets',
    build({ extensions: [aki, { ...number, value: fromHex('0201ff') }] }),
  ],
  [
    'crl-has-a-number-of-at-most-20-octets',
    build({ extensions: [aki, { ...number, value: fromHex(tlv('02', '01'.repeat(21))) }] }),
  ],
  ['crl-names-the-key-of-its-issuer', build({ extensions: [number] })],
  [
    'issuing-distribution-point-is-critical-and-not-empty',
    build({ extensions: [aki, number, { ...scope, critical: false }] }),
  ],
  [
    'issuing-distribution-point-is-critical-and-not-empty',
    build({ extensions: [aki, number, issuingDistributionPoint({})] }),
  ],
  ['entry-serial-numbers-are-issuable', build({}, [entry(1), entry(1, { serial: Uint8Array.of(0) })])],
  ['no-entry-is-of-the-future', build({}, [entry(1, { revokedAt: NOW + 1000 })])],
  ['no-entry-of-a-complete-list-is-removed', build({}, [entry(1, { reason: 'removeFromCRL' })])],
  ['no-serial-number-occurs-twice', build({}, [entry(1), entry(2), entry(1)])],
  ['no-serial-number-occurs-twice', build({}, [entry(5), entry(5)])],
  [
    'every-element-of-the-crl-is-strict-der',
    build({ extensions: [aki, number, { oid: '1.2.3', critical: false, value: fromHex('0101aa') }] }),
  ],
  [
    reencoding, // the reason `unspecified` spelt out
    byHand('020101', times, entryHex(tlv('30', '0603551d15', tlv('04', '0a0100'))), extensionsHex),
  ],
  [reencoding, byHand('020101', times, entryHex(tlv('30', '06022a03', tlv('04', '0500'))), extensionsHex)],
];

test('each rule finds what breaks it, and no rule finds anything else', () => {
  for (const [rule, tbs, ...others] of badExamples) {
    assert.deepEqual(rules(tbs).toSorted(), [rule, ...others].toSorted(), rule);
  }
});

test('every rule has a bad example, a name of its own and a citation', () => {
  const names = crlRules.map(({ name }) => name);
  assert.deepEqual(names.toSorted(), [...new Set(badExamples.map(([rule]) => rule))].toSorted());
  assert.equal(new Set(names).size, names.length);
  for (const { citation } of crlRules) assert.match(citation, /RFC 5280/);
});

test('what cannot be read is a finding, not a pass', () => {
  assert.deepEqual(rules(fromHex('3000')), ['parses']);
});
