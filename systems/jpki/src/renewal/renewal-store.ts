/** The rows of renewals. Whoever changes one holds the person's lock (issue/issue-store.ts). */
import type { Tx } from '@ishizue/db';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import type { RenewalFacts } from './renewal-facts.ts';

export type RenewalState = 'begun' | 'offered' | 'handed-out' | 'given-up';

export interface Renewal {
  readonly requestId: string;
  readonly factsSha256: Buffer;
  readonly state: RenewalState;
  readonly kind: CertificateKind;
  readonly residentCode: string;
  readonly cardId: string;
  readonly serial: number | null;
  readonly renewedSerial: number | null;
  readonly signature: Buffer | null;
  readonly fee_yen: number;
  readonly endsAt: Date;
  readonly outcome: string | null;
}

/** Under which request the certificate of a renewal is stored. */
export const certificateRequestId = (requestId: string): string => `renewal/${requestId}`;

export async function findRenewal(tx: Tx, requestId: string): Promise<Renewal | undefined> {
  const [row] = await tx<Renewal[]>`
    SELECT request_id AS "requestId", facts_sha256 AS "factsSha256", state, kind, resident_code AS "residentCode",
      card_id AS "cardId", serial, renewed_serial AS "renewedSerial", signature, fee_yen, ends_at AS "endsAt", outcome
    FROM jpki.renewal WHERE request_id = ${requestId}`;
  return row;
}

export interface RenewalToBegin {
  readonly requestId: string;
  readonly factsSha256: Buffer;
  readonly kind: CertificateKind;
  readonly residentCode: string;
  readonly cardId: string;
  readonly facts: RenewalFacts;
  readonly fee_yen: number;
  readonly begunAt: number;
  readonly endsAt: number;
}

/** Enters a renewal; what the visit has paid already is not asked for again. */
export async function insertRenewal(tx: Tx, renewal: RenewalToBegin): Promise<void> {
  const { facts } = renewal;
  const { desk, visitId } = facts;
  await tx`
    INSERT INTO jpki.renewal (request_id, facts_sha256, state, kind, resident_code, card_id, desk, municipality, office,
      documents, checked_by, by_representative, ground, visit_id, fee_yen, begun_at, ends_at)
    SELECT ${renewal.requestId}, ${renewal.factsSha256}, 'begun', ${renewal.kind}, ${renewal.residentCode},
      ${renewal.cardId}, ${desk.kind}, ${desk.municipality}, ${desk.kind === 'post-office' ? desk.office : null},
      ${[...facts.documents]}::text[], ${facts.checkedBy}, ${facts.isByRepresentative}, ${facts.ground}, ${visitId},
      CASE WHEN EXISTS (SELECT FROM jpki.renewal WHERE resident_code = ${renewal.residentCode}
        AND visit_id = ${visitId} AND fee_yen > 0 AND state <> 'given-up') THEN 0 ELSE ${renewal.fee_yen}::int END,
      ${new Date(renewal.begunAt)}, ${new Date(renewal.endsAt)}`;
}

/** Stores what the card is offered; where the renewal was offered or has ended meanwhile, what is stored counts. */
export async function storeOffer(
  tx: Tx,
  requestId: string,
  serial: number,
  signature: Buffer,
): Promise<void> {
  await tx`
    UPDATE jpki.renewal SET state = 'offered', serial = ${serial}, signature = ${signature}
    WHERE request_id = ${requestId} AND state = 'begun'`;
}

/** Ends renewals that came to nothing. */
export async function storeGivenUp(
  tx: Tx,
  requestIds: readonly string[],
  outcome: string,
  at: number,
): Promise<void> {
  await tx`
    UPDATE jpki.renewal SET state = 'given-up', outcome = ${outcome}, done_at = ${new Date(at)}
    WHERE request_id = ANY(${[...requestIds]}) AND state IN ('begun', 'offered')`;
}

/** What a certificate that was never handed out, or is offered, is told by. */
export interface OfferedCertificate {
  readonly tbs: Buffer;
  readonly isPending: boolean;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export async function findOffered(
  tx: Tx,
  kind: CertificateKind,
  serial: number,
): Promise<OfferedCertificate | undefined> {
  const [row] = await tx<OfferedCertificate[]>`
    SELECT tbs, signature IS NULL AND revoked_at IS NULL AS "isPending", issued_at AS "issuedAt", expires_at AS "expiresAt"
    FROM jpki.certificate WHERE kind = ${kind} AND serial = ${serial}`;
  return row;
}

/** Hands the offered certificate out: what the card had of its kind is superseded first. Answers its serial number. */
export async function storeHandedOut(tx: Tx, renewal: Renewal, at: number): Promise<number | null> {
  const { kind, cardId, serial, signature, requestId } = renewal;
  const old = await tx<{ serial: number }[]>`
    UPDATE jpki.certificate SET revoked_at = ${new Date(at)}, reason = 'superseded'
    WHERE card_id = ${cardId} AND kind = ${kind} AND serial <> ${serial} AND signature IS NOT NULL AND revoked_at IS NULL
    RETURNING serial`;
  const renewed = old[0]?.serial ?? null;
  const { count } = await tx`
    UPDATE jpki.certificate SET signature = ${signature}
    WHERE kind = ${kind} AND serial = ${serial} AND signature IS NULL AND revoked_at IS NULL`;
  if (count !== 1) throw new Error('an offered certificate changed under its holder’s lock');
  await tx`
    UPDATE jpki.renewal SET state = 'handed-out', renewed_serial = ${renewed}, done_at = ${new Date(at)}
    WHERE request_id = ${requestId}`;
  return renewed;
}
