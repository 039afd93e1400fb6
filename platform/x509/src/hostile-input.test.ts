import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed, type Result } from '@ishizue/outcome';
import * as fc from 'fast-check';
import {
  assembleOcspResponse,
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  certificatePolicies,
  certificateRules,
  checkDer,
  checkRevocationByCrl,
  crlDistributionPoints,
  crlEntries,
  crlNumber,
  crlRules,
  decodePem,
  encodeCertId,
  encodeCertificationRequestInfo,
  encodeOcspRequest,
  encodeResponseData,
  encodeTbsCertList,
  extKeyUsage,
  findCrlEntry,
  importPublicKey,
  issuerAltName,
  issuerHashes,
  issuingDistributionPoint,
  KEY_PURPOSE_OIDS,
  keyUsage,
  lintCertificate,
  lintCrl,
  lintOcsp,
  ocspAccess,
  ocspRules,
  parseCertificate,
  parseCertificationRequest,
  parseCrl,
  parseName,
  parseOcspRequest,
  parseOcspResponse,
  parsePublicKeyInfo,
  parseResponseData,
  parseTbsCertificate,
  parseTbsCertList,
  serialNumber,
  signatureAlgorithm,
  subjectAltName,
  subjectKeyIdentifier,
  utf8OtherName,
  verifyOcspResponse,
  verifyPath,
  verifyPossession,
} from './index.ts';
import { at, issue, keyIdOf, makeKey, makeRoot, signTbs, testName } from './testing/authority.ts';

const NOW = at('2026-04-01T00:00:00Z');
/** No input of the tests may keep a parser longer than this. */
const MILLISECONDS_MAX = 1000;

const root = makeRoot();
const place = { kind: 'directoryName', name: testName('CRLDP') } as const;
const subjectKey = makeKey('rsa');
const rich = issue(
  root,
  {
    extensions: [
      keyUsage(['digitalSignature']),
      extKeyUsage([KEY_PURPOSE_OIDS.clientAuth]),
      subjectAltName([utf8OtherName('1.2.392.1', '公的　太郎'), { kind: 'dnsName', value: 'a.example' }]),
      certificatePolicies([{ policy: '1.2.3', cps: ['http://a/'] }], true),
      issuerAltName([place]),
      crlDistributionPoints([{ fullName: [place], reasons: 2 }]),
      authorityInfoAccess([ocspAccess('http://o/')]),
      authorityKeyIdentifier({ keyIdentifier: keyIdOf(root.key), issuer: [place], serial: serialNumber(1) }),
      basicConstraints({ ca: true, pathLength: 1 }),
      subjectKeyIdentifier(keyIdOf(subjectKey)),
    ],
  },
  subjectKey,
).certificate;
const tbsList = encodeTbsCertList(
  {
    signatureAlgorithm: signatureAlgorithm('p256'),
    issuer: root.certificate.subject,
    thisUpdate: NOW,
    nextUpdate: NOW + 86_400_000,
    extensions: [
      authorityKeyIdentifier({ keyIdentifier: keyIdOf(root.key) }),
      crlNumber(5n),
      issuingDistributionPoint({ fullName: [place] }),
    ],
  },
  [1, 2, 300].map((serial) => ({
    serial: serialNumber(serial),
    revokedAt: NOW,
    reason: 'superseded',
    invalidityDate: NOW,
  })),
);
const hashes = issuerHashes(root.certificate);
const certId = encodeCertId('sha1', hashes, rich.serial);
const nonce = new Uint8Array(32).fill(7);
const responseData = encodeResponseData({
  responderKeyHash: keyIdOf(root.key),
  producedAt: NOW,
  nonce,
  responses: [
    {
      certId,
      status: { status: 'revoked', revokedAt: NOW, reason: 'keyCompromise' },
      thisUpdate: NOW,
      nextUpdate: NOW + 1000,
    },
  ],
});
const response = assembleOcspResponse({
  responseData,
  signatureAlgorithm: signatureAlgorithm('p256'),
  signature: sign('sha256', responseData, root.key.privateKey),
  certificates: [rich.der],
});
const request = signTbs(
  encodeCertificationRequestInfo({
    subject: testName('Card'),
    publicKey: subjectKey.publicKey,
    extensions: [keyUsage(['digitalSignature'])],
  }),
  subjectKey,
);
const crl = mustSucceed(parseCrl(signTbs(tbsList, root.key)), 'a list');

/** Uses whatever was accepted, as a careless caller would. */
function use<T>(result: Result<T>, consume: (value: T) => unknown): void {
  if (result.ok) consume(result.value);
  else assert.match(result.failure.code, /^[a-z0-9-]+$/);
}

const targets: { name: string; valid: Uint8Array; feed: (input: Uint8Array) => void }[] = [
  {
    name: 'parseCertificate',
    valid: rich.der,
    feed: (input) =>
      use(parseCertificate(input), (certificate) => {
        certificate.subject.toString();
        certificate.issuer.toString();
        verifyPath({ certificate, intermediates: [certificate], anchors: [root.certificate], at: NOW });
        checkRevocationByCrl({ certificate, issuer: root.certificate, crl, at: NOW });
      }),
  },
  {
    name: 'lintCertificate',
    valid: rich.tbs,
    feed: (input) => {
      use(parseTbsCertificate(input), ({ defects }) => defects);
      lintCertificate(certificateRules, input);
    },
  },
  {
    name: 'parseCrl',
    valid: crl.der,
    feed: (input) =>
      use(parseCrl(input), (list) => {
        assert.equal([...crlEntries(list)].length, list.entryCount);
        findCrlEntry(list, rich.serial);
        checkRevocationByCrl({ certificate: rich, issuer: root.certificate, crl: list, at: NOW });
      }),
  },
  {
    name: 'lintCrl',
    valid: tbsList,
    feed: (input) => {
      use(parseTbsCertList(input), ({ defects }) => defects);
      lintCrl(crlRules, input);
    },
  },
  {
    name: 'parseOcspRequest',
    valid: encodeOcspRequest([certId, encodeCertId('sha256', hashes, rich.serial)], nonce),
    feed: (input) => use(parseOcspRequest(input), ({ certIds }) => certIds.length),
  },
  {
    name: 'verifyOcspResponse',
    valid: response,
    feed: (input) => {
      use(parseOcspResponse(input), ({ basic }) => basic?.responses);
      verifyOcspResponse({ response: input, certificate: rich, issuer: root.certificate, at: NOW, nonce });
    },
  },
  {
    name: 'lintOcsp',
    valid: responseData,
    feed: (input) => {
      use(parseResponseData(input), ({ responses }) => responses.length);
      lintOcsp(ocspRules, input);
    },
  },
  {
    name: 'parseCertificationRequest',
    valid: request,
    feed: (input) => use(parseCertificationRequest(input), verifyPossession),
  },
  { name: 'parseName', valid: rich.subject.der, feed: (input) => use(parseName(input), String) },
  {
    name: 'parsePublicKeyInfo',
    valid: rich.publicKey.der,
    feed: (input) => use(parsePublicKeyInfo(input), importPublicKey),
  },
  { name: 'checkDer', valid: rich.der, feed: (input) => use(checkDer(input, 65_536), () => undefined) },
  {
    name: 'decodePem',
    valid: Buffer.from('-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n'),
    feed: (input) => use(decodePem('CERTIFICATE', Buffer.from(input).toString('latin1')), () => undefined),
  },
];

function feedInTime(feed: (input: Uint8Array) => void, input: Uint8Array): void {
  const start = performance.now();
  feed(input);
  const spent = performance.now() - start;
  assert.ok(spent < MILLISECONDS_MAX, `${spent} ms for ${input.length} octets`);
}

/** What may happen to octets on their way: some replaced, cut out, put in, doubled, or the end lost. */
type Mutation = readonly [kind: 'set' | 'cut' | 'insert' | 'double' | 'truncate', at: number, value: number];

const mutation: fc.Arbitrary<Mutation> = fc.tuple(
  fc.constantFrom(
    'set' as const,
    'set' as const,
    'set' as const,
    'cut' as const,
    'insert' as const,
    'double' as const,
    'truncate' as const,
  ),
  fc.nat(),
  fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xff, 0x30, 0x31, 0xa0), fc.nat(255)),
);

function mutate(valid: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  let octets = Buffer.from(valid);
  for (const [kind, anywhere, value] of mutations) {
    const position = octets.length === 0 ? 0 : anywhere % octets.length;
    const [before, after] = [octets.subarray(0, position), octets.subarray(position)];
    if (kind === 'set') octets[position] = value;
    else if (kind === 'cut') octets = Buffer.concat([before, after.subarray(value % 16)]);
    else if (kind === 'insert') octets = Buffer.concat([before, Buffer.of(value), after]);
    else if (kind === 'double') octets = Buffer.concat([before, after.subarray(0, value), after]);
    else octets = Buffer.concat([before]);
  }
  return octets;
}

for (const { name, valid, feed } of targets) {
  test(`${name} takes its valid input, and no mutation of it makes it throw or linger`, () => {
    feedInTime(feed, valid);
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) =>
        feedInTime(feed, mutate(valid, mutations)),
      ),
      { numRuns: 4000 },
    );
  });

  test(`${name} refuses random octets without a throw`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (input) => feedInTime(feed, input)),
      { numRuns: 2000 },
    );
  });

  test(`${name} refuses every truncation without a throw`, () => {
    for (let length = 0; length < valid.length; length += 1 + (valid.length >> 9)) {
      feedInTime(feed, valid.subarray(0, length));
    }
  });
}

test('inputs made to be slow are not', () => {
  const size = 65_000;
  const nested = Buffer.alloc(size, 0x30);
  const flat = Buffer.alloc(size);
  for (let offset = 0; offset < size; offset += 2) flat[offset] = 0x30;
  flat.set([0x30, 0x83, 0, (size - 6) >> 8, (size - 6) & 0xff], 0);
  const indefinite = Buffer.alloc(size, Buffer.of(0x30, 0x80));
  const lengths = Buffer.alloc(size, Buffer.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff));
  for (const { feed } of targets) {
    for (const input of [nested, flat, indefinite, lengths]) feedInTime(feed, input);
  }
});

test('the valid inputs are accepted: the mutations start from something', () => {
  const accepted: Result<unknown>[] = [
    parseCertificate(rich.der),
    parseTbsCertificate(rich.tbs),
    parseCrl(crl.der),
    parseOcspRequest(encodeOcspRequest([certId], nonce)),
    parseOcspResponse(response),
    verifyOcspResponse({ response, certificate: rich, issuer: root.certificate, at: NOW, nonce }),
    parseCertificationRequest(request),
  ];
  for (const result of accepted) assert.ok(result.ok, JSON.stringify(result));
});
