/**
 * What issuing asks more where a certificate is for a phone (docs/flows/phone-certificates.md): a person has one phone, so
 * what is handed out ends whatever other applications of the person have; and what a later application was given, an earlier
 * one never ends. All of it under the person's lock.
 */
import type { Tx } from '@ishizue/db';
import type { CertificateKind, PhoneKind } from '../profile/certificate-kind.ts';
import type { CheckedOrder } from './issue-order.ts';
import type { SignedCertificate } from './issue-store.ts';

/** Those of the applications after which another one of the same person was given a certificate. */
export async function findOvertaken(tx: Tx, orders: readonly CheckedOrder[]): Promise<ReadonlySet<string>> {
  const applications = orders.flatMap(({ application }) => application ?? []);
  if (applications.length === 0) return new Set();
  const rows = await tx<{ id: string }[]>`
    SELECT a.id::text FROM jpki.phone_application a WHERE a.id = ANY(${applications}::text[]::uuid[]) AND EXISTS (
      SELECT FROM jpki.phone_application later JOIN jpki.certificate c ON c.application = later.id
        AND c.resident_code = later.resident_code
      WHERE later.resident_code = a.resident_code AND later.number > a.number AND c.signature IS NOT NULL)`;
  return new Set(rows.map(({ id }) => id));
}

/** A phone's certificate that was revoked because of another. */
export interface EndedPhoneCertificate {
  readonly kind: PhoneKind;
  readonly residentCode: string;
}

/** Revokes what other applications of the persons have, waiting or handed out; with the places of the orders. */
export async function supersedePhones(
  tx: Tx,
  at: number,
  signed: readonly SignedCertificate[],
): Promise<readonly (EndedPhoneCertificate & { readonly place: number })[]> {
  if (signed.every(({ order }) => order.application === undefined)) return [];
  return tx<(EndedPhoneCertificate & { readonly place: number })[]>`
    UPDATE jpki.certificate AS old SET revoked_at = ${new Date(at)},
      reason = CASE WHEN old.signature IS NULL THEN 'unspecified' ELSE 'superseded' END
    FROM unnest(${signed.map(({ order }) => order.kind)}::text[],
      ${signed.map(({ pending }) => pending.serial)}::int[]) WITH ORDINALITY AS given(kind, serial, place)
    JOIN jpki.certificate AS next USING (kind, serial)
    WHERE next.application IS NOT NULL AND num_nonnulls(next.signature, next.revoked_at) = 0
      AND old.resident_code = next.resident_code AND old.application <> next.application AND old.revoked_at IS NULL
    RETURNING (place - 1)::int AS place, old.kind, old.resident_code AS "residentCode"`;
}

/**
 * The phones' certificates that ended with those of cards which the caller has just revoked: the database ends them in the
 * same statement (migrations/0011-phone-certificates.sql), so both rows are of one transaction, or savepoint; whoever
 * revoked writes it into the ledger.
 */
export async function phonesEndedWith(
  tx: Tx,
  cards: readonly { readonly kind: CertificateKind; readonly serial: number }[],
): Promise<readonly (EndedPhoneCertificate & { readonly serial: number })[]> {
  if (cards.length === 0) return [];
  return tx<(EndedPhoneCertificate & { readonly serial: number })[]>`
    SELECT c.kind, c.serial, c.resident_code AS "residentCode"
    FROM unnest(${cards.map(({ kind }) => kind)}::text[], ${cards.map(({ serial }) => serial)}::int[])
      AS ended(kind, serial)
    JOIN jpki.certificate card USING (kind, serial)
    JOIN jpki.certificate c ON c.bound_serial = ended.serial AND c.kind = 'phone-' || ended.kind
    WHERE card.revoked_at IS NOT NULL AND c.revoked_at IS NOT NULL AND c.xmin = card.xmin`;
}
