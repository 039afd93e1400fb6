/**
 * SIGNED{} (RFC 5280 4.1.1, the same shape in certificates, CRLs, requests and basic OCSP responses): assembling the
 * signed part with a signature that was made elsewhere, reading it, and verifying it.
 */
import { verify } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';
import { DerReader } from '../der/reader.ts';
import { encodeDer } from '../der/writer.ts';
import type { X509FailureCode } from '../failure.ts';
import {
  type AlgorithmIdentifier,
  findSignatureAlgorithm,
  readAlgorithmIdentifier,
  type SignatureAlgorithm,
  signatureAlgorithm,
} from './algorithm.ts';
import { importPublicKey, type PublicKeyInfo } from './public-key.ts';

/** A signature and what it is over. */
export interface Signed {
  /** The octets that were signed. */
  readonly tbs: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

/** The signed message: certificate, CRL or certification request, by what `tbs` is. */
export function assembleSigned(
  tbs: Uint8Array,
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
): Uint8Array {
  return encodeDer((writer) =>
    writer.sequence(() => {
      writer.raw(tbs);
      writer.raw(algorithm.der);
      writer.bitString(signature);
    }),
  );
}

/** A certificate whose algorithm is the one that its signed part names, as it must be (RFC 5280 4.1.1.2). */
export function assembleCertificate(tbs: Uint8Array, signature: Uint8Array): Uint8Array {
  const reader = new DerReader(tbs, tbs.length);
  reader.enterSequence();
  reader.skip(); // version
  reader.skip(); // serial number
  const named = reader.failed ? undefined : findSignatureAlgorithm(readAlgorithmIdentifier(reader));
  if (named === undefined) throw new Error('a to-be-signed certificate that names no algorithm of ours');
  return assembleSigned(tbs, named, signature);
}

/** Reads what follows the signed part. */
export function readSignature(reader: DerReader): Omit<Signed, 'tbs'> {
  const algorithm = readAlgorithmIdentifier(reader);
  return { signatureAlgorithm: algorithm, signature: reader.bitString() };
}

/** A signature with a smaller modulus is not believed (NIST SP 800-131A rev. 2 section 3). */
const RSA_BITS_MIN = 2048;

/** Whether the key made the signature, by the algorithm with which a key of its type signs here. */
export const verifyWithKey = (
  data: Uint8Array,
  signature: Uint8Array,
  key: PublicKeyInfo,
): Result<undefined, X509FailureCode> =>
  key.type === undefined
    ? fail('key-unsupported', `a key of algorithm ${key.algorithm.oid}`)
    : verifySignature({ tbs: data, signatureAlgorithm: signatureAlgorithm(key.type), signature }, key);

/**
 * Whether the key made the signature. The algorithm must be one of ours for the type of the key: a signature of
 * another algorithm is refused, not tried.
 */
export function verifySignature(signed: Signed, key: PublicKeyInfo): Result<undefined, X509FailureCode> {
  const algorithm = findSignatureAlgorithm(signed.signatureAlgorithm);
  if (algorithm === undefined || algorithm.keyType !== key.type) {
    return fail('signature-algorithm-unsupported', `${signed.signatureAlgorithm.oid} with this key`);
  }
  if (key.type === 'rsa' && key.sizeBits < RSA_BITS_MIN)
    return fail('key-unsupported', `${key.sizeBits} bits of RSA`);
  const publicKey = importPublicKey(key);
  if (!publicKey.ok) return publicKey;
  // node:crypto answers false for a signature of any shape; it throws only for a key that it cannot use.
  const isValid = verify(algorithm.digest, signed.tbs, publicKey.value, signed.signature);
  return isValid ? ok(undefined) : fail('signature-invalid', 'the signature does not hold');
}
