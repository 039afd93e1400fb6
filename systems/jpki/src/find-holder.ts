/** Whose authentication certificate a serial number is, for a session that was opened with it. */
import type { JpkiContext } from './jpki-context.ts';

/**
 * The resident code, or undefined where the certificate is unknown or no longer good: a session does not outlive it.
 * @param serial eight hexadecimal digits
 */
export async function findHolder(context: JpkiContext, serial: string): Promise<string | undefined> {
  if (!/^[0-9a-f]{8}$/.test(serial)) return undefined;
  const [row] = await context.sql<{ residentCode: string }[]>`
    SELECT resident_code AS "residentCode" FROM jpki.certificate
    WHERE kind = 'authentication' AND serial = ${Number.parseInt(serial, 16)} AND signature IS NOT NULL
      AND revoked_at IS NULL AND expires_at > ${new Date(context.clock.now())}`;
  return row?.residentCode;
}
