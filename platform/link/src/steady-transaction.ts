/**
 * A transaction that outlives the loss of its connection. The driver (postgres 3.4.9) sends its own ROLLBACK or COMMIT
 * after work that ended on a connection that is gone: that either ends the process or reaches whoever uses the
 * connection next. So work on a lost connection is left unsettled, and the driver's own notice of the loss rejects.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction, type Scope, type Sql, type Tx } from '@ishizue/db';
import { isConnectionLoss } from './transient.ts';

const LOSS_NOTICE_MS = 250; // between an error and the driver's notice that the socket is closed

const never = (): Promise<never> => new Promise(() => undefined);

/** Runs `work` in one transaction; rejects with the driver's CONNECTION_CLOSED where the connection is lost. */
export async function inSteadyTransaction<T>(
  sql: Sql,
  scope: Scope,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const loss = { isOver: false };
  try {
    return await inTransaction(sql, scope, (tx) => settleUnlessLost(loss, () => work(guard(tx, loss))));
  } finally {
    loss.isOver = true;
  }
}

interface Loss {
  isOver: boolean;
}

async function settleUnlessLost<T>(loss: Loss, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    return loss.isOver ? await never() : result;
  } catch (error) {
    // an error of that kind may also be another connection's: then no notice of a loss follows
    if (!loss.isOver && isConnectionLoss(error)) await sleep(LOSS_NOTICE_MS);
    if (loss.isOver) return never();
    throw error;
  }
}

/** The transaction's handle, silent after its end; savepoints made through it are guarded in the same way. */
function guard(tx: Tx, loss: Loss): Tx {
  return new Proxy(tx, {
    apply: (target, self, args) => (loss.isOver ? never() : Reflect.apply(target, self, args)),
    get: (target, name) => {
      if (loss.isOver) return never;
      if (name !== 'savepoint') return Reflect.get(target, name);
      return <T>(work: (inner: Tx) => Promise<T>) =>
        target.savepoint((inner) => settleUnlessLost(loss, () => work(guard(inner, loss))));
    },
  });
}
