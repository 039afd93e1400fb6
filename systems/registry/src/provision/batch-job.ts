/**
 * The order of a batch query: agency, job id, row, affair, key and items. The same order again is the same job; another
 * order under its id is refused. Whether it may be answered is decided for each chunk anew: an agency may be suspended
 * meanwhile.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { findAgencies } from './agencies.ts';
import { type PermitFailure, permitAgency } from './provide.ts';
import { basisOf, type PersonKeyKind, type ProvisionItem, type ProvisionRow } from './provision-rules.ts';

export interface BatchOrder {
  readonly agency: string;
  readonly jobId: string;
  readonly row: string;
  readonly affair: string;
  readonly key: PersonKeyKind;
  readonly items: readonly ProvisionItem[];
}

export type BatchRefusal = PermitFailure | 'job-id-reused';

/** Opens the job, or finds it opened by the same order. */
export function openJob(
  context: RegistryContext,
  order: BatchOrder,
): Promise<Result<undefined, BatchRefusal>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const permitted = await permitBatch(tx, context, order);
    if (!permitted.ok) return permitted;
    await tx`
      INSERT INTO registry.national_provision_job (agency, job_id, annex_row, affair, person_key, items, opened_at)
      VALUES (${order.agency}, ${order.jobId}, ${order.row}, ${order.affair}, ${order.key}, ${[...order.items]},
        ${new Date(context.clock.now())})
      ON CONFLICT DO NOTHING`;
    const [same] = await tx`
      SELECT 1 FROM registry.national_provision_job
      WHERE agency = ${order.agency} AND job_id = ${order.jobId} AND annex_row = ${order.row}
        AND affair = ${order.affair} AND person_key = ${order.key} AND items = ${[...order.items]}`;
    return same ? ok(undefined) : fail('job-id-reused', 'a job of this id asks for something else');
  });
}

/** The row under which the job may be answered now; a refusal is on the ledger. */
export async function permitBatch(
  tx: Tx,
  context: RegistryContext,
  order: BatchOrder,
): Promise<Result<ProvisionRow, PermitFailure>> {
  const agencies = await findAgencies(tx, [order.agency]);
  const at = context.clock.now();
  const permitted = permitAgency(agencies.get(order.agency), at, order);
  if (permitted.ok) return permitted;
  const { article, affair } = basisOf(dateInTokyo(at), order.row);
  await recordEntry(tx, {
    site: NATIONAL_SITE,
    at,
    actorKind: 'site',
    actor: order.agency,
    terminal: '',
    article,
    affair,
    subject: null,
    fields: order.items,
    result: permitted.failure.code,
    correlation: order.jobId,
  });
  return permitted;
}
