/**
 * A transaction that outlives the loss of its connection. The driver (postgres 3.4.9) sends its own ROLLBACK or COMMIT
 * after work that ended on a connection that is gone: that either ends the process or reaches whoever uses the
 * connection next. So work on a lost connection is left unsettled, and the driver's own notice of the loss rejects.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql, Tx } from './sql.ts';
import { isConnectionLoss } from './transient.ts';

const LOSS_NOTICE_MS = 250; // between an error and the driver's notice that the socket is closed

const never = (): Promise<never> => new Promise(() => undefined);

/** What a transaction works under. */
export interface Scope {
  /** The site whose rows row-level security lets through (`ishizue.site`, e.g. `municipal/131016`); none without. */
  readonly site?: string;
  /** All statements see the database as it was at the first one (REPEATABLE READ): for reads that belong together. */
  readonly isSnapshot?: boolean;
}

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. Where the connection is lost it
 * rejects with the driver's CONNECTION_CLOSED, and what `work` does afterwards reaches nobody.
 */
export async function inTransaction<T>(sql: Sql, scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
  const loss = { isOver: false };
  const isolation = scope.isSnapshot === true ? 'isolation level repeatable read' : '';
  try {
    const result = await sql.begin(isolation, async (tx) => {
      const guarded = guard(tx, loss);
      const scoped = async (): Promise<T> => {
        if (scope.site === undefined) return await work(guarded);
        // sent at once and answered in order: it costs no round trip of its own
        const scoping = guarded`SELECT set_config('ishizue.site', ${scope.site}, true)`.execute();
        try {
          return await work(guarded);
        } finally {
          await scoping;
        }
      };
      return { value: await settleUnlessLost(loss, scoped) };
    });
    return result.value;
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
