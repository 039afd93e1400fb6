/** Keys of every kind that holders may have, their requests and their signatures, for the tests. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mustSucceed } from '@ishizue/outcome';
import {
  assembleSigned,
  attribute,
  encodeCertificationRequestInfo,
  encodeName,
  parsePublicKeyInfo,
  type SignatureAlgorithm,
  signatureAlgorithm,
} from '@ishizue/x509';
import type { CertifiedKey } from '../profile/key-types.ts';

/** A card's key. */
export interface CardKey {
  readonly privateKey: KeyObject;
  readonly publicKey: Buffer;
}

function generate(kind: CertifiedKey): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  switch (kind) {
    case 'rsa-2048':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
    case 'p-256':
    case 'p-384':
      return generateKeyPairSync('ec', { namedCurve: kind.toUpperCase() });
    case 'ml-dsa-44':
      return generateKeyPairSync('ml-dsa-44');
    case 'ml-dsa-65':
      return generateKeyPairSync('ml-dsa-65');
    case 'ml-dsa-87':
      return generateKeyPairSync('ml-dsa-87');
  }
}

export function makeHolderKey(kind: CertifiedKey): CardKey {
  const { privateKey, publicKey } = generate(kind);
  return { privateKey, publicKey: publicKey.export({ format: 'der', type: 'spki' }) };
}

function algorithmOf({ publicKey }: CardKey): SignatureAlgorithm {
  const { type } = mustSucceed(parsePublicKeyInfo(publicKey), 'a key of a test');
  if (type === undefined) throw new Error('a key of no kind in use');
  return signatureAlgorithm(type);
}

/** As the card would sign, by its key's kind. */
export const signWith = (key: CardKey, data: Uint8Array): Buffer =>
  sign(algorithmOf(key).digest, data, key.privateKey);

/** PKCS#10 of a card's key, signed with it, or with another's. */
export function requestOf(key: CardKey, signedWith: CardKey = key): Buffer {
  const info = encodeCertificationRequestInfo({
    subject: encodeName([attribute('CN', 'card')]),
    publicKey: key.publicKey,
  });
  return Buffer.from(assembleSigned(info, algorithmOf(signedWith), signWith(signedWith, info)));
}
