/** The key of a verifier by its key id, as `authenticator` of @ishizue/access asks for it at every request. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { inTransaction } from '@ishizue/db';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';

/**
 * The verifier whose client certificate has this fingerprint and is in date. In any state: that one who is not live is
 * refused, is for who answers, who enters it into the ledger.
 * @param keyId SHA-256 of the certificate, 64 hexadecimal digits
 */
export async function findVerifierKey(
  context: JpkiContext,
  keyId: string,
): Promise<{ readonly site: string; readonly publicKey: KeyObject } | undefined> {
  if (!/^[0-9a-f]{64}$/.test(keyId)) return undefined;
  const [row] = await inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<{ verifier: string; key: Buffer }[]>`
      SELECT verifier, public_key AS key FROM jpki.verifier
      WHERE fingerprint = ${keyId} AND certificate_ends_at >= ${new Date(context.clock.now())}`,
  );
  if (!row) return undefined;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: row.key.toString('base64url') };
  return { site: row.verifier, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) };
}
