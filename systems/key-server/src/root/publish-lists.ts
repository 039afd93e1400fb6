/**
 * The lists of certificates that have ended (CRL, RFC 5280 5), one a generation of the authority. Made anew after every
 * revocation and every hour; the row's lock lets makers take turns, so that a later number never says less.
 */
import { inTransaction } from '@ishizue/db';
import { ok, type Result } from '@ishizue/outcome';
import { assembleSigned, encodeTbsCertList, type RevocationReason, signatureAlgorithm } from '@ishizue/x509';
import type { KeyContext } from '../key-context.ts';
import { LIST_VALID_MS, listSpec } from '../profile/node-profile.ts';
import { type SigningCode, signingFailure } from '../signing-failure.ts';
import { type NodeAuthority, nodeAuthorities } from './authorities.ts';

/** Makes and stores the lists of all generations; a list that is not signed leaves the one before in its place. */
export async function publishLists(context: KeyContext): Promise<Result<number, SigningCode>> {
  const authorities = await nodeAuthorities(context);
  for (const authority of authorities) {
    const published = await publishList(context, authority);
    if (!published.ok) return published;
  }
  return ok(authorities.length);
}

async function publishList(
  { sql, clock, signer }: KeyContext,
  { generation, keyName, certificate }: NodeAuthority,
): Promise<Result<undefined, SigningCode>> {
  return inTransaction(sql, {}, async (tx) => {
    const [row] = await tx<{ number: string }[]>`
      INSERT INTO key_server.list AS l (generation, number) VALUES (${generation}, 1)
      ON CONFLICT (generation) DO UPDATE SET number = l.number + 1
      RETURNING number::text`;
    const now = clock.now();
    const issuer = { generation, publicKey: certificate.publicKey, notAfter: certificate.notAfter };
    const spec = listSpec(issuer, BigInt(row?.number ?? 1), now);
    // an entry is told until the first list after the certificate's own end (RFC 5280 3.3)
    const ended = await tx<{ serial: string; ended_at: Date; ended_for: RevocationReason }[]>`
      SELECT serial, ended_at, ended_for FROM key_server.certificate
      WHERE generation = ${generation} AND signature IS NOT NULL AND ended_at <= ${new Date(spec.thisUpdate + 999)}
        AND not_after > ${new Date(now - LIST_VALID_MS)}
      ORDER BY serial`;
    const tbs = encodeTbsCertList(
      spec,
      ended.map((one) => ({
        serial: Buffer.from(one.serial, 'hex'),
        revokedAt: Math.floor(one.ended_at.getTime() / 1000) * 1000,
        reason: one.ended_for,
      })),
    );
    const signature = await signer.signCrl({ key: keyName, tbs });
    if (!signature.ok) return signingFailure(signature.failure);
    const der = Buffer.from(assembleSigned(tbs, signatureAlgorithm('p384'), signature.value));
    await tx`
      UPDATE key_server.list
      SET der = ${der}, this_update = ${new Date(spec.thisUpdate)}, next_update = ${new Date(spec.nextUpdate)}
      WHERE generation = ${generation}`;
    return ok(undefined);
  });
}

/** The list of a generation in DER; undefined where none was made. */
export async function findList({ sql }: KeyContext, generation: number): Promise<Buffer | undefined> {
  const [row] = await sql<{ der: Buffer | null }[]>`
    SELECT der FROM key_server.list WHERE generation = ${generation}`;
  return row?.der ?? undefined;
}
