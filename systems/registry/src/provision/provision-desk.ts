/**
 * Many queries, one commit: queries that come while a transaction is under way wait for the next one and share it. It
 * trades a few milliseconds for an fsync of each. A query is answered only after the commit with its ledger entry; where
 * the transaction fails, every query of it fails, and nothing was given.
 */
import { inTransaction } from '@ishizue/db';
import { fail, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { type AgencyQuery, type Provision, type ProvisionFailure, provideIn } from './provide.ts';
import type { ProvidedIdentity } from './provided-items.ts';

const IN_TRANSACTION_MAX = 256;
const TRANSACTIONS_MAX = 2;
const WAITING_MAX = 5_000;

interface Waiting {
  readonly query: AgencyQuery;
  readonly settle: {
    readonly resolve: (answer: Provision) => void;
    readonly reject: (error: unknown) => void;
  };
}

export class ProvisionDesk {
  readonly #context: RegistryContext;
  readonly #waiting: Waiting[] = [];
  #underWay = 0;

  constructor(context: RegistryContext) {
    this.#context = context;
  }

  /** Asks for one person; `provision-overloaded` where too many wait already: the agency asks again later. */
  ask(query: AgencyQuery): Promise<Result<ProvidedIdentity, ProvisionFailure | 'provision-overloaded'>> {
    if (this.#waiting.length >= WAITING_MAX)
      return Promise.resolve(fail('provision-overloaded', 'too many queries wait; ask again later'));
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

  async #answer(group: readonly Waiting[]): Promise<void> {
    try {
      const answers = await inTransaction(this.#context.sql, { site: NATIONAL_SITE }, (tx) =>
        provideIn(
          tx,
          this.#context,
          group.map(({ query }) => query),
        ),
      );
      for (const [index, { settle }] of group.entries()) {
        const answer = answers[index];
        if (answer) settle.resolve(answer);
        else settle.reject(new Error('a query without an answer'));
      }
    } catch (error) {
      for (const { settle } of group) settle.reject(error);
    }
  }
}
