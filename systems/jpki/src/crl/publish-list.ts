/**
 * Publishes one list (RFC 5280 5): number one higher than the last, every revocation that is committed, whichever generation
 * the certificate is of. It is written as it is read: each piece goes from the database into the file and to the signer,
 * which hashes for itself what it signs; no more than a few pieces are ever held. The list is served from the commit on,
 * and its file is on the disk before. Two publishers of one list take turns.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { certificateListFrame, type Frame, tbsCertListFrame } from '@ishizue/x509';
import { type Authority, authorityLabel } from '../authority/authorities.ts';
import { isDatedAfter } from '../clock/dated-last.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { CRL_VALID_MS, certificateListSpec } from '../profile/certificate-list.ts';
import { findClockRefusal, type SigningCode, signingFailure } from '../signing-failure.ts';
import type { DistributionPoint } from './known-points.ts';
import type { ListName, ListWriter } from './list-files.ts';
import { expectedSignatureBytes, verificationInParts } from './list-signature.ts';
import { openEntries, type RevokedEntries, WHOLE_GENERATION } from './revoked-entries.ts';

export type PublishFailure = SigningCode;

export interface PublishedList {
  readonly number: number;
  readonly entries: number;
  readonly bytes: number;
}

/** Publishes the list of a point, or of the whole generation where no point is given. */
export function publishList(
  context: JpkiContext,
  authority: Authority,
  point: DistributionPoint | undefined,
): Promise<Result<PublishedList, PublishFailure>> {
  const began = performance.now();
  return inTransaction(context.sql, {}, async (tx) => {
    const { kind, generation } = authority;
    const pointId = point?.id ?? WHOLE_GENERATION;
    const lock = `list ${authorityLabel(authority)} ${pointId}`;
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${lock}, 0))`;
    const thisUpdate = context.clock.now();
    const [last] = await tx<{ number: number; thisUpdate: Date; isAhead: boolean }[]>`
      SELECT number, this_update AS "thisUpdate", ${isDatedAfter(tx, thisUpdate)} AS "isAhead" FROM jpki.crl
      WHERE kind = ${kind} AND generation = ${generation} AND point = ${pointId}`;
    const refusal = findClockRefusal(context) ?? (last?.isAhead ? refuseBehind(last.thisUpdate) : undefined);
    if (refusal) return refusal;
    const name: ListName = { kind, generation, point: pointId, number: (last?.number ?? 0) + 1 };
    const standing = await tx<{ generation: number }[]>`
      SELECT generation FROM jpki.authority WHERE kind = ${kind} AND signature IS NOT NULL AND retired_at IS NULL`;
    const generations = [...new Set([generation, ...standing.map((each) => each.generation)])];
    const question = { authority, generations, point: pointId, thisUpdate, last: last?.thisUpdate };
    const file = await context.lists.create(name);
    const entries = await openEntries(tx, question);
    let sha256: Buffer | undefined;
    try {
      const spec = certificateListSpec({
        profile: context.profile,
        authority,
        area: point,
        number: BigInt(name.number),
        thisUpdate,
      });
      const written = await writeList(
        context,
        authority,
        file,
        tbsCertListFrame(spec, entries.bytes),
        entries,
      );
      if (!written.ok) return written;
      await entries.close();
      sha256 = await file.keep();
      const list = { ...name, thisUpdate, entries: entries.count, bytes: file.bytes, sha256 };
      await storePublication(tx, list, performance.now() - began);
      return ok({ number: name.number, entries: entries.count, bytes: file.bytes });
    } finally {
      await entries.close();
      if (!sha256) await file.discard();
    }
  });
}

const refuseBehind = (last: Date): Result<never, 'clock-moved'> =>
  fail('clock-moved', `the list before this one is dated ${last.toISOString()}`);

/** Writes the whole list into the file; what the signer refuses leaves half a file, which the caller discards. */
async function writeList(
  context: JpkiContext,
  authority: Authority,
  file: ListWriter,
  { head, tail }: Frame,
  entries: RevokedEntries,
): Promise<Result<undefined, PublishFailure>> {
  const { publicKey } = authority.certificate;
  const verification = verificationInParts(publicKey);
  const frame = (signature: Uint8Array): Frame =>
    certificateListFrame(head.length + entries.bytes + tail.length, authority.algorithm, signature);
  // DER wants lengths first
  const expected = frame(new Uint8Array(expectedSignatureBytes(publicKey))).head;
  await file.write(expected);
  const write = async (octets: Uint8Array): Promise<void> => {
    verification.update(octets);
    await file.write(octets);
  };
  await write(head);
  const passing = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of entries.chunks) {
      await write(chunk);
      yield chunk;
    }
  };
  const signature = await context.signer.signList({ key: authority.keyName, head, entries: passing(), tail });
  if (!signature.ok) return signingFailure(signature.failure);
  await write(tail);
  if (!verification.holds(signature.value)) throw new Error('the signer gave a signature that does not hold');
  const signed = frame(signature.value);
  await file.write(signed.tail);
  if (Buffer.compare(signed.head, expected) !== 0) await file.replaceStart(expected.length, signed.head);
  return ok(undefined);
}

interface Publication extends ListName {
  readonly thisUpdate: number;
  readonly entries: number;
  readonly bytes: number;
  readonly sha256: Buffer;
}

/** From here on the list is the one that is served. */
async function storePublication(tx: Tx, list: Publication, took_ms: number): Promise<void> {
  const { kind, generation, point, number, thisUpdate, entries, bytes, sha256 } = list;
  const at = new Date(thisUpdate);
  await tx`
    WITH published AS (
      INSERT INTO jpki.publication (kind, generation, point, number, this_update, entries, bytes, sha256, duration_ms)
      VALUES (${kind}, ${generation}, ${point}, ${number}, ${at}, ${entries}, ${bytes}, ${sha256},
        ${Math.round(took_ms)})
      RETURNING kind, generation, point, number, this_update)
    INSERT INTO jpki.crl (kind, generation, point, number, this_update, next_update)
    SELECT kind, generation, point, number, this_update, ${new Date(thisUpdate + CRL_VALID_MS)} FROM published
    ON CONFLICT (kind, generation, point) DO UPDATE SET number = excluded.number,
      this_update = excluded.this_update, next_update = excluded.next_update`;
}
