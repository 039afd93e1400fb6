/**
 * A card's key pair: RSA-2048 (the citizen PKI's profile), made on the card, used on the card. Its certification request
 * (RFC 2986) says nothing but the card's id: the authority takes the rest from the registry.
 */
import { createPrivateKey, generateKeyPair, sign } from 'node:crypto';
import {
  assembleSigned,
  attribute,
  encodeCertificationRequestInfo,
  encodeName,
  signatureAlgorithm,
} from '@ishizue/x509';
import type { KeySlot } from './card-record.ts';

export function makeKeySlot(): Promise<KeySlot> {
  return new Promise((resolve, reject) => {
    const encodings = {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'der' },
      privateKeyEncoding: { type: 'pkcs8', format: 'der' },
    } as const;
    generateKeyPair('rsa', encodings, (error, publicKey, privateKey) => {
      if (error) reject(error);
      else
        resolve({
          privateKey: privateKey.toString('base64'),
          publicKey: publicKey.toString('base64'),
          certificate: null,
          pin: null,
        });
    });
  });
}

/** RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 8.2). */
function signWith(slot: Pick<KeySlot, 'privateKey'>, data: Uint8Array): Promise<Buffer> {
  const key = createPrivateKey({ key: Buffer.from(slot.privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  return new Promise((resolve, reject) => {
    sign('sha256', data, key, (error, signature) => {
      if (error) reject(error);
      else resolve(signature);
    });
  });
}

/** The same key gives the same request, octet by octet: whoever asks again asks for the same. */
export async function makeCertificationRequest(
  cardId: string,
  slot: Pick<KeySlot, 'privateKey' | 'publicKey'>,
): Promise<Uint8Array> {
  const info = encodeCertificationRequestInfo({
    subject: encodeName([attribute('C', 'JP'), attribute('CN', cardId)]),
    publicKey: Buffer.from(slot.publicKey, 'base64'),
  });
  return assembleSigned(info, signatureAlgorithm('rsa'), await signWith(slot, info));
}
