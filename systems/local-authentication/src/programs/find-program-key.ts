/** The key of a program by its key id, as `authenticator` of @ishizue/access asks for it at every request. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { inTransaction } from '@ishizue/db';
import { municipalSite } from '@ishizue/registry';
import type { LocalContext } from '../local-context.ts';
import { programSite } from './program-store.ts';

/** `program-132217-<SHA-256 of the key>`: it says in which municipality's rows the key is. */
export const keyIdOf = (municipality: string, fingerprint: string): string =>
  `program-${municipality}-${fingerprint}`;

const KEY_ID = /^program-(\d{6})-([0-9a-f]{64})$/;

/** Of a suspended program too: that it is refused is for who answers, who enters it into the ledger. */
export async function findProgramKey(
  context: LocalContext,
  keyId: string,
): Promise<{ readonly site: string; readonly publicKey: KeyObject } | undefined> {
  const [, municipality, fingerprint] = KEY_ID.exec(keyId) ?? [];
  if (municipality === undefined || fingerprint === undefined) return undefined;
  const [row] = await inTransaction(
    context.sql,
    { site: municipalSite(municipality) },
    (tx) => tx<{ program: string; key: Buffer }[]>`
      SELECT program, public_key AS key FROM local_authentication.municipal_program
      WHERE municipality_code = ${municipality} AND sha256(public_key) = ${Buffer.from(fingerprint, 'hex')}
        AND state <> 'ended'`,
  );
  if (!row) return undefined;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: row.key.toString('base64url') };
  return {
    site: programSite(municipality, row.program),
    publicKey: createPublicKey({ key: jwk, format: 'jwk' }),
  };
}
