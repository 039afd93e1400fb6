/**
 * Certification authorities and certificates for the tests of this package, with keys made on the spot. The shape of
 * the default end-entity certificate exercises everything that the national profiles need.
 */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mustSucceed } from '@ishizue/outcome';
import { type KeyType, signatureAlgorithm } from '../certificate/algorithm.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import type { Extension } from '../certificate/extension.ts';
import { attribute, encodeName, type Name } from '../certificate/name.ts';
import { keyIdentifier, parsePublicKeyInfo } from '../certificate/public-key.ts';
import { serialNumber } from '../certificate/serial-number.ts';
import { assembleSigned } from '../certificate/signature.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  keyUsage,
  subjectKeyIdentifier,
} from '../certificate/standard-extension.ts';
import { encodeTbsCertificate, type TbsCertificateSpec } from '../certificate/tbs-certificate.ts';

export const at = (text: string): number => Date.parse(text);

/** A private key with its public half in DER. */
export interface TestKey {
  readonly type: KeyType;
  readonly privateKey: KeyObject;
  readonly publicKey: Uint8Array;
}

function generate(type: KeyType): { publicKey: KeyObject; privateKey: KeyObject } {
  switch (type) {
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
    case 'p256':
      return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    case 'p384':
      return generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    case 'ed25519':
      return generateKeyPairSync('ed25519');
    case 'mldsa44':
      return generateKeyPairSync('ml-dsa-44');
    case 'mldsa65':
      return generateKeyPairSync('ml-dsa-65');
    case 'mldsa87':
      return generateKeyPairSync('ml-dsa-87');
  }
}

export function makeKey(type: KeyType): TestKey {
  const { publicKey, privateKey } = generate(type);
  return { type, privateKey, publicKey: publicKey.export({ format: 'der', type: 'spki' }) };
}

/** Signs what a builder wrote, as the signer process would. */
export function signTbs(tbs: Uint8Array, key: TestKey): Uint8Array {
  const algorithm = signatureAlgorithm(key.type);
  return assembleSigned(tbs, algorithm, sign(algorithm.digest, tbs, key.privateKey));
}

export const keyIdOf = (key: TestKey): Uint8Array =>
  keyIdentifier(mustSucceed(parsePublicKeyInfo(key.publicKey), 'a generated key'));

export const testName = (commonName: string): Name =>
  encodeName([attribute('C', 'JP'), attribute('O', 'Test'), attribute('CN', commonName)]);

/** What a certificate is made of where a test does not say otherwise. */
export type Wishes = Partial<Omit<TbsCertificateSpec, 'signatureAlgorithm' | 'publicKey'>>;

/** A certificate with the key of its subject. */
export interface Issued {
  readonly key: TestKey;
  readonly certificate: Certificate;
}

const DEFAULTS = {
  serial: serialNumber(0x1234_5678),
  notBefore: at('2026-01-01T00:00:00Z'),
  notAfter: at('2049-12-31T14:59:59Z'),
};

/** A self-signed CA: keyUsage, basicConstraints, subjectKeyIdentifier. */
export function makeRoot(wishes: Wishes = {}, key: TestKey = makeKey('p256')): Issued {
  const subject = wishes.subject ?? testName('Root');
  const tbs = encodeTbsCertificate({
    ...DEFAULTS,
    issuer: subject,
    subject,
    extensions: [
      keyUsage(['keyCertSign', 'cRLSign']),
      basicConstraints({ ca: true }),
      subjectKeyIdentifier(keyIdOf(key)),
    ],
    ...wishes,
    signatureAlgorithm: signatureAlgorithm(key.type),
    publicKey: key.publicKey,
  });
  return { key, certificate: mustSucceed(parseCertificate(signTbs(tbs, key)), 'a root') };
}

/** The AKI that points at an issuer's key. */
export const authorityOf = (issuer: Issued): Extension =>
  authorityKeyIdentifier({ keyIdentifier: keyIdOf(issuer.key) });

/** A certificate from an issuer; by default an end entity's with keyUsage, AKI and SKI. */
export function issue(issuer: Issued, wishes: Wishes = {}, key: TestKey = makeKey('p256')): Issued {
  const tbs = encodeTbsCertificate({
    ...DEFAULTS,
    issuer: issuer.certificate.subject,
    subject: testName('Somebody'),
    extensions: [keyUsage(['digitalSignature']), authorityOf(issuer), subjectKeyIdentifier(keyIdOf(key))],
    ...wishes,
    signatureAlgorithm: signatureAlgorithm(issuer.key.type),
    publicKey: key.publicKey,
  });
  return { key, certificate: mustSucceed(parseCertificate(signTbs(tbs, issuer.key)), 'a certificate') };
}
