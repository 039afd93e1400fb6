/** Rows of the factory's queue. Whoever changes one holds the lock of its application. */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';

/** How long a factory has an order before another may take it: longer than one making can be on its way. */
export const LEASE_MS = 1_800_000;

export interface MakingOrder {
  readonly applicationId: string;
  readonly isExpress: boolean;
  readonly delivery: 'counter' | 'post';
  /** What was shown at application, where the card goes by post. */
  readonly visit: { readonly documents: readonly string[]; readonly checkedBy: string } | null;
  readonly dueOn: IsoDate;
}

export async function insertOrders(tx: Tx, orders: readonly MakingOrder[]): Promise<void> {
  if (orders.length === 0) return;
  await tx`
    INSERT INTO cards.making_order (application_id, is_express, delivery, visit_documents, visit_checked_by, due_on)
    SELECT n."applicationId", n."isExpress", n.delivery,
      CASE WHEN n.visit IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(n.visit -> 'documents')) END,
      n.visit ->> 'checkedBy', n."dueOn"
    FROM jsonb_to_recordset(${tx.json(orders as never)})
      AS n("applicationId" text, "isExpress" boolean, delivery text, visit jsonb, "dueOn" date)`;
}

export interface OrderStanding {
  readonly delivery: 'counter' | 'post';
  readonly visitDocuments: readonly string[] | null;
  readonly municipality: string | null;
  readonly factory: string | null;
  readonly leasedUntil: Date | null;
  /** The factory that has the card that was begun. */
  readonly begunBy: string | null;
  readonly leftOut: string | null;
}

/** Of a locked application. */
export async function findOrder(tx: Tx, applicationId: string): Promise<OrderStanding | undefined> {
  const [row] = await tx<OrderStanding[]>`
    SELECT delivery, visit_documents AS "visitDocuments", municipality, factory, leased_until AS "leasedUntil",
      begun_by AS "begunBy", left_out AS "leftOut"
    FROM cards.making_order WHERE application_id = ${applicationId}`;
  return row;
}

/** The factory has the order and begins, or goes on with, its card. */
export async function storeBegun(
  tx: Tx,
  applicationId: string,
  { factory, municipality }: { readonly factory: string; readonly municipality: string },
  now: number,
): Promise<void> {
  await tx`
    UPDATE cards.making_order SET factory = ${factory}, leased_until = ${new Date(now + LEASE_MS)}, begun_by = ${factory},
      municipality = ${municipality}
    WHERE application_id = ${applicationId}`;
}

/** The card is made: the order waits no more, and nobody has it. */
export async function storeMade(
  tx: Tx,
  applicationId: string,
  leftOut: string | null,
  at: Date,
): Promise<void> {
  await tx`
    UPDATE cards.making_order SET made_at = ${at}, factory = NULL, leased_until = NULL, begun_by = NULL,
      left_out = ${leftOut}
    WHERE application_id = ${applicationId}`;
}

/** The cards of these are lost: they are made again, first of all that are due later. */
export async function putBackOrders(tx: Tx, applicationIds: readonly string[]): Promise<void> {
  await tx`
    UPDATE cards.making_order SET made_at = NULL, factory = NULL, leased_until = NULL, begun_by = NULL,
      left_out = NULL
    WHERE application_id = ANY(${[...applicationIds]})`;
}
