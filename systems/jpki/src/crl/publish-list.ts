/**
 * Publishes one list (RFC 5280 5): number one higher than the last, every revocation that is committed, rows streamed from
 * the database. An entry leaves the list only after it stood on one that was made after the certificate's end (5.2.3,
 * 3.3), so that nobody can miss it. Two publishers of one list take turns.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  assembleSigned,
  type CrlEntry,
  encodeCrlEntryChunks,
  type RevocationReason,
  serialNumber,
  signatureAlgorithm,
  tbsCertListFrame,
  verifySignature,
} from '@ishizue/x509';
import { type Authority, authorityLabel } from '../authority/authorities.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { CRL_VALID_MS, certificateListSpec } from '../profile/certificate-list.ts';
import { type SigningCode, signingFailure } from '../signing-failure.ts';
import type { DistributionPoint } from './known-points.ts';

/** `list-too-large`: more entries than one list may have; the partition is then the wrong one. */
export type PublishFailure = SigningCode | 'list-too-large';

export interface PublishedList {
  readonly number: number;
  readonly entries: number;
  readonly bytes: number;
}

/** The point of the list of a whole generation. */
export const WHOLE_GENERATION = 0;
/** What one request to the signer holds. */
const ENTRIES_MAX = 1_000_000;
const ROWS_AT_ONCE = 2_000;

interface RevokedRow {
  readonly serial: number;
  readonly revokedAt: Date;
  readonly reason: RevocationReason;
}

/** Publishes the list of a point, or of the whole generation where no point is given. */
export function publishList(
  context: JpkiContext,
  authority: Authority,
  point: DistributionPoint | undefined,
): Promise<Result<PublishedList, PublishFailure>> {
  return inTransaction(context.sql, {}, async (tx) => {
    const { kind, generation } = authority;
    const pointId = point?.id ?? WHOLE_GENERATION;
    const lock = `list ${authorityLabel(authority)} ${pointId}`;
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${lock}, 0))`;
    const [last] = await tx<{ number: number; thisUpdate: Date }[]>`
      SELECT number, this_update AS "thisUpdate" FROM jpki.crl
      WHERE kind = ${kind} AND generation = ${generation} AND point = ${pointId}`;
    const number = (last?.number ?? 0) + 1;
    const thisUpdate = context.clock.now();
    const entries = await readEntries(tx, authority, pointId, { thisUpdate, last: last?.thisUpdate });
    if (!entries.ok) return entries;
    const frame = tbsCertListFrame(
      certificateListSpec({
        profile: context.profile,
        authority,
        area: point,
        number: BigInt(number),
        thisUpdate,
      }),
      entries.value.bytes,
    );
    const signed = await sign(
      context,
      authority,
      Buffer.concat([frame.head, ...entries.value.chunks, frame.tail]),
    );
    if (!signed.ok) return signed;
    const der = signed.value;
    await tx`
      INSERT INTO jpki.crl (kind, generation, point, number, this_update, next_update, entries, der)
      VALUES (${kind}, ${generation}, ${pointId}, ${number}, ${new Date(thisUpdate)},
        ${new Date(thisUpdate + CRL_VALID_MS)}, ${entries.value.count}, ${der})
      ON CONFLICT (kind, generation, point) DO UPDATE SET number = excluded.number,
        this_update = excluded.this_update, next_update = excluded.next_update, entries = excluded.entries,
        der = excluded.der`;
    return ok({ number, entries: entries.value.count, bytes: der.length });
  });
}

interface EncodedEntries {
  readonly chunks: readonly Uint8Array[];
  readonly bytes: number;
  readonly count: number;
}

interface Period {
  readonly thisUpdate: number;
  /** When the list before this one was made. */
  readonly last: Date | undefined;
}

async function readEntries(
  tx: Tx,
  { kind, generation }: Authority,
  point: number,
  { thisUpdate, last }: Period,
): Promise<Result<EncodedEntries, 'list-too-large'>> {
  const ofPoint = point === WHOLE_GENERATION ? tx`` : tx`AND point = ${point}`;
  // a revocation by another clock may be of the next moment: what is acknowledged is listed all the same
  const rows = tx<RevokedRow[]>`
    SELECT serial, least(revoked_at, ${new Date(thisUpdate)}) AS "revokedAt", reason
    FROM jpki.certificate
    WHERE kind = ${kind} AND generation = ${generation} ${ofPoint} AND revoked_at IS NOT NULL
      AND expires_at >= ${last ?? new Date(0)}
    ORDER BY serial LIMIT ${ENTRIES_MAX + 1}`.cursor(ROWS_AT_ONCE);
  let count = 0;
  const entries = async function* (): AsyncGenerator<CrlEntry[]> {
    for await (const batch of rows) {
      count += batch.length;
      yield batch.map(toEntry);
    }
  };
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of encodeCrlEntryChunks(entries())) {
    chunks.push(chunk);
    bytes += chunk.length;
  }
  if (count > ENTRIES_MAX) return fail('list-too-large', `more than ${ENTRIES_MAX} entries`);
  return ok({ chunks, bytes, count });
}

const toEntry = ({ serial, revokedAt, reason }: RevokedRow): CrlEntry => ({
  serial: serialNumber(serial),
  revokedAt: revokedAt.getTime(),
  reason,
});

async function sign(
  context: JpkiContext,
  authority: Authority,
  tbs: Buffer,
): Promise<Result<Buffer, PublishFailure>> {
  const algorithm = signatureAlgorithm('rsa');
  const signature = await context.signer.signCrl({ key: authority.keyName, tbs });
  if (!signature.ok) return signingFailure(signature.failure);
  const made = { tbs, signatureAlgorithm: algorithm, signature: signature.value };
  if (!verifySignature(made, authority.certificate.publicKey).ok)
    throw new Error('the signer gave a signature that does not hold');
  return ok(Buffer.from(assembleSigned(tbs, algorithm, signature.value)));
}
