/**
 * What becomes of an ordered suspension: the card is stopped, then the order is settled and its letter entered, in one
 * transaction. To stop a stopped card changes nothing, so that whoever comes second settles the same.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { HelpDeskContext, SuspensionReason } from '../help-desk-context.ts';

type RefusalCode = 'card-unknown' | 'card-state-refused';

export interface OrderedSuspension {
  readonly checkId: string;
  readonly cardId: string;
  readonly reason: SuspensionReason;
  readonly state: 'ordered' | 'done' | 'refused';
  readonly refusal: RefusalCode | null;
}

const columns = (tx: Tx) => tx`check_id AS "checkId", card_id AS "cardId", reason, state, refusal`;

export async function findOrdered(tx: Tx, checkId: string): Promise<OrderedSuspension | undefined> {
  const [row] = await tx<OrderedSuspension[]>`
    SELECT ${columns(tx)} FROM help_desk.suspension WHERE check_id = ${checkId}`;
  return row;
}

export async function settleSuspension(
  context: HelpDeskContext,
  access: Access,
  order: OrderedSuspension,
): Promise<Result<undefined, RefusalCode>> {
  if (order.state === 'ordered') {
    const stopped = await context.suspend(access, order.cardId, order.reason);
    const refusal = stopped.ok ? null : stopped.failure.code;
    await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
      settle(tx, context, order.checkId, refusal),
    );
    return refusal === null ? ok(undefined) : refused(refusal);
  }
  return order.refusal === null ? ok(undefined) : refused(order.refusal);
}

const refused = (code: RefusalCode): Result<never, RefusalCode> => fail(code, 'the card cannot be stopped');

/** The letter goes only for what was done; an order that somebody else settled stays as it is. */
async function settle(
  tx: Tx,
  { clock }: HelpDeskContext,
  checkId: string,
  refusal: RefusalCode | null,
): Promise<void> {
  const at = new Date(clock.now());
  await tx`
    WITH ordered AS (
      SELECT check_id, resident_code FROM help_desk.suspension
      WHERE check_id = ${checkId} AND state = 'ordered' FOR UPDATE
    ), settled AS (
      UPDATE help_desk.suspension s SET state = ${refusal === null ? 'done' : 'refused'}, refusal = ${refusal},
        settled_at = ${at}, resident_code = NULL
      FROM ordered o WHERE s.check_id = o.check_id
      RETURNING s.check_id
    )
    INSERT INTO help_desk.suspension_notice (check_id, resident_code, suspended_at, state)
    SELECT o.check_id, o.resident_code, ${at}, 'due' FROM ordered o JOIN settled USING (check_id)
    WHERE ${refusal === null}`;
}

const SWEEP_MAX = 100;

/** Carries out what a crash left ordered; the wiring calls it at start and from time to time. Answers how many. */
export async function finishSuspensions(context: HelpDeskContext): Promise<number> {
  const left = await inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<(OrderedSuspension & { readonly correlation: string })[]>`
    SELECT ${columns(tx)}, correlation FROM help_desk.suspension WHERE state = 'ordered'
    ORDER BY ordered_at LIMIT ${SWEEP_MAX}`,
  );
  for (const order of left) {
    const access: Access = {
      actorKind: 'system',
      actor: 'suspension-sweep',
      terminal: '',
      article: SUSPENSION_ARTICLE,
      affair: 'card-suspension',
      correlation: order.correlation,
    };
    await settleSuspension(context, access, order);
  }
  return left.length;
}

/** Under which cards are stopped by a call: the article on loss (its paragraphs are not at hand). */
export const SUSPENSION_ARTICLE = '番号法 第17条';
