/**
 * The certification request (PKCS#10, RFC 2986) of a site's link key. Only the key's own name and public part stand in it,
 * so there is nothing in it that an asker could choose.
 */
import { ok } from '@ishizue/outcome';
import {
  assembleSigned,
  attribute,
  encodeCertificationRequestInfo,
  encodeName,
  signatureAlgorithm,
} from '@ishizue/x509';
import type { SignerResult } from './signer-code.ts';
import type { StoredKey } from './stored-key.ts';

/** The request in DER, signed with the key that it is for. */
export async function writeCertificationRequest(site: string, key: StoredKey): Promise<SignerResult<Buffer>> {
  const info = encodeCertificationRequestInfo({
    subject: encodeName([attribute('CN', site)]),
    publicKey: key.record.spki,
  });
  const signature = await key.sign(Buffer.from(info));
  if (!signature.ok) return signature;
  return ok(Buffer.from(assembleSigned(info, signatureAlgorithm('ed25519'), signature.value)));
}
