/**
 * Many queries, one commit: queries that come while a transaction is under way wait for the next one and share it. It
 * trades a few milliseconds for an fsync of each. A query is answered only after the commit with its ledger entry; where
 * the transaction fails, every query of it fails, and nothing was given.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import type { RegistryContext } from './registry-context.ts';

const IN_TRANSACTION_MAX = 256;
// one is read, one is written, one waits for its commit: with two of them the processors are idle half of the time
const TRANSACTIONS_MAX = 3;
const WAITING_MAX = 5_000;

interface Waiting<Query, Answer> {
  readonly query: Query;
  readonly settle: {
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  };
}

export class GroupedAnswers<Query, Answer> {
  readonly #context: RegistryContext;
  readonly #site: string;
  readonly #answerIn: (tx: Tx, queries: readonly Query[]) => Promise<readonly Answer[]>;
  readonly #waiting: Waiting<Query, Answer>[] = [];
  #underWay = 0;

  /** @param answerIn answers queries in their order, in a transaction of the site */
  constructor(
    context: RegistryContext,
    site: string,
    answerIn: (tx: Tx, queries: readonly Query[]) => Promise<readonly Answer[]>,
  ) {
    this.#context = context;
    this.#site = site;
    this.#answerIn = answerIn;
  }

  /** The answer, after the commit; undefined at once where too many wait already. */
  ask(query: Query): Promise<Answer | undefined> {
    if (this.#waiting.length >= WAITING_MAX) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ query, settle: { resolve, reject } });
      // not at once: queries that arrive in one turn of the event loop go together
      setImmediate(() => this.#next());
    });
  }

  #next(): void {
    if (this.#underWay >= TRANSACTIONS_MAX || this.#waiting.length === 0) return;
    const group = this.#waiting.splice(0, IN_TRANSACTION_MAX);
    this.#underWay++;
    void this.#answer(group).finally(() => {
      this.#underWay--;
      this.#next();
    });
  }

  async #answer(group: readonly Waiting<Query, Answer>[]): Promise<void> {
    try {
      const answers = await inTransaction(this.#context.sql, { site: this.#site }, (tx) =>
        this.#answerIn(
          tx,
          group.map(({ query }) => query),
        ),
      );
      for (const [index, { settle }] of group.entries()) {
        const answer = answers[index];
        if (answer === undefined) settle.reject(new Error('a query without an answer'));
        else settle.resolve(answer);
      }
    } catch (error) {
      for (const { settle } of group) settle.reject(error);
    }
  }
}
