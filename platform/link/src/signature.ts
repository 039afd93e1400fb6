/**
 * Signatures of sites: Ed25519 (RFC 8032) over a prefix and the header's text. Only headers are signed; they carry the
 * digest of what they stand for, so that the signer process reads a few hundred bytes whatever the envelope's size.
 * The prefix and the header's `kind` keep a signature from being taken for one of something else.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

/** Asks the signer process: `header` is the JSON text to sign with the site's link key of that id (see `keyIdOf`). */
export interface Signing {
  signEnvelope(site: string, header: string, keyId: string): Promise<Buffer>;
  signAcknowledgement(site: string, header: string, keyId: string): Promise<Buffer>;
}

/** What precedes the header in the bytes that are signed. */
export const SIGNATURE_PREFIX = 'ishizue/link/v1\n';
const PUBLIC_KEY_BYTES = 32;
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex'); // SubjectPublicKeyInfo of Ed25519, RFC 8410

/** The bytes that a site signs for a header. */
export function signedBytes(header: string): Buffer {
  return Buffer.from(SIGNATURE_PREFIX + header, 'utf8');
}

/** A raw Ed25519 public key (32 bytes) as a key object. */
export function publicKeyOf(raw: Uint8Array): KeyObject {
  if (raw.length !== PUBLIC_KEY_BYTES) throw new Error('an Ed25519 public key has 32 bytes');
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
}

/** The short name of a raw public key: the first 8 bytes of its SHA-256 in hexadecimal. */
export function keyIdOf(raw: Uint8Array): string {
  return createHash('sha256').update(raw).digest('hex').slice(0, 16);
}

/** Whether the signature (base64) is the key's over the header. */
export function isSignedBy(key: KeyObject, header: string, signature: string): boolean {
  return verify(null, signedBytes(header), key, Buffer.from(signature, 'base64'));
}

/** SHA-256 of a text's UTF-8 bytes in hexadecimal. */
export function sha256Of(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
