import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { signatureAlgorithm } from '../certificate/algorithm.ts';
import { serialNumber } from '../certificate/serial-number.ts';
import { authorityKeyIdentifier } from '../certificate/standard-extension.ts';
import { type CrlEntry, encodeCrlEntries } from '../crl/crl-entry.ts';
import { crlNumber } from '../crl/crl-extension.ts';
import { type TbsCertListSpec, tbsCertListFrame } from '../crl/tbs-cert-list.ts';
import { at, testName } from '../testing/authority.ts';
import { fromHex, hexOf } from '../testing/tlv.ts';
import { CrlPartsLint } from './crl-parts-lint.ts';
import { crlEntryRules, crlRules } from './crl-rules.ts';
import { lintCrl } from './lint-rule.ts';

const NOW = at('2026-04-01T00:00:00Z');
const spec: TbsCertListSpec = {
  signatureAlgorithm: signatureAlgorithm('rsa'),
  issuer: testName('Authority'),
  thisUpdate: NOW,
  nextUpdate: NOW + 86_400_000,
  extensions: [authorityKeyIdentifier({ keyIdentifier: Uint8Array.of(1) }), crlNumber(1n)],
};
const entry = (serial: number, changes: Partial<CrlEntry> = {}): CrlEntry => ({
  serial: serialNumber(serial),
  revokedAt: NOW - 1000,
  reason: 'superseded',
  ...changes,
});

/** The rules that the parts break, in the order in which they are found. */
function lintParts(head: Uint8Array, parts: readonly Uint8Array[], tail: Uint8Array): string[] {
  const lint = new CrlPartsLint(crlRules, crlEntryRules);
  const findings = [lint.head(head)];
  for (const part of parts) findings.push(lint.entries(part));
  findings.push(lint.end(tail));
  return findings.flat().map(({ rule }) => rule);
}

function lintEntries(
  parts: readonly (readonly CrlEntry[])[],
  changes: Partial<TbsCertListSpec> = {},
): string[] {
  const encoded = parts.map((entries) => encodeCrlEntries(entries));
  const { head, tail } = tbsCertListFrame(
    { ...spec, ...changes },
    encoded.reduce((sum, part) => sum + part.length, 0),
  );
  return lintParts(head, encoded, tail);
}

test('a list in parts passes however it is cut, and an empty one too', () => {
  assert.deepEqual(lintEntries([]), []);
  assert.deepEqual(lintEntries([[entry(1)], [entry(2, { reason: undefined }), entry(300)]]), []);
  const many = Array.from({ length: 5_000 }, (_, index) => entry(index + 1));
  assert.deepEqual(lintEntries([many.slice(0, 4_000), many.slice(4_000)]), []);
});

test('each rule refuses its violation', () => {
  const one = lintEntries;
  assert.deepEqual(one([[entry(2), entry(1)]]), ['entries-ascend']);
  assert.deepEqual(one([[entry(2)], [entry(2)]]), ['entries-ascend'], 'across parts');
  assert.deepEqual(one([[entry(1, { revokedAt: NOW + 1000 })]]), ['no-entry-is-of-the-future']);
  assert.deepEqual(one([[entry(1, { reason: 'removeFromCRL' })]]), [
    'no-entry-of-a-complete-list-is-removed',
  ]);
  assert.deepEqual(one([[entry(1, { serial: Uint8Array.of(0) })]]), ['entry-serial-numbers-are-issuable']);
  assert.deepEqual(one([[entry(1)]], { nextUpdate: NOW }), ['crl-says-when-the-next-one-comes']);
  assert.deepEqual(one([[entry(1)]], { extensions: [crlNumber(1n)] }), ['crl-names-the-key-of-its-issuer']);
});

test('lengths, order and form of the parts are kept to the octet', () => {
  const part = encodeCrlEntries([entry(1)]);
  const next = encodeCrlEntries([entry(2)]);
  const { head, tail } = tbsCertListFrame(spec, part.length);
  assert.deepEqual(lintParts(head, [part], tail), []);
  assert.deepEqual(lintParts(head, [part, next], tail).at(0), 'lengths-are-kept');
  assert.deepEqual(lintParts(head, [], tail), ['lengths-are-kept']);
  assert.deepEqual(lintParts(head, [part], tail.subarray(1)), ['lengths-are-kept']);
  assert.deepEqual(lintParts(head, [part, new Uint8Array(0)], tail), ['parts-come-in-order']);
  assert.deepEqual(lintParts(head.subarray(1), [part], tail).at(0), 'parts-come-in-order');
  assert.deepEqual(lintParts(Buffer.concat([head, part]), [], tail).at(0), 'parts-come-in-order');
  assert.deepEqual(lintParts(head, [part.subarray(0, 9)], tail).at(0), 'parses');
  // the reason "unspecified", which RFC 5280 5.3.1 wants left out
  const spelled = fromHex(hexOf(part).replace('0a0104', '0a0100'));
  assert.deepEqual(lintParts(head, [spelled], tail), ['writing-the-entries-anew-gives-the-same-octets']);
  const lint = new CrlPartsLint(crlRules, crlEntryRules);
  assert.deepEqual(lint.head(head), []);
  assert.deepEqual(
    lint.head(head).map(({ rule }) => rule),
    ['parts-come-in-order'],
    'a second head',
  );
});

test('whatever octets come, nothing throws, and what passes in parts passes as a whole', () => {
  const parts = [[entry(1), entry(2)], [entry(70_000)]].map((entries) => encodeCrlEntries(entries));
  const { head, tail } = tbsCertListFrame(
    spec,
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  const whole = Buffer.concat([head, ...parts, tail]);
  let passed = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 2 }),
      fc.option(fc.nat(whole.length), { nil: undefined }),
      (changes, end) => {
        const octets = Buffer.from(whole.subarray(0, end));
        for (const [place, octet] of changes) octets[Math.min(place, octets.length - 1)] = octet;
        const [a, b] = [head.length, whole.length - tail.length];
        const cut = octets.subarray(a, Math.min(b, octets.length));
        if (lintParts(octets.subarray(0, a), cut.length > 0 ? [cut] : [], octets.subarray(b)).length > 0)
          return;
        passed++;
        assert.deepEqual(lintCrl(crlRules, octets), []);
      },
    ),
    { numRuns: 20_000 },
  );
  assert.ok(passed > 100, `${passed} passed`);
});
