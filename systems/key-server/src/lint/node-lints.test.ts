/** The node profile against its lints: the good ones pass, each rule finds what is planted for it. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import {
  basicConstraints,
  crlDistributionPoints,
  type Extension,
  encodeTbsCertificate,
  encodeTbsCertList,
  extKeyUsage,
  KEY_PURPOSE_OIDS,
  keyUsage,
  type PublicKeyInfo,
  parsePublicKeyInfo,
  parseTbsCertificate,
  signatureAlgorithm,
  type TbsCertificateSpec,
} from '@ishizue/x509';
import {
  authorityName,
  encodeAuthority,
  encodeNodeCertificate,
  listSpec,
  nodeName,
  PROFILES,
} from '../profile/node-profile.ts';
import { nodeLints } from './node-lints.ts';

const NOW = Date.parse('2026-11-23T03:00:00Z');
const DAY_MS = 86_400_000;
const keyOf = (pair: { readonly publicKey: { export(options: object): unknown } }): PublicKeyInfo =>
  mustSucceed(parsePublicKeyInfo(pair.publicKey.export({ type: 'spki', format: 'der' }) as Buffer), 'a key');
const authority = keyOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }));
const stranger = keyOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }));
const nodeKey = keyOf(generateKeyPairSync('ed25519'));
const serial = Buffer.alloc(16, 0x41);
const issuer = { generation: 1, publicKey: authority, notAfter: NOW + 3650 * DAY_MS };
const signer = Buffer.from(authority.der);

const root = encodeAuthority({ generation: 1, serial, publicKey: authority, now: NOW });
const leaf = (kind: 'site' | 'terminal', days = 397): Uint8Array =>
  encodeNodeCertificate({
    issuer,
    kind,
    node: 'municipal/132217',
    serial,
    publicKey: nodeKey,
    now: NOW,
    days,
    origin: 'http://keys.test',
  });

const findings = (profile: string, tbs: Uint8Array): readonly string[] =>
  (nodeLints.certificate[profile]?.(Buffer.from(tbs), signer) ?? []).map(({ rule }) => rule);

function changed(
  tbs: Uint8Array,
  change: (spec: TbsCertificateSpec) => Partial<TbsCertificateSpec>,
): Uint8Array {
  const read = mustSucceed(parseTbsCertificate(tbs), 'a good one');
  const spec = { ...read, signatureAlgorithm: read.innerAlgorithm, publicKey: read.publicKey.der };
  return encodeTbsCertificate({ ...spec, ...change(spec) });
}

const replaced =
  (extension: Extension) =>
  ({ extensions }: TbsCertificateSpec): Partial<TbsCertificateSpec> => ({
    extensions: extensions.map((one) => (one.oid === extension.oid ? extension : one)),
  });

type Planted = readonly [string, (spec: TbsCertificateSpec) => Partial<TbsCertificateSpec>];

const point = (value: string): Extension => crlDistributionPoints([{ fullName: [{ kind: 'uri', value }] }]);

test('what the profile writes passes its own lint, and no other profile’s', () => {
  const own = [
    [PROFILES.authority, root],
    [PROFILES.site, leaf('site')],
    [PROFILES.terminal, leaf('terminal')],
  ] as const;
  for (const [profile] of own)
    for (const [other, tbs] of own)
      assert.equal(findings(profile, tbs).length === 0, profile === other, `${other} as ${profile}`);
});

test('each rule on nodes finds what is planted for it', () => {
  const planted: readonly Planted[] = [
    ['issuer-is-the-node-authority', () => ({ issuer: nodeName('site', 'national') })],
    ['subject-is-a-node-of-the-kind', () => ({ subject: nodeName('terminal', 'municipal/132217') })],
    ['subject-is-a-node-of-the-kind', () => ({ subject: nodeName('site', 'Not A Node') })],
    ['node-key-is-ed25519', () => ({ publicKey: stranger.der })],
    ['node-key-signs-and-nothing-else', replaced(keyUsage(['digitalSignature', 'keyAgreement']))],
    [
      'node-is-a-client-and-nothing-else',
      replaced(extKeyUsage([KEY_PURPOSE_OIDS.clientAuth, KEY_PURPOSE_OIDS.codeSigning])),
    ],
    [
      'distribution-point-is-the-list-of-the-generation',
      replaced(point('http://keys.test/key-server/crl/2')),
    ],
    [
      'distribution-point-is-the-list-of-the-generation',
      replaced(point('ldap://keys.test/key-server/crl/1')),
    ],
    [
      'extensions-are-those-of-the-profile-in-its-order',
      ({ extensions }) => ({ extensions: [...extensions, basicConstraints({ ca: true })] }),
    ],
    ['lasts-at-most-825-days', ({ notBefore }) => ({ notAfter: notBefore + 826 * DAY_MS })],
    ['signature-is-ecdsa-with-sha-384', () => ({ signatureAlgorithm: signatureAlgorithm('p256') })],
  ];
  for (const [rule, change] of planted)
    assert.ok(findings(PROFILES.site, changed(leaf('site'), change)).includes(rule), rule);
});

test('each rule on the authority finds what is planted for it', () => {
  const planted: readonly Planted[] = [
    ['authority-signs-itself', () => ({ issuer: authorityName(2) })],
    ['authority-has-a-generation-s-name', () => ({ subject: nodeName('site', 'national') })],
    ['authority-key-is-p-384', () => ({ publicKey: nodeKey.der })],
    ['authority-certifies-directly', replaced(basicConstraints({ ca: true, pathLength: 1 }))],
    ['authority-signs-certificates-and-lists', replaced(keyUsage(['keyCertSign']))],
    ['lasts-at-most-3650-days', ({ notBefore }) => ({ notAfter: notBefore + 3651 * DAY_MS })],
    ['subject-key-identifier-is-that-of-the-key', () => ({ publicKey: stranger.der })],
  ];
  for (const [rule, change] of planted)
    assert.ok(findings(PROFILES.authority, changed(root, change)).includes(rule), rule);
});

test('a list passes as the profile writes it, and not with another issuer, reason or length', () => {
  const lint = nodeLints.crlProfiles[PROFILES.list];
  const spec = listSpec(issuer, 1n, NOW);
  const entry = { serial, revokedAt: NOW - 1_000, reason: 'keyCompromise' as const };
  const found = (tbs: Uint8Array): readonly string[] =>
    (lint?.(Buffer.from(tbs), signer) ?? []).map(({ rule }) => rule);
  assert.deepEqual(found(encodeTbsCertList(spec, [entry])), []);
  const planted = [
    ['reasons-are-those-of-nodes', encodeTbsCertList(spec, [{ ...entry, reason: 'privilegeWithdrawn' }])],
    ['next-list-comes-within-a-day', encodeTbsCertList({ ...spec, nextUpdate: NOW + 2 * DAY_MS }, [entry])],
    [
      'list-is-the-node-authority-s',
      encodeTbsCertList({ ...spec, issuer: nodeName('site', 'national') }, []),
    ],
  ] as const;
  for (const [rule, tbs] of planted) assert.ok(found(tbs).includes(rule), rule);
});
