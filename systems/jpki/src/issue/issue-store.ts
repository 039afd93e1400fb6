/**
 * The rows of certificates on their way out. Who issues, renews or revokes a person's certificates holds that person's lock,
 * so that an issue and a change of the same person are one after the other.
 */
import type { Tx } from '@ishizue/db';
import type { Authority } from '../authority/authorities.ts';
import type { JpkiContext } from '../jpki-context.ts';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import { drawHolderSerial } from '../profile/serial-numbers.ts';
import type { CardCertificates, CertificateDraft } from './draft-certificate.ts';
import type { CheckedOrder } from './issue-order.ts';

export interface StoredCertificate {
  readonly kind: CertificateKind;
  readonly serial: number;
  readonly generation: number;
  readonly requestSha256: Buffer;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly tbs: Buffer;
  readonly signature: Buffer | null;
  readonly revokedAt: Date | null;
}

/** Two copies of one request take turns, and so do all who decide about one person. */
export async function lockOrder(tx: Tx, { requestId, residentCode }: CheckedOrder): Promise<void> {
  await tx`
    SELECT pg_advisory_xact_lock(hashtextextended('request ' || ${requestId}::text, 0)),
      pg_advisory_xact_lock(hashtextextended('person ' || ${residentCode}::text, 0))`;
}

export async function lockPerson(tx: Tx, residentCode: string): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended('person ' || ${residentCode}::text, 0))`;
}

/** Locks several persons, in the order of their codes so that two batches never wait in a circle. */
export async function lockPersons(tx: Tx, residentCodes: readonly string[]): Promise<void> {
  const ordered = [...new Set(residentCodes)].sort();
  await tx`
    SELECT pg_advisory_xact_lock(hashtextextended('person ' || code, 0))
    FROM (SELECT code FROM unnest(${ordered}::text[]) WITH ORDINALITY AS given(code, place) ORDER BY place) AS ordered`;
}

/** What there is under the request, and what is live on the card. */
export async function findForOrder(
  tx: Tx,
  { requestId, cardId, kind }: CheckedOrder,
): Promise<CardCertificates & { readonly ofRequest: StoredCertificate | undefined }> {
  const rows = await tx<(StoredCertificate & { readonly isOfRequest: boolean })[]>`
    SELECT request_id = ${requestId} AS "isOfRequest", kind, serial, generation, request_sha256 AS "requestSha256",
      issued_at AS "issuedAt", expires_at AS "expiresAt", tbs, signature, revoked_at AS "revokedAt"
    FROM jpki.certificate WHERE request_id = ${requestId} AND (signature IS NOT NULL OR revoked_at IS NULL)
    UNION ALL
    SELECT false, kind, serial, generation, request_sha256, issued_at, expires_at, NULL, NULL, revoked_at
    FROM jpki.certificate WHERE card_id = ${cardId} AND signature IS NOT NULL AND revoked_at IS NULL`;
  const endOf = (wanted: CertificateKind): number | undefined =>
    rows.find((row) => !row.isOfRequest && row.kind === wanted)?.expiresAt.getTime();
  return {
    ofRequest: rows.find(({ isOfRequest }) => isOfRequest),
    authenticationEndsAt: endOf('authentication'),
    sameKindEndsAt: endOf(kind),
  };
}

const DRAWS_MAX = 50;

/** Stores the to-be-signed certificate under a serial number that no certificate of the authority's name ever had. */
export async function storeDraft(
  tx: Tx,
  context: JpkiContext,
  { generation }: Authority,
  order: CheckedOrder,
  draft: CertificateDraft,
  point: number,
): Promise<StoredCertificate> {
  const { kind, sha256: requestSha256 } = order;
  const [issuedAt, expiresAt] = [new Date(draft.notBefore), new Date(draft.notAfter)];
  for (let draw = 0; draw < DRAWS_MAX; draw++) {
    const serial = drawHolderSerial(context.randomBytes);
    const tbs = draft.encode(serial);
    const stored = await tx`
      INSERT INTO jpki.certificate (kind, serial, generation, point, request_id, request_sha256, resident_code, card_id,
        identity_sha256, issued_at, expires_at, tbs)
      VALUES (${kind}, ${serial}, ${generation}, ${point}, ${order.requestId}, ${requestSha256},
        ${order.residentCode}, ${order.cardId}, ${draft.identitySha256}, ${issuedAt}, ${expiresAt}, ${tbs})
      ON CONFLICT (kind, serial) DO NOTHING`;
    if (stored.count === 1)
      return {
        kind,
        serial,
        generation,
        requestSha256,
        issuedAt,
        expiresAt,
        tbs,
        signature: null,
        revokedAt: null,
      };
  }
  throw new Error(`${DRAWS_MAX} serial numbers in a row were taken`);
}

/** Stores the signature; false where the certificate was issued or revoked meanwhile. */
export async function activate(
  tx: Tx,
  { kind, serial }: StoredCertificate,
  signature: Buffer,
): Promise<boolean> {
  const updated = await tx`
    UPDATE jpki.certificate SET signature = ${signature}
    WHERE kind = ${kind} AND serial = ${serial} AND signature IS NULL AND revoked_at IS NULL`;
  return updated.count === 1;
}

/** Revokes what the card has of the kind, other than the certificate to come. */
export async function supersede(
  tx: Tx,
  context: JpkiContext,
  { cardId, kind }: CheckedOrder,
  { serial }: StoredCertificate,
): Promise<readonly { readonly serial: number }[]> {
  return tx<{ serial: number }[]>`
    UPDATE jpki.certificate SET revoked_at = ${new Date(context.clock.now())}, reason = 'superseded'
    WHERE card_id = ${cardId} AND kind = ${kind} AND serial <> ${serial} AND signature IS NOT NULL
      AND revoked_at IS NULL
      AND EXISTS (SELECT 1 FROM jpki.certificate AS next
        WHERE next.kind = ${kind} AND next.serial = ${serial} AND next.signature IS NULL AND next.revoked_at IS NULL)
    RETURNING serial`;
}

/** Gives up what was never handed out ("unspecified": destroyed before hand-over). */
export async function abandon(
  tx: Tx,
  context: JpkiContext,
  { kind, serial }: StoredCertificate,
): Promise<void> {
  await tx`
    UPDATE jpki.certificate SET revoked_at = ${new Date(context.clock.now())}, reason = 'unspecified'
    WHERE kind = ${kind} AND serial = ${serial} AND signature IS NULL AND revoked_at IS NULL`;
}
