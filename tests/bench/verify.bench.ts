/**
 * `verify`: verdicts on holders' certificates of an RSA-2048 authority, in full: reading, path, policy, and the list of an
 * area. Each certificate is new, the list is the same, as a relying party meets them. The limit is what one process of
 * OpenSSL verifies with RSA-2048: the one signature that each verdict cannot do without.
 */
import { randomBytes, sign } from 'node:crypto';
import { mustSucceed } from '@ishizue/outcome';
import { readForeignCertificate, verifyCertificate } from '@ishizue/verification';
import {
  assembleSigned,
  certificatePolicies,
  crlDistributionPoints,
  crlNumber,
  encodeTbsCertList,
  type GeneralName,
  issuingDistributionPoint,
  keyUsage,
  parseCrl,
  serialNumber,
  signatureAlgorithm,
} from '@ishizue/x509';
import { authorityOf, type Issued, issue, makeKey, makeRoot, testName } from '@ishizue/x509/testing';
import type { Benchmark } from './benchmark.ts';
import { alternate, rate } from './measure.ts';
import { opensslVerifications } from './openssl-speed.ts';
import { peakMiB } from './peak-memory.ts';

const ROUNDS = 3;
const CERTIFICATES_IN_ROUND = 2_000;
const REVOKED = 1_000;
const OPENSSL_SECONDS = 3;
const POLICY = '1.2.392.200149.8.5.1.3.30';
const NOW = Date.parse('2026-04-01T00:00:00Z');
const POINT: GeneralName = { kind: 'directoryName', name: testName('Kiyose-shi CRLDP') };

/** The list of the area, with serial numbers that no holder has. */
function listOf(authority: Issued): Uint8Array {
  const algorithm = signatureAlgorithm('rsa');
  const tbs = encodeTbsCertList(
    {
      signatureAlgorithm: algorithm,
      issuer: authority.certificate.subject,
      thisUpdate: NOW - 60_000,
      nextUpdate: NOW + 86_400_000,
      extensions: [authorityOf(authority), crlNumber(1n), issuingDistributionPoint({ fullName: [POINT] })],
    },
    Array.from({ length: REVOKED }, (_, index) => ({
      serial: serialNumber(0x4000_0000 + index),
      revokedAt: NOW - 1_000,
      reason: 'superseded' as const,
    })),
  );
  return assembleSigned(tbs, algorithm, sign(algorithm.digest, tbs, authority.key.privateKey));
}

export const benchmark: Benchmark = async (place) => {
  const authority = makeRoot({}, makeKey('rsa'));
  const holderKey = makeKey('rsa');
  const extensions = [
    keyUsage(['digitalSignature']),
    certificatePolicies([{ policy: POLICY }], true),
    crlDistributionPoints([{ fullName: [POINT] }]),
    authorityOf(authority),
  ];
  place.say(`${ROUNDS * CERTIFICATES_IN_ROUND} certificates`);
  const holders = Array.from({ length: ROUNDS * CERTIFICATES_IN_ROUND }, (_, index) => {
    const subject = testName(randomBytes(8).toString('hex'));
    return issue(authority, { serial: serialNumber(index + 1), subject, extensions }, holderKey).certificate
      .der;
  });
  const crl = mustSucceed(parseCrl(listOf(authority)), 'the list');
  const verifyOne = async (der: Uint8Array): Promise<void> => {
    const { failure } = await verifyCertificate({
      certificate: mustSucceed(readForeignCertificate(der), 'a holder'),
      chain: [],
      anchors: [authority.certificate],
      crls: [crl],
      asksStatus: true,
      policies: [POLICY],
      explicitPolicy: true,
      at: NOW,
    });
    if (failure !== undefined) throw new Error(`${failure.code}: ${failure.detail}`);
  };
  const { value, limit, rounds } = await alternate(
    ROUNDS,
    (round) => {
      const mine = holders.slice(round * CERTIFICATES_IN_ROUND, (round + 1) * CERTIFICATES_IN_ROUND);
      return rate(mine.length, async () => {
        for (const der of mine) await verifyOne(der);
      });
    },
    () => opensslVerifications(OPENSSL_SECONDS),
  );
  return [
    {
      bench: 'verify',
      value,
      unit: '1/s',
      limit,
      limitName: 'openssl speed rsa2048 verify, 1 process',
      peakMiB: peakMiB(),
      note: `path, policy and a list of ${REVOKED} entries each, one thread; ${rounds}`,
      postgresql: 'not used',
    },
  ];
};
