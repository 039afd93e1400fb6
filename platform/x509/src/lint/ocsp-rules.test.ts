import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { serialNumber } from '../certificate/serial-number.ts';
import { encodeCertId, issuerHashes } from '../ocsp/cert-id.ts';
import {
  type CertStatus,
  encodeResponseData,
  parseResponseData,
  type ResponseDataSpec,
} from '../ocsp/response-data.ts';
import { at, makeRoot, testName } from '../testing/authority.ts';
import { fromHex, hexOf, tlv, utf8Hex } from '../testing/tlv.ts';
import { lintOcsp } from './lint-rule.ts';
import { ocspRules } from './ocsp-rules.ts';

const NOW = at('2026-04-01T00:00:00Z');
const hashes = issuerHashes(makeRoot().certificate);
const certId = encodeCertId('sha256', hashes, serialNumber(1));
const keyHash = fromHex('11'.repeat(20));
const single = { certId, status: { status: 'good' } as CertStatus, thisUpdate: NOW, nextUpdate: NOW + 1000 };
const good: ResponseDataSpec = { responderKeyHash: keyHash, producedAt: NOW, responses: [single] };

const build = (changes: Partial<ResponseDataSpec>): Uint8Array => encodeResponseData({ ...good, ...changes });
const rules = (tbs: Uint8Array): string[] => lintOcsp(ocspRules, tbs).map(({ rule }) => rule);
const revoked = (changes: object): CertStatus => ({ status: 'revoked', revokedAt: NOW, ...changes });
const sha512 = fromHex(tlv('30', tlv('30', '0609608648016503040203'), '0401aa', '0401bb', '020105'));

/** ResponseData by hand, for what the builder does not write. */
const time = tlv('18', utf8Hex('20260401000000Z'));
const byHand = (responder: string, status: string): Uint8Array =>
  fromHex(tlv('30', responder, time, tlv('30', tlv('30', hexOf(certId), status, time))));
const byKey = tlv('a2', tlv('04', hexOf(keyHash)));

test('good answers have no findings', () => {
  const examples: Partial<ResponseDataSpec>[] = [
    {},
    { nonce: fromHex('ab'.repeat(32)) },
    { responses: [{ ...single, nextUpdate: undefined, status: revoked({ reason: 'keyCompromise' }) }] },
    {
      responses: [
        { ...single, status: { status: 'unknown' } },
        { ...single, certId: encodeCertId('sha1', hashes, serialNumber(1)) },
      ],
    },
    { responses: [{ ...single, certId: sha512, status: { status: 'unknown' } }] },
    { extensions: [{ oid: '1.2.3', critical: false, value: fromHex('0500') }], nonce: fromHex('ab') },
  ];
  for (const example of examples) assert.deepEqual(lintOcsp(ocspRules, build(example)), []);
  assert.deepEqual(lintOcsp(ocspRules, byHand(byKey, '8000')), []);
});

test('every rule looks at a good answer', () => {
  const other = { ...single, certId: encodeCertId('sha1', hashes, serialNumber(1)) };
  const view = mustSucceed(parseResponseData(build({ responses: [single, other] })), 'an answer');
  for (const { name, applies } of ocspRules) assert.ok(applies(view), name);
});

const badExamples: [string, Uint8Array, ...string[]][] = [
  ['responder-is-named-by-the-hash-of-its-key', build({ responderKeyHash: keyHash.subarray(1) })],
  ['responder-is-named-by-the-hash-of-its-key', byHand(tlv('a1', hexOf(testName('R').der)), '8000')],
  ['response-times-are-in-order', build({ responses: [{ ...single, nextUpdate: NOW }] })],
  ['response-times-are-in-order', build({ producedAt: NOW - 1000 })],
  [
    'revocation-is-not-of-the-future',
    build({ responses: [{ ...single, status: revoked({ revokedAt: NOW + 1000 }) }] }),
  ],
  [
    'no-answer-says-removed-from-crl',
    build({ responses: [{ ...single, status: revoked({ reason: 'removeFromCRL' }) }] }),
  ],
  ['nothing-but-unknown-is-said-of-an-unknown-hash', build({ responses: [{ ...single, certId: sha512 }] })],
  ['no-certificate-is-answered-twice', build({ responses: [single, single] })],
  [
    'every-element-of-the-response-is-strict-der',
    build({ extensions: [{ oid: '1.2.3', critical: false, value: fromHex('020200ff00') }] }),
  ],
  [
    'every-element-of-the-response-is-strict-der',
    build({
      responses: [{ ...single, extensions: [{ oid: '1.2.3', critical: false, value: fromHex('0101aa') }] }],
    }),
  ],
  [
    'writing-the-response-anew-gives-the-same-octets', // the reason `unspecified` spelt out
    byHand(byKey, tlv('a1', time, 'a0030a0100')),
  ],
];

test('each rule finds what breaks it, and no rule finds anything else', () => {
  for (const [rule, tbs, ...others] of badExamples) {
    assert.deepEqual(rules(tbs).toSorted(), [rule, ...others].toSorted(), rule);
  }
});

test('every rule has a bad example, a name of its own and a citation', () => {
  const names = ocspRules.map(({ name }) => name);
  assert.deepEqual(names.toSorted(), [...new Set(badExamples.map(([rule]) => rule))].toSorted());
  assert.equal(new Set(names).size, names.length);
  for (const { citation } of ocspRules) assert.match(citation, /RFC 6960/);
});

test('what cannot be read is a finding, not a pass', () => {
  assert.deepEqual(rules(fromHex('3000')), ['parses']);
});
