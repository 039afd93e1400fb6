/**
 * Which process sends on a link: session-level advisory locks, so that a dead process's links are free at once. They
 * only spare repeated envelopes; the receiver drops those anyway. The session is an open transaction without a snapshot
 * (it hinders no vacuum): the driver tells the end of a transaction's connection, of a reserved connection it does not.
 */
import { inTransaction, type Sql, type Tx } from '@ishizue/db';

const LOCK_CLASS = 5_140_020; // the first of two keys; the second is the link's number

interface Session {
  readonly tx: Tx;
  readonly held: Set<number>;
  /** Rejections of queries under way, called when the session is lost. */
  readonly waiting: Set<(error: unknown) => void>;
  readonly end: () => void;
  readonly over: Promise<void>;
}

export class DispatchLocks {
  readonly #sql: Sql;
  #session: Session | undefined;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Takes the locks that are free; answers which of the links this process holds now. */
  async take(ids: readonly number[]): Promise<ReadonlySet<number>> {
    const session = this.#session ?? (await this.#open());
    const wanted = ids.filter((id) => !session.held.has(id));
    if (wanted.length > 0) {
      const { tx } = session;
      const rows = await this.#ask(
        session,
        tx<{ id: number }[]>`
          SELECT id FROM unnest(${wanted}::int[]) AS id WHERE pg_try_advisory_lock(${LOCK_CLASS}, id)`,
      );
      for (const { id } of rows) session.held.add(id);
    }
    return new Set(ids.filter((id) => session.held.has(id)));
  }

  /** Gives locks back. */
  async release(ids: readonly number[]): Promise<void> {
    const session = this.#session;
    const held = ids.filter((id) => session?.held.has(id));
    if (!session || held.length === 0) return;
    for (const id of held) session.held.delete(id);
    const { tx } = session;
    await this.#ask(
      session,
      tx`SELECT pg_advisory_unlock(${LOCK_CLASS}, id) FROM unnest(${held}::int[]) AS id`,
    );
  }

  /** Gives everything back. */
  async close(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    await this.release([...session.held]);
    session.end();
    await session.over;
  }

  /** Awaits a query. One that fails, or whose session is lost meanwhile, ends the session: the next one begins anew. */
  async #ask<T>(session: Session, query: PromiseLike<T>): Promise<T> {
    const lost = Promise.withResolvers<never>();
    session.waiting.add(lost.reject);
    try {
      return await Promise.race([query, lost.promise]);
    } catch (error) {
      this.#session = undefined;
      session.end();
      throw error;
    } finally {
      session.waiting.delete(lost.reject);
    }
  }

  #open(): Promise<Session> {
    const { promise, resolve, reject } = Promise.withResolvers<Session>();
    const waiting: Session['waiting'] = new Set([reject]);
    const wish = Promise.withResolvers<void>();
    const transaction = inTransaction(this.#sql, {}, async (tx) => {
      await tx`SET LOCAL idle_in_transaction_session_timeout = 0`;
      this.#session = { tx, held: new Set(), waiting, end: wish.resolve, over };
      resolve(this.#session);
      await wish.promise;
    });
    const over = this.#untilOver(transaction, waiting);
    return promise;
  }
  async #untilOver(transaction: Promise<void>, waiting: Session['waiting']): Promise<void> {
    try {
      await transaction;
    } catch (error) {
      for (const tell of waiting) tell(error);
    }
    if (this.#session?.waiting === waiting) this.#session = undefined;
  }
}
