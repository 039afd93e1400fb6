/**
 * One key of the store: its description, its material or where in a token it is, and the operations on it. The private key is parsed once, at
 * first use, and the parsed key is kept. Signature algorithms follow the key: RSA PKCS#1 v1.5 with SHA-256, P-256
 * with SHA-256, P-384 with SHA-384 (both as DER), Ed25519 (RFC 8032), ML-DSA without context (FIPS 204, RFC 9881 3).
 */
import {
  createPrivateKey,
  createPublicKey,
  createSign,
  generateKeyPair,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { promisify } from 'node:util';
import { ok } from '@ishizue/outcome';
import { isKeyAlgorithm, type KeyAlgorithm, type KeyPairAlgorithm, USES_MAX } from './key-uses.ts';
import type { PartsSigning, Signed } from './signing.ts';
import { KeyInToken } from './token/key-in-token.ts';
import type { Token } from './token/token.ts';
import { findTokenAlgorithm } from './token/token-algorithm.ts';
import { bytes, type Codec, list, narrowed, text, u64 } from './wire.ts';

/** What may be known of a key outside the signer. */
export interface KeyDescription {
  readonly name: string;
  readonly algorithm: KeyAlgorithm;
  readonly uses: readonly string[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** SubjectPublicKeyInfo in DER; empty for a secret. */
  readonly spki: Buffer;
}

/** What is written into the sealed file. */
export interface KeyRecord extends KeyDescription {
  /** PKCS#8 in DER, the 32 bytes of a secret, or a token's reference (`tokenReference`). */
  readonly material: Buffer;
}

export const keyAlgorithm: Codec<KeyAlgorithm> = narrowed(text, isKeyAlgorithm, 'secret');

/** The codecs of a description's fields, in the order of the socket and of the file. */
export const keyDescriptionFields = {
  name: text,
  algorithm: keyAlgorithm,
  uses: list(text, USES_MAX),
  createdAt: u64,
  spki: bytes,
};

const DIGESTS: Readonly<Record<KeyPairAlgorithm, string | null>> = {
  'rsa-2048': 'sha256',
  'rsa-3072': 'sha256',
  'rsa-4096': 'sha256',
  'p-256': 'sha256',
  'p-384': 'sha384',
  ed25519: null,
  'ml-dsa-44': null,
  'ml-dsa-65': null,
  'ml-dsa-87': null,
};

/** Signing with these takes tens of microseconds: less than the way to the thread pool and back. */
const SIGNS_IN_PLACE: ReadonlySet<KeyAlgorithm> = new Set(['ed25519', 'p-256']);

const IN_TOKEN = Buffer.from('pkcs11:');

/** What is kept of a key in a token instead of its material: no PKCS#8 begins like this. */
export const tokenReference = (id: Uint8Array): Buffer => Buffer.concat([IN_TOKEN, id]);

/** The id of a key in a token; undefined for one whose material is here. */
export function findTokenId({ algorithm, material }: KeyRecord): Buffer | undefined {
  const isReference = algorithm !== 'secret' && material.subarray(0, IN_TOKEN.length).equals(IN_TOKEN);
  return isReference ? material.subarray(IN_TOKEN.length) : undefined;
}

/** ML-DSA signs the whole at once: what comes in parts is kept until then, up to this. */
const WHOLE_BYTES_MAX = 8 * 1024 * 1024;

const isKeyPair = (algorithm: KeyAlgorithm): algorithm is KeyPairAlgorithm => algorithm !== 'secret';

export class StoredKey {
  readonly record: KeyRecord;
  readonly #inToken: KeyInToken | undefined;
  #privateKey: KeyObject | undefined;

  /** @param token where a key that is in a token is asked */
  constructor(record: KeyRecord, token?: Token) {
    this.record = record;
    const id = findTokenId(record);
    if (id === undefined) return;
    const algorithm = findTokenAlgorithm(record.algorithm);
    if (!algorithm || !token) throw new Error(`${record.name} is in a token that is not there`);
    this.#inToken = new KeyInToken(token, algorithm, id);
  }

  allows(use: string): boolean {
    return this.record.uses.includes(use);
  }

  /** The signature over the data; slow algorithms sign on the thread pool. */
  sign(data: Buffer): Signed {
    const { algorithm, name } = this.record;
    if (algorithm === 'secret') throw new Error(`${name} cannot sign`);
    if (this.#inToken) return this.#inToken.sign(data);
    const key = this.#loadPrivateKey();
    const digest = DIGESTS[algorithm];
    if (SIGNS_IN_PLACE.has(algorithm)) return ok(sign(digest, data, key));
    return new Promise((resolve, reject) => {
      sign(digest, data, key, (error, signature) => (error ? reject(error) : resolve(ok(signature))));
    });
  }

  /** A signature over data that comes in parts, hashed as they come; undefined for keys that are not for that. */
  signParts(): PartsSigning | undefined {
    const { algorithm } = this.record;
    if (!isKeyPair(algorithm) || algorithm === 'ed25519') return undefined;
    if (this.#inToken) return this.#inToken.signParts();
    const digest = DIGESTS[algorithm];
    if (digest === null) return this.#signKeptParts();
    const hash = createSign(digest);
    const update = (part: Buffer): boolean => {
      hash.update(part);
      return true;
    };
    return { update, sign: () => ok(hash.sign(this.#loadPrivateKey())) };
  }

  #signKeptParts(): PartsSigning {
    const parts: Buffer[] = [];
    let left = WHOLE_BYTES_MAX;
    const update = (part: Buffer): boolean => {
      left -= part.length;
      // a copy: the part lies in the connection's buffer
      if (left >= 0) parts.push(Buffer.from(part));
      return left >= 0;
    };
    return { update, sign: () => ok(sign(null, Buffer.concat(parts), this.#loadPrivateKey())) };
  }

  #loadPrivateKey(): KeyObject {
    const { material } = this.record;
    this.#privateKey ??= createPrivateKey({ key: material, format: 'der', type: 'pkcs8' });
    return this.#privateKey;
  }

  /** HKDF-SHA-256 (RFC 5869) of the secret, 32 bytes; labels of different purposes never meet. */
  derive(purpose: string, label: string): Buffer {
    if (this.record.algorithm !== 'secret') throw new Error(`${this.record.name} is no secret`);
    return Buffer.from(hkdfSync('sha256', this.record.material, `ishizue/${purpose}/v1`, label, 32));
  }
}

const generatePair = promisify(generateKeyPair);

async function generatePrivateKey(algorithm: KeyPairAlgorithm): Promise<KeyObject> {
  switch (algorithm) {
    case 'rsa-2048':
    case 'rsa-3072':
    case 'rsa-4096':
      return (await generatePair('rsa', { modulusLength: Number(algorithm.slice(4)) })).privateKey;
    case 'p-256':
    case 'p-384':
      return (await generatePair('ec', { namedCurve: algorithm.toUpperCase() })).privateKey;
    case 'ed25519':
      return (await generatePair('ed25519')).privateKey;
    case 'ml-dsa-44':
      return (await generatePair('ml-dsa-44')).privateKey;
    case 'ml-dsa-65':
      return (await generatePair('ml-dsa-65')).privateKey;
    case 'ml-dsa-87':
      return (await generatePair('ml-dsa-87')).privateKey;
  }
}

/** New key material, with its public part. */
export async function generateMaterial(
  algorithm: KeyAlgorithm,
): Promise<Pick<KeyRecord, 'material' | 'spki'>> {
  if (algorithm === 'secret') return { material: randomBytes(32), spki: Buffer.alloc(0) };
  const key = await generatePrivateKey(algorithm);
  return {
    material: key.export({ format: 'der', type: 'pkcs8' }),
    spki: createPublicKey(key).export({ format: 'der', type: 'spki' }),
  };
}
