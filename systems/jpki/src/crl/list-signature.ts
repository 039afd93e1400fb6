/**
 * What depends on the kind of an authority's key when a list is published: how long its signature is going to be, and how
 * one over many parts is verified. RSA and ECDSA sign a hash that is made as parts come; ML-DSA signs the whole at once,
 * which the signer bounds.
 */
import { createVerify } from 'node:crypto';
import { mustSucceed } from '@ishizue/outcome';
import { importPublicKey, type PublicKeyInfo, signatureAlgorithm, verifyWithKey } from '@ishizue/x509';

const ML_DSA_BYTES: Readonly<Record<string, number>> = { mldsa44: 2420, mldsa65: 3309, mldsa87: 4627 };

/** For ECDSA the likeliest length in DER: two integers of the curve's size, one of them with a zero before it. */
export function expectedSignatureBytes({ type, sizeBits }: PublicKeyInfo): number {
  const fixed = ML_DSA_BYTES[type ?? ''];
  if (fixed !== undefined) return fixed;
  return type === 'rsa' ? Math.ceil(sizeBits / 8) : 2 * (sizeBits / 8) + 7;
}

export interface VerificationInParts {
  update(part: Uint8Array): void;
  holds(signature: Uint8Array): boolean;
}

export function verificationInParts(key: PublicKeyInfo): VerificationInParts {
  const { digest } = signatureAlgorithm(key.type ?? 'rsa');
  if (digest === null) {
    const parts: Buffer[] = [];
    return {
      update: (part) => void parts.push(Buffer.from(part)),
      holds: (signature) => verifyWithKey(Buffer.concat(parts), signature, key).ok,
    };
  }
  const publicKey = mustSucceed(importPublicKey(key), 'an authority’s key');
  const verification = createVerify(digest);
  return {
    update: (part) => void verification.update(part),
    holds: (signature) => verification.verify(publicKey, signature),
  };
}
