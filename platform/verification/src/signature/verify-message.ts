/**
 * Whether a key signed some octets, for what other authorities issue: RSA PKCS #1 v1.5 and ECDSA with SHA-256, SHA-384 or
 * SHA-512, Ed25519 and ML-DSA (RFC 4055, RFC 5758, RFC 8410, RFC 9881). SHA-1, DSA, PSS and RSA under 2048 bits are refused, not tried.
 */
import { verify } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';
import { importPublicKey, type KeyType, type PublicKeyInfo, type Signed } from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';

export type Digest = 'sha256' | 'sha384' | 'sha512';

/** Each parameter set is a family of its own: its key signs by it alone. */
type MlDsa = Extract<KeyType, `mldsa${string}`>;

/** A way of signing: the family of keys, and the digest that is signed. */
export interface SignatureScheme {
  readonly family: 'rsa' | 'ecdsa' | 'ed25519' | MlDsa;
  readonly digest: Digest | undefined;
}

const RSA_BITS_MIN = 2048;

const SCHEMES = new Map<string, SignatureScheme>([
  ['1.2.840.113549.1.1.11', { family: 'rsa', digest: 'sha256' }],
  ['1.2.840.113549.1.1.12', { family: 'rsa', digest: 'sha384' }],
  ['1.2.840.113549.1.1.13', { family: 'rsa', digest: 'sha512' }],
  ['1.2.840.10045.4.3.2', { family: 'ecdsa', digest: 'sha256' }],
  ['1.2.840.10045.4.3.3', { family: 'ecdsa', digest: 'sha384' }],
  ['1.2.840.10045.4.3.4', { family: 'ecdsa', digest: 'sha512' }],
  ['1.3.101.112', { family: 'ed25519', digest: undefined }],
  ['2.16.840.1.101.3.4.3.17', { family: 'mldsa44', digest: undefined }],
  ['2.16.840.1.101.3.4.3.18', { family: 'mldsa65', digest: undefined }],
  ['2.16.840.1.101.3.4.3.19', { family: 'mldsa87', digest: undefined }],
]);

const FAMILIES: Readonly<Record<KeyType, SignatureScheme['family']>> = {
  rsa: 'rsa',
  p256: 'ecdsa',
  p384: 'ecdsa',
  ed25519: 'ed25519',
  mldsa44: 'mldsa44',
  mldsa65: 'mldsa65',
  mldsa87: 'mldsa87',
};

type Check = Result<undefined, VerificationFailureCode>;

/** The scheme of a signature algorithm's object identifier. */
export const findScheme = (oid: string): SignatureScheme | undefined => SCHEMES.get(oid);

/** Whether `key` made `signature` over `message` by this scheme. */
export function verifyMessage(
  scheme: SignatureScheme,
  key: PublicKeyInfo,
  message: Uint8Array,
  signature: Uint8Array,
): Check {
  if (key.type === undefined || FAMILIES[key.type] !== scheme.family) {
    return fail('signature-algorithm-unsupported', `${scheme.family} with a key of ${key.algorithm.oid}`);
  }
  if (key.type === 'rsa' && key.sizeBits < RSA_BITS_MIN)
    return fail('key-unsupported', `${key.sizeBits} bits of RSA`);
  const publicKey = importPublicKey(key);
  if (!publicKey.ok) return publicKey;
  return verify(scheme.digest, message, publicKey.value, signature)
    ? ok(undefined)
    : fail('signature-invalid', 'the signature does not hold');
}

/** What was found of a message under a key; a path is built and then walked, and lists are looked at again and again. */
const found = new WeakMap<Signed, WeakMap<PublicKeyInfo, Check>>();

/** Whether `key` signed a certificate or a list. Asked again about the same two, it remembers. */
export function verifySigned(signed: Signed, key: PublicKeyInfo): Check {
  const known = found.get(signed)?.get(key);
  if (known !== undefined) return known;
  const scheme = findScheme(signed.signatureAlgorithm.oid);
  const check: Check =
    scheme === undefined
      ? fail('signature-algorithm-unsupported', `algorithm ${signed.signatureAlgorithm.oid}`)
      : verifyMessage(scheme, key, signed.tbs, signed.signature);
  const ofMessage = found.get(signed) ?? new WeakMap<PublicKeyInfo, Check>();
  found.set(signed, ofMessage.set(key, check));
  return check;
}
