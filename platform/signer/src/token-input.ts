/**
 * ID tokens (OpenID Connect Core 1.0 section 2; RFC 7515), as far as the signer must understand them to sign: whose they are,
 * for how long, and that they say nothing of a person but a subject. The input must be what base64url and
 * `JSON.stringify` would write again, so that no two parsers can read the signed bytes differently.
 */
import { isUtf8 } from 'node:buffer';
import type { KeyAlgorithm } from './key-uses.ts';
import { refuse, type SignerResult } from './signer-code.ts';

const USE = 'id-token:';
const LIFETIME_S_MAX = 3_600;
const SUBJECT = /^[A-Za-z0-9_-]{16,255}$/;

/** Names, addresses and the like are no claims of an ID token here: they are given by the userinfo endpoint alone. */
const CLAIMS: ReadonlySet<string> = new Set([
  'iss',
  'sub',
  'aud',
  'iat',
  'exp',
  'auth_time',
  'nonce',
  'acr',
  'amr',
  'at_hash',
  'sid',
]);

const ALGORITHMS: Readonly<Partial<Record<KeyAlgorithm, string>>> = {
  'rsa-2048': 'RS256',
  'rsa-3072': 'RS256',
  'rsa-4096': 'RS256',
  'p-256': 'ES256',
};

interface TokenKey {
  readonly algorithm: KeyAlgorithm;
  readonly uses: readonly string[];
}

/** Why the key may not sign the input `header.payload`; undefined where it may. */
export function findTokenRefusal(key: TokenKey, input: Buffer): SignerResult<never> | undefined {
  const [header, payload, ...more] = input.toString('latin1').split('.').map(parsePart);
  if (!header || !payload || more.length > 0)
    return refuse('token-invalid', 'not two JSON objects as JSON.stringify and base64url write them');
  if (header['alg'] !== ALGORITHMS[key.algorithm] || typeof header['kid'] !== 'string')
    return refuse('token-invalid', 'alg is not the key’s, or there is no kid');
  if (Object.keys(header).some((name) => !['alg', 'kid', 'typ'].includes(name)))
    return refuse('token-invalid', 'a header that is not understood');
  if (!key.uses.includes(USE + String(payload['iss'])))
    return refuse('token-of-another-issuer', 'iss is not the issuer of the key');
  const says = findClaimFault(payload);
  return says === undefined ? undefined : refuse('token-invalid', says);
}

function findClaimFault(payload: Readonly<Record<string, unknown>>): string | undefined {
  if (Object.keys(payload).some((name) => !CLAIMS.has(name))) return 'a claim that no ID token has here';
  const { sub, aud, iat, exp } = payload;
  if (typeof sub !== 'string' || !SUBJECT.test(sub)) return 'sub is no subject';
  if (typeof aud !== 'string' || aud === '') return 'aud is not one client';
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) return 'no iat or no exp';
  const lifetime_s = Number(exp) - Number(iat);
  return lifetime_s > 0 && lifetime_s <= LIFETIME_S_MAX
    ? undefined
    : 'good for longer than an hour, or never';
}

function parsePart(part: string): Readonly<Record<string, unknown>> | undefined {
  const octets = Buffer.from(part, 'base64url');
  if (octets.toString('base64url') !== part || !isUtf8(octets)) return undefined;
  const source = octets.toString('utf8');
  try {
    const value: unknown = JSON.parse(source);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return JSON.stringify(value) === source ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

const P256_OCTETS = 32;

/** A signature as JWS writes it (RFC 7518 3.4): of P-256 the two numbers, 32 octets each; of RSA as it is. */
export function jwsSignature(algorithm: KeyAlgorithm, signature: Buffer): Buffer {
  if (algorithm !== 'p-256') return signature;
  const first = integerAt(signature, 2); // SEQUENCE, one octet of length: it is shorter than 128
  const second = integerAt(signature, first.end);
  return Buffer.concat([first.octets, second.octets]);
}

function integerAt(der: Buffer, at: number): { readonly octets: Buffer; readonly end: number } {
  const end = at + 2 + (der[at + 1] ?? 0);
  const octets = Buffer.alloc(P256_OCTETS);
  const value = der.subarray(at + 2, end);
  const significant = value.subarray(Math.max(0, value.length - P256_OCTETS));
  octets.set(significant, P256_OCTETS - significant.length);
  return { octets, end };
}
