import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import {
  attribute,
  authorityKeyIdentifier,
  basicConstraints,
  crlNumber,
  encodeCertId,
  encodeName,
  encodeResponseData,
  encodeTbsCertificate,
  encodeTbsCertList,
  issuerHashes,
  keyIdentifier,
  keyUsage,
  parsePublicKeyInfo,
  type ResponseDataSpec,
  serialNumber,
  signatureAlgorithm,
  subjectKeyIdentifier,
  type TbsCertificateSpec,
  type TbsCertListSpec,
} from '@ishizue/x509';
import type { SignerResult } from './signer-code.ts';
import { certificateLint, crlLint, ocspLint } from './structural-lints.ts';
import { runningSigner } from './testing/running-signer.ts';

const get = async <T>(result: Promise<SignerResult<T>>): Promise<T> => mustSucceed(await result, 'request');
const NOW = Date.parse('2026-04-01T00:00:00Z');
const NAME = encodeName([attribute('C', 'JP'), attribute('CN', 'Test')]);
const P256 = signatureAlgorithm('p256');

const lints = {
  certificate: { root: certificateLint(), fussy: certificateLint(neverGood()) },
  crl: crlLint(),
  ocsp: ocspLint(),
};

function neverGood() {
  return { name: 'never-good', citation: 'none', applies: () => true, check: () => 'as the profile says' };
}

const publicKeyOf = (spki: Buffer) => mustSucceed(parsePublicKeyInfo(spki), 'spki');

/** The findings' rule names, or `signed`. */
const verdict = (result: SignerResult<unknown>): string =>
  result.ok
    ? 'signed'
    : `${result.failure.code} ${result.failure.detail
        .split('; ')
        .map((finding) => finding.split(':')[0])
        .join()}`;

test('x509’s rules stand before the key, and bind what is signed to the key that signs it', async (t) => {
  const { connect } = await runningSigner(t, { lints });
  const client = await connect();
  const uses = ['certificate:root', 'certificate:fussy', 'crl', 'ocsp'];
  const [spki, otherSpki] = [
    await get(client.generateKey('ca/one', 'p-256', uses)),
    await get(client.generateKey('ca/two', 'p-256', uses)),
  ];
  const [id, otherId] = [keyIdentifier(publicKeyOf(spki)), keyIdentifier(publicKeyOf(otherSpki))];
  const wrongKey = 'authority-key-identifier-is-that-of-the-signing-key';
  const wrongAlgorithm = 'signature-algorithm-is-that-of-the-signing-key';

  const certificate = (changes: Partial<TbsCertificateSpec>) => ({
    key: 'ca/one',
    profile: 'root',
    tbs: encodeTbsCertificate({
      serial: serialNumber(7),
      signatureAlgorithm: P256,
      issuer: NAME,
      subject: NAME,
      notBefore: NOW,
      notAfter: NOW + 86_400_000,
      publicKey: spki,
      extensions: [
        keyUsage(['keyCertSign', 'cRLSign']),
        basicConstraints({ ca: true }),
        subjectKeyIdentifier(id),
      ],
      ...changes,
    }),
  });
  assert.equal(verdict(await client.signCertificate(certificate({}))), 'signed');
  const rsa = certificate({ signatureAlgorithm: signatureAlgorithm('rsa') });
  assert.equal(verdict(await client.signCertificate(rsa)), `lint-refused ${wrongAlgorithm}`);
  const fussy = { ...certificate({}), profile: 'fussy' };
  assert.equal(verdict(await client.signCertificate(fussy)), 'lint-refused never-good');
  assert.equal(
    verdict(await client.signCertificate({ ...fussy, tbs: Buffer.from('3000', 'hex') })),
    'lint-refused parses',
  );

  const crl = (keyId: Uint8Array, changes: Partial<TbsCertListSpec> = {}) => {
    const extensions = [authorityKeyIdentifier({ keyIdentifier: keyId }), crlNumber(1n)];
    const spec = {
      signatureAlgorithm: P256,
      issuer: NAME,
      thisUpdate: NOW,
      nextUpdate: NOW + 1000,
      extensions,
    };
    const tbs = encodeTbsCertList({ ...spec, ...changes }, [
      { serial: serialNumber(9), revokedAt: NOW - 1000 },
    ]);
    return { key: 'ca/one', tbs };
  };
  assert.equal(verdict(await client.signCrl(crl(id))), 'signed');
  assert.equal(verdict(await client.signCrl(crl(otherId))), `lint-refused ${wrongKey}`);
  assert.equal(
    verdict(await client.signCrl(crl(id, { nextUpdate: NOW }))),
    'lint-refused crl-says-when-the-next-one-comes',
  );

  const hashes = issuerHashes({ subject: NAME, publicKey: publicKeyOf(spki) });
  const ocsp = (changes: Partial<ResponseDataSpec>) => ({
    key: 'ca/one',
    tbs: encodeResponseData({
      responderKeyHash: id,
      producedAt: NOW,
      responses: [
        {
          certId: encodeCertId('sha256', hashes, serialNumber(9)),
          status: { status: 'good' },
          thisUpdate: NOW,
        },
      ],
      ...changes,
    }),
  });
  assert.equal(verdict(await client.signOcsp(ocsp({}))), 'signed');
  assert.equal(
    verdict(await client.signOcsp(ocsp({ responderKeyHash: otherId }))),
    'lint-refused responder-is-the-signing-key',
  );
  assert.equal(
    verdict(await client.signOcsp(ocsp({ producedAt: NOW - 1000 }))),
    'lint-refused response-times-are-in-order',
  );
  assert.equal(
    verdict(await client.signOcsp({ key: 'ca/two', tbs: ocsp({}).tbs })),
    'lint-refused responder-is-the-signing-key',
  );
});
