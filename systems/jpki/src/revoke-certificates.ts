/**
 * Revocation at somebody's wish (公的個人認証法 art. 9–12, 28–31; practice statement 4.9): by serial number, or all of a card. A
 * revocation is final, a hold too: it is never lifted, and a second reason does not replace the first. It is committed
 * before it is acknowledged, and OCSP reads it the next instant.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { REVOCATION_REASONS, type RevocationReason } from '@ishizue/x509';
import { lockPersons } from './issue/issue-store.ts';
import { phonesEndedWith } from './issue/phone-orders.ts';
import type { JpkiContext } from './jpki-context.ts';
import { CERTIFICATE_KINDS, type CertificateKind } from './profile/certificate-kind.ts';
import { recordAccess } from './record-access.ts';

/** The reasons of the practice statement; the others of RFC 5280 are not given here. */
export const HOLDER_REASONS = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
] as const satisfies readonly RevocationReason[];

export type HolderReason = (typeof HOLDER_REASONS)[number];

export type RevokeFailure =
  | 'serial-malformed'
  | 'certificate-unknown'
  /** A hold is not lifted (removeFromCRL), and other reasons are not given. */
  | 'reason-not-allowed'
  | 'too-many-certificates';

export interface CertificateName {
  readonly kind: CertificateKind;
  /** Eight hexadecimal digits. */
  readonly serial: string;
}

export interface RevokeCounts {
  readonly revoked: number;
  /** Revoked before; left as they are. */
  readonly alreadyRevoked: number;
}

const AT_ONCE_MAX = 1_000;
const SERIAL = /^[0-9a-f]{8}$/;

/** Revokes certificates by serial number, all or none. */
export async function revokeCertificates(
  context: JpkiContext,
  access: Access,
  certificates: readonly CertificateName[],
  reason: RevocationReason,
): Promise<Result<RevokeCounts, RevokeFailure>> {
  if (!isHolderReason(reason)) return reasonRefused(reason);
  if (certificates.length > AT_ONCE_MAX) return fail('too-many-certificates', `more than ${AT_ONCE_MAX}`);
  if (!certificates.every(({ serial }) => SERIAL.test(serial)))
    return fail('serial-malformed', 'a serial number has eight hexadecimal digits');
  const unique = new Map(certificates.map((each) => [`${each.kind} ${each.serial}`, each]));
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const kinds = [...unique.values()].map(({ kind }) => kind);
    const serials = [...unique.values()].map(({ serial }) => Number.parseInt(serial, 16));
    const named = () => tx<RevocableRow[]>`
      SELECT kind, serial, resident_code AS "residentCode", revoked_at IS NOT NULL AS "isRevoked"
      FROM jpki.certificate WHERE (kind, serial) IN (SELECT * FROM unnest(${kinds}::text[], ${serials}::int[]))`;
    const rows = await readLocked(tx, named);
    if (rows.length < unique.size)
      return fail('certificate-unknown', 'a certificate was never issued; none is revoked');
    return ok(await revokeRows(tx, context, access, rows, reason));
  });
}

/** Revokes whatever a card has of these kinds, pending ones as well; again, it changes nothing. */
export async function revokeForCard(
  context: JpkiContext,
  access: Access,
  cardId: string,
  reason: RevocationReason,
  kinds: readonly CertificateKind[] = CERTIFICATE_KINDS,
): Promise<Result<RevokeCounts, 'reason-not-allowed'>> {
  if (!isHolderReason(reason)) return reasonRefused(reason);
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const ofCard = () => tx<RevocableRow[]>`
      SELECT kind, serial, resident_code AS "residentCode", false AS "isRevoked" FROM jpki.certificate
      WHERE card_id = ${cardId} AND kind = ANY(${[...kinds]}) AND signature IS NOT NULL AND revoked_at IS NULL
      UNION ALL
      SELECT kind, serial, resident_code, false FROM jpki.certificate
      WHERE card_id = ${cardId} AND kind = ANY(${[...kinds]}) AND signature IS NULL AND revoked_at IS NULL`;
    const rows = await readLocked(tx, ofCard);
    return ok(await revokeRows(tx, context, access, rows, reason));
  });
}

const isHolderReason = (reason: RevocationReason): reason is HolderReason =>
  Object.hasOwn(REVOCATION_REASONS, reason) && (HOLDER_REASONS as readonly string[]).includes(reason);

const reasonRefused = (reason: RevocationReason) =>
  fail('reason-not-allowed', `certificates are not revoked for ${reason}; a hold is never lifted`);

/** A certificate that is locked and may be revoked. */
export interface RevocableRow {
  readonly kind: CertificateKind;
  readonly serial: number;
  readonly residentCode: string;
  readonly isRevoked: boolean;
}

/** Reads rows, and reads them again when nobody else decides about their holders any more. */
async function readLocked(
  tx: Tx,
  read: () => Promise<readonly RevocableRow[]>,
): Promise<readonly RevocableRow[]> {
  await lockPersons(
    tx,
    (await read()).map(({ residentCode }) => residentCode),
  );
  return read();
}

/** Revokes locked rows with their entries; phones' certificates end with those of the card. */
export async function revokeRows(
  tx: Tx,
  context: JpkiContext,
  access: Access,
  rows: readonly RevocableRow[],
  reason: HolderReason,
): Promise<RevokeCounts> {
  const live = rows.filter(({ isRevoked }) => !isRevoked);
  await storeRevocations(tx, context.clock.now(), live, reason);
  const named = new Set(rows.map(({ kind, serial }) => `${kind} ${serial}`));
  const phones = (await phonesEndedWith(tx, live)).filter(
    ({ kind, serial }) => !named.has(`${kind} ${serial}`),
  );
  await recordAccess(tx, context, [
    ...rows.map(({ residentCode, kind, isRevoked }) => ({
      access,
      residentCode,
      kind,
      result: isRevoked ? 'already-revoked' : 'revoked',
    })),
    ...phones.map(({ residentCode, kind }) => ({ access, residentCode, kind, result: 'revoked' })),
  ]);
  return { revoked: live.length, alreadyRevoked: rows.length - live.length };
}

/** Writes the revocation of locked rows, one statement whatever their number. */
export async function storeRevocations(
  tx: Tx,
  at: number,
  rows: readonly Pick<RevocableRow, 'kind' | 'serial'>[],
  reason: HolderReason,
): Promise<void> {
  for (const kind of CERTIFICATE_KINDS) {
    const serials = rows.filter((row) => row.kind === kind).map(({ serial }) => serial);
    if (serials.length === 0) continue;
    await tx`
      UPDATE jpki.certificate SET revoked_at = ${new Date(at)}, reason = ${reason}
      WHERE kind = ${kind} AND serial = ANY(${serials}::int[]) AND revoked_at IS NULL`;
  }
}
