/**
 * The centre's switches: issue of a class (or of all) by a municipality (or by all) is suspended at once, and looked at
 * again before every step that lets something out. Who set and who lifted a switch stays on record.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { CertificateClass } from '../certificate-class.ts';
import type { CertificatesContext } from '../certificates-context.ts';
import { AT_CENTRE } from './at-centre.ts';

export interface Suspension {
  /** Null for all. */
  readonly municipality: string | null;
  readonly class: CertificateClass | null;
  readonly reason: string;
}

/** Suspends issue; answers the switch's id. */
export async function suspendIssue(
  context: Pick<CertificatesContext, 'sql' | 'clock'>,
  operator: string,
  suspension: Suspension,
): Promise<number> {
  const at = new Date(context.clock.now());
  const [row] = await inTransaction(
    context.sql,
    AT_CENTRE,
    (tx) => tx<{ id: number }[]>`
    INSERT INTO certificates.national_suspension (municipality_code, class, reason, set_by, set_at)
    VALUES (${suspension.municipality}, ${suspension.class}, ${suspension.reason}, ${operator},
      ${at})
    RETURNING suspension_id AS id`,
  );
  if (!row) throw new Error('a suspension was not stored');
  return row.id;
}

/** Lifts a switch that an operator set. One that a ticket set is lifted by closing the ticket with its cause. */
export async function resumeIssue(
  context: Pick<CertificatesContext, 'sql' | 'clock'>,
  operator: string,
  suspensionId: number,
): Promise<Result<void, 'suspension-unknown'>> {
  const at = new Date(context.clock.now());
  const { count } = await inTransaction(
    context.sql,
    AT_CENTRE,
    (tx) => tx`
    UPDATE certificates.national_suspension
    SET lifted_by = ${operator}, lifted_at = ${at}
    WHERE suspension_id = ${suspensionId} AND lifted_at IS NULL AND ticket_id IS NULL`,
  );
  return count === 1 ? ok(undefined) : fail('suspension-unknown', 'no such switch of an operator is set');
}

/** Those of the given pairs whose issue is suspended now, as `municipality class`. */
export async function suspendedAmong(
  tx: Tx,
  pairs: readonly { readonly municipality: string; readonly class: string }[],
): Promise<ReadonlySet<string>> {
  const rows = await tx<{ key: string }[]>`
    SELECT DISTINCT p.municipality || ' ' || p.class AS key
    FROM unnest(${pairs.map((pair) => pair.municipality)}::text[], ${pairs.map((pair) => pair.class)}::text[])
      AS p (municipality, class)
    JOIN certificates.national_suspension s ON s.lifted_at IS NULL
      AND (s.municipality_code IS NULL OR s.municipality_code = p.municipality)
      AND (s.class IS NULL OR s.class = p.class)`;
  return new Set(rows.map((row) => row.key));
}

/** Whether issue of a class by a municipality is suspended now. */
export async function isSuspended(tx: Tx, municipality: string, certificateClass: string): Promise<boolean> {
  return (await suspendedAmong(tx, [{ municipality, class: certificateClass }])).size > 0;
}
