/**
 * A factory takes its next batch from the queue: what it has already, then express, then what is due first. It has them for
 * a time (a lease): killed and started again it takes the same ones, and what a factory that stopped has is another's
 * once the time is over. Flow: docs/flows/card-making.md step 2.
 */
import type { IsoDate } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { recordAlike } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { CardsContext } from '../cards-context.ts';
import { LEASE_MS } from './order-store.ts';

export const BATCH_MAX = 500;
const FACTORY = /^[0-9a-z-]{1,32}$/;

export type TakeFailure = 'factory-malformed' | 'batch-out-of-bounds';

export interface TakenOrder {
  readonly applicationId: string;
  readonly dueOn: IsoDate;
  readonly isExpress: boolean;
}

/** At most so many, in the order in which they are to be made. */
export async function takeOrders(
  context: CardsContext,
  access: Access,
  { factory, orders_max }: { readonly factory: string; readonly orders_max: number },
): Promise<Result<readonly TakenOrder[], TakeFailure>> {
  if (!FACTORY.test(factory)) return fail('factory-malformed', 'a factory is 1 to 32 of 0-9, a-z and -');
  if (!Number.isInteger(orders_max) || orders_max < 1 || orders_max > BATCH_MAX)
    return fail('batch-out-of-bounds', `a batch is 1 to ${BATCH_MAX} orders`);
  const now = context.clock.now();
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    // applications are locked, as by everybody who changes one; those that somebody is at are left to them
    const taken = await tx<(TakenOrder & { readonly residentCode: string })[]>`
      WITH due AS (
        SELECT o.application_id, a.resident_code FROM cards.making_order o JOIN cards.application a USING (application_id)
        WHERE o.made_at IS NULL AND a.state IN ('accepted', 'manufacturing')
          AND (o.factory IS NULL OR o.factory = ${factory} OR o.leased_until <= ${new Date(now)})
        ORDER BY o.factory IS DISTINCT FROM ${factory}, NOT o.is_express, o.due_on, o.application_id
        LIMIT ${orders_max} FOR UPDATE OF a, o SKIP LOCKED)
      UPDATE cards.making_order o SET factory = ${factory}, leased_until = ${new Date(now + LEASE_MS)}
      FROM due WHERE o.application_id = due.application_id
      RETURNING o.application_id AS "applicationId", o.due_on AS "dueOn", o.is_express AS "isExpress",
        due.resident_code AS "residentCode"`;
    const { correlation, ...common } = access;
    await recordAlike(
      tx,
      { site: NATIONAL_SITE, at: now, ...common, fields: ['card-application', 'making-order'] },
      taken.map(({ residentCode }) => ({
        subject: context.pseudonyms.of(NATIONAL_SITE, residentCode),
        result: 'taken',
        correlation,
      })),
    );
    return ok(
      taken
        .map(({ residentCode: _, ...order }) => order)
        .sort((one, other) => rank(one).localeCompare(rank(other))),
    );
  });
}

const rank = ({ isExpress, dueOn, applicationId }: TakenOrder): string =>
  `${isExpress ? 0 : 1} ${dueOn} ${applicationId}`;
