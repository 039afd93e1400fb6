/**
 * Whoever is shown a certificate asks whether it stands, by the number printed on it, and may compare the file. The
 * answer names no person. Only what was delivered stands.
 */
import type { IsoDate } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { CertificateClass } from '../certificate-class.ts';
import { readCertificateId } from '../certificate-id.ts';
import type { CertificatesContext } from '../certificates-context.ts';
import { AT_CENTRE } from './at-centre.ts';

export interface VerifiedCertificate {
  readonly certificateId: string;
  readonly class: CertificateClass;
  readonly municipality: string;
  readonly issuedOn: IsoDate;
  readonly pages: number;
  /** Of the PDF, hexadecimal. */
  readonly sha256: string;
  readonly stands: boolean;
}

/** The certificate of a number as somebody typed it. */
export async function verifyCertificate(
  context: Pick<CertificatesContext, 'sql'>,
  typedId: string,
): Promise<Result<VerifiedCertificate, 'certificate-unknown'>> {
  const unknown = fail('certificate-unknown', 'no certificate of this number was issued');
  const certificateId = readCertificateId(typedId);
  if (certificateId === undefined) return unknown;
  const [row] = await inTransaction(
    context.sql,
    AT_CENTRE,
    (tx) => tx<VerifiedCertificate[]>`
    SELECT certificate_id AS "certificateId", class, municipality_code AS municipality, issued_on AS "issuedOn", pages,
      sha256, withdrawn_at IS NULL AS stands
    FROM certificates.national_certificate WHERE certificate_id = ${certificateId}`,
  );
  return row ? ok(row) : unknown;
}

/** Declares a certificate void, e.g. because it was handed to somebody else. */
export async function withdrawCertificate(
  context: Pick<CertificatesContext, 'sql' | 'clock'>,
  certificateId: string,
  reason: string,
): Promise<Result<void, 'certificate-unknown'>> {
  const at = new Date(context.clock.now());
  const { count } = await inTransaction(
    context.sql,
    AT_CENTRE,
    (tx) => tx`
    UPDATE certificates.national_certificate
    SET withdrawn_at = ${at}, withdrawn_reason = ${reason}
    WHERE certificate_id = ${certificateId} AND withdrawn_at IS NULL`,
  );
  return count === 1 ? ok(undefined) : fail('certificate-unknown', 'no standing certificate of this number');
}
