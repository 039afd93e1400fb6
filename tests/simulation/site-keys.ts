/** The simulated sites' keys, made when first asked for. Nothing that a seed decides depends on them. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { SIGNATURE_PREFIX, type Signing } from '@ishizue/link';

const keys = new Map<string, { readonly privateKey: KeyObject; readonly publicKey: KeyObject }>();

function keyPairOf(site: string): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  const pair = keys.get(site) ?? generateKeyPairSync('ed25519');
  keys.set(site, pair);
  return pair;
}

/** A site's raw public key. */
export function publicKeyOf(site: string): Buffer {
  return keyPairOf(site).publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
}

const signHeader = (site: string, header: string): Promise<Buffer> =>
  Promise.resolve(sign(null, Buffer.from(SIGNATURE_PREFIX + header), keyPairOf(site).privateKey));

/** Signs as any site. */
export const signing: Signing = { signEnvelope: signHeader, signAcknowledgement: signHeader };
