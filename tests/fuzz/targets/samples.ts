/** Valid certificates, lists, requests and answers with every extension that the house reads: where mutation starts. */
import { sign } from 'node:crypto';
import {
  assembleOcspResponse,
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  type CertStatus,
  certificatePolicies,
  crlDistributionPoints,
  crlNumber,
  encodeCertId,
  encodeCertificationRequestInfo,
  encodeResponseData,
  encodeTbsCertList,
  extKeyUsage,
  issuerAltName,
  issuerHashes,
  issuingDistributionPoint,
  KEY_PURPOSE_OIDS,
  keyUsage,
  ocspAccess,
  ocspNoCheck,
  serialNumber,
  signatureAlgorithm,
  subjectAltName,
  subjectKeyIdentifier,
  utf8OtherName,
} from '@ishizue/x509';
import { authorityOf, issue, keyIdOf, makeKey, makeRoot, signTbs, testName } from '@ishizue/x509/testing';

export const NOW = Date.parse('2026-04-01T00:00:00Z');

export const root = makeRoot();
const place = { kind: 'directoryName', name: testName('CRLDP') } as const;
const subjectKey = makeKey('rsa');

/** A certificate with every extension that is decoded. */
export const rich = issue(
  root,
  {
    extensions: [
      keyUsage(['digitalSignature', 'nonRepudiation']),
      extKeyUsage([KEY_PURPOSE_OIDS.clientAuth]),
      subjectAltName([
        utf8OtherName('1.2.392.200149.8.5.5.1', '公的　太郎'),
        { kind: 'dnsName', value: 'a.example' },
        { kind: 'rfc822Name', value: 'a@a.example' },
        { kind: 'ipAddress', value: Uint8Array.of(127, 0, 0, 1) },
      ]),
      certificatePolicies([{ policy: '1.2.392.200149.8.5.1.3.30', cps: ['http://a/'] }], true),
      issuerAltName([place]),
      crlDistributionPoints([{ fullName: [place], reasons: 2 }]),
      authorityInfoAccess([ocspAccess('http://o/')]),
      authorityKeyIdentifier({ keyIdentifier: keyIdOf(root.key), issuer: [place], serial: serialNumber(1) }),
      basicConstraints({ ca: true, pathLength: 1 }),
      subjectKeyIdentifier(keyIdOf(subjectKey)),
      ocspNoCheck(),
    ],
  },
  subjectKey,
).certificate;

export const plain = issue(root, { serial: serialNumber(9) }, makeKey('ed25519')).certificate;

const listOf = (serials: readonly number[]): Uint8Array =>
  encodeTbsCertList(
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
    serials.map((serial, index) => ({
      serial: serialNumber(serial),
      revokedAt: NOW - 1_000,
      ...(index % 2 === 0 ? { reason: 'superseded' } : { invalidityDate: NOW - 2_000 }),
    })),
  );

/** TBSCertList with no, few and many entries. */
export const tbsLists: readonly Uint8Array[] = [
  listOf([]),
  listOf([1, 2, 300]),
  listOf(Array.from({ length: 60 }, (_, index) => index + 0x0080_0000)),
];

export const signed = (tbs: Uint8Array): Uint8Array => signTbs(tbs, root.key);

export const hashes = issuerHashes(root.certificate);
export const certId = encodeCertId('sha1', hashes, rich.serial);
export const nonce = new Uint8Array(32).fill(7);

const dataOf = (...statuses: readonly CertStatus[]): Uint8Array =>
  encodeResponseData({
    responderKeyHash: keyIdOf(root.key),
    producedAt: NOW,
    nonce,
    responses: statuses.map((status) => ({ certId, status, thisUpdate: NOW, nextUpdate: NOW + 1_000 })),
  });

export const responseDatas: readonly Uint8Array[] = [
  dataOf({ status: 'revoked', revokedAt: NOW, reason: 'keyCompromise' }),
  dataOf({ status: 'good' }),
  dataOf({ status: 'unknown' }, { status: 'good' }),
];

const delegate = issue(root, {
  serial: serialNumber(0x99),
  subject: testName('Responder'),
  extensions: [
    keyUsage(['digitalSignature']),
    extKeyUsage([KEY_PURPOSE_OIDS.ocspSigning]),
    authorityOf(root),
    ocspNoCheck(),
  ],
});

export const responses: readonly Uint8Array[] = responseDatas.map((responseData) =>
  assembleOcspResponse({
    responseData,
    signatureAlgorithm: signatureAlgorithm('p256'),
    signature: sign('sha256', responseData, root.key.privateKey),
    certificates: [delegate.certificate.der],
  }),
);

/** PKCS#10 with and without wishes for extensions. */
export const requests: readonly Uint8Array[] = [
  [],
  [keyUsage(['digitalSignature']), subjectAltName([{ kind: 'dnsName', value: 'a.example' }])],
].map((extensions) =>
  signTbs(
    encodeCertificationRequestInfo({
      subject: testName('Card'),
      publicKey: subjectKey.publicKey,
      extensions,
    }),
    subjectKey,
  ),
);
