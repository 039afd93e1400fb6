/**
 * What a token signs for each algorithm and how it comes out: PKCS #1 v1.5 over a DigestInfo made here (RFC 8017 9.2), ECDSA
 * over the hash as r and s side by side (PKCS#11 2.40, 2.3.1), which certificates want as a SEQUENCE of two INTEGERs (RFC
 * 3279 2.2.3). The token sees a hash and never what was signed.
 */
import { createHash, type Hash } from 'node:crypto';
import { encodeDer } from '@ishizue/x509';
import type { KeyAlgorithm } from '../key-uses.ts';

const TOKEN_ALGORITHMS = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'p-256', 'p-384'] as const;

/** What is made and used in tokens; PKCS#11 2.40 knows no ML-DSA, and Ed25519 differs from token to token. */
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

export const findTokenAlgorithm = (algorithm: KeyAlgorithm): TokenAlgorithm | undefined =>
  TOKEN_ALGORITHMS.find((each) => each === algorithm);

/** DigestInfo of SHA-256 up to the hash. */
const SHA_256_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** The hash that a key of the algorithm signs. */
export const tokenHash = (algorithm: TokenAlgorithm): Hash =>
  createHash(algorithm === 'p-384' ? 'sha384' : 'sha256');

/** What is given to the token for a hash. */
export const tokenInput = (algorithm: TokenAlgorithm, hash: Buffer): Buffer =>
  algorithm.startsWith('rsa-') ? Buffer.concat([SHA_256_INFO, hash]) : hash;

/** The signature as it stands in certificates, from what the token gave. */
export function tokenSignature(algorithm: TokenAlgorithm, given: Buffer): Buffer {
  if (algorithm.startsWith('rsa-')) return given;
  const half = given.length / 2;
  const numbers = [given.subarray(0, half), given.subarray(half)].map(integerOctets);
  return Buffer.from(
    encodeDer((writer) =>
      writer.sequence(() => {
        for (const number of numbers) writer.integer(number);
      }),
    ),
  );
}

/** A number without a sign as the content of an INTEGER. */
function integerOctets(number: Buffer): Buffer {
  const start = number.findIndex((octet) => octet !== 0);
  const octets = number.subarray(start === -1 ? -1 : start);
  return (octets[0] ?? 0) < 0x80 ? octets : Buffer.concat([Buffer.alloc(1), octets]);
}
