/**
 * Persons of whom a municipality issues nothing at kiosks: those under support measures (支援措置) against violence, whose
 * address must not get out, and those who wished it so. A paper that would show one of them is not issued either.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { municipalSite } from '@ishizue/registry';
import type { CertificatesContext } from '../certificates-context.ts';

export type StopReason = 'support-measure' | 'own-wish';

/** Stops issue for a person; again changes the reason. */
export async function setStop(
  context: Pick<CertificatesContext, 'sql' | 'clock'>,
  municipality: string,
  operator: string,
  residentCode: string,
  reason: StopReason,
): Promise<void> {
  await inTransaction(context.sql, { site: municipalSite(municipality) }, async (tx) => {
    await tx`
      INSERT INTO certificates.municipal_stop (municipality_code, resident_code, reason, set_by, set_at)
      VALUES (${municipality}, ${residentCode}, ${reason}, ${operator}, ${new Date(context.clock.now())})
      ON CONFLICT (municipality_code, resident_code) DO UPDATE
      SET reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at`;
  });
}

/** Lifts the stop of a person. */
export async function liftStop(
  context: Pick<CertificatesContext, 'sql'>,
  municipality: string,
  residentCode: string,
): Promise<void> {
  await inTransaction(context.sql, { site: municipalSite(municipality) }, async (tx) => {
    await tx`
      DELETE FROM certificates.municipal_stop
      WHERE municipality_code = ${municipality} AND resident_code = ${residentCode}`;
  });
}

/** Whether one of the persons is under a stop. */
export async function hasStop(
  tx: Tx,
  municipality: string,
  residentCodes: readonly string[],
): Promise<boolean> {
  const rows = await tx`
    SELECT 1 FROM certificates.municipal_stop
    WHERE municipality_code = ${municipality} AND resident_code = ANY(${residentCodes}) LIMIT 1`;
  return rows.length > 0;
}

/** Whether a stop for a support measure stands here of one of the persons, besides what the register says. */
export function hasSupportStop(
  context: Pick<CertificatesContext, 'sql'>,
  municipality: string,
  residentCodes: readonly string[],
): Promise<boolean> {
  return inTransaction(context.sql, { site: municipalSite(municipality) }, async (tx) => {
    const rows = await tx`
      SELECT 1 FROM certificates.municipal_stop
      WHERE municipality_code = ${municipality} AND resident_code = ANY(${residentCodes})
        AND reason = 'support-measure' LIMIT 1`;
    return rows.length > 0;
  });
}
