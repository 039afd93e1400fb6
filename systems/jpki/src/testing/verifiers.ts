/** Verifiers for tests: client certificates, terms, and a verifier that two officers have let go live. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mustSucceed } from '@ishizue/outcome';
import {
  assembleSigned,
  attribute,
  encodeName,
  encodePem,
  encodeTbsCertificate,
  serialNumber,
  signatureAlgorithm,
} from '@ishizue/x509';
import type { JpkiContext } from '../jpki-context.ts';
import {
  approveForVerifier,
  changeVerifier,
  proposeForVerifier,
  registerVerifier,
  type VerifierOfficer,
} from '../verifiers/verifier-office.ts';
import type { ProposedAct, Verifier } from '../verifiers/verifier-store.ts';
import type { VerifierTerms } from '../verifiers/verifier-terms.ts';

export const officer = (operator = 'o-first'): VerifierOfficer => ({
  operator,
  purpose: 'a test',
  terminal: 't-1',
  correlation: 'test',
});

export interface ClientForTest {
  readonly pem: string;
  readonly privateKey: KeyObject;
}

/** A self-signed client certificate of ten years from 2026. */
export function makeClient(notAfter = '2036-01-01T00:00:00Z'): ClientForTest {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const name = encodeName([attribute('CN', 'a verifier')]);
  const algorithm = signatureAlgorithm('ed25519');
  const tbs = encodeTbsCertificate({
    serial: serialNumber(7),
    signatureAlgorithm: algorithm,
    issuer: name,
    notBefore: Date.parse('2026-01-01T00:00:00Z'),
    notAfter: Date.parse(notAfter),
    subject: name,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    extensions: [],
  });
  return {
    privateKey,
    pem: encodePem('CERTIFICATE', assembleSigned(tbs, algorithm, sign(null, tbs, privateKey))),
  };
}

/** Everything a platform operator may do, but for what is given. */
export const termsOf = (changes: Partial<VerifierTerms> = {}): VerifierTerms => ({
  kind: 'platform-operator',
  title: '検証株式会社',
  purpose: '口座開設時の本人確認',
  contact: 'pki@example.jp',
  feeClass: 'per-answer',
  certificateKinds: ['signature', 'authentication'],
  methods: ['crl', 'ocsp'],
  services: ['older-serials', 'newer-serials', 'other-certificate', 'latest-attributes'],
  entrustedTo: null,
  clientCertificate: (changes.kind ?? 'platform-operator') === 'delegating-firm' ? null : makeClient().pem,
  ...changes,
});

/** Proposed by one officer and approved by another. */
export async function decideByTwo(
  context: JpkiContext,
  verifier: string,
  proposed: ProposedAct,
): Promise<Verifier> {
  const proposal = mustSucceed(await proposeForVerifier(context, officer(), verifier, proposed), 'propose');
  return mustSucceed(await approveForVerifier(context, officer('o-second'), proposal.id), 'approve');
}

export async function liveVerifier(
  context: JpkiContext,
  verifier: string,
  changes: Partial<VerifierTerms> = {},
): Promise<Verifier> {
  mustSucceed(await registerVerifier(context, officer(), verifier, termsOf(changes)), 'register');
  for (const act of ['release-documents', 'open-test-environment', 'begin-connection-test'] as const)
    mustSucceed(await changeVerifier(context, officer(), verifier, act), act);
  return decideByTwo(context, verifier, { act: 'go-live' });
}
