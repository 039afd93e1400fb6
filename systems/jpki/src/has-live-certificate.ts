/** Whether a card has a certificate of a kind that is good: handed out, not revoked, not past its end. */
import type { JpkiContext } from './jpki-context.ts';
import type { CertificateKind } from './profile/certificate-kind.ts';

export async function hasLiveCertificate(
  { sql, clock }: Pick<JpkiContext, 'sql' | 'clock'>,
  cardId: string,
  kind: CertificateKind,
): Promise<boolean> {
  const [row] = await sql`
    SELECT FROM jpki.certificate
    WHERE card_id = ${cardId} AND kind = ${kind} AND signature IS NOT NULL AND revoked_at IS NULL
      AND expires_at >= ${new Date(clock.now())}
    LIMIT 1`;
  return row !== undefined;
}
