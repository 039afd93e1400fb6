/** Where agencies' immediate queries arrive: those that come together share a transaction. */
import { fail, type Result } from '@ishizue/outcome';
import { GroupedAnswers } from '../grouped-answers.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { type AgencyQuery, type Provision, type ProvisionFailure, provideIn } from './provide.ts';
import type { ProvidedIdentity } from './provided-items.ts';

export class ProvisionDesk {
  readonly #answers: GroupedAnswers<AgencyQuery, Provision>;

  constructor(context: RegistryContext) {
    this.#answers = new GroupedAnswers(context, NATIONAL_SITE, (tx, queries) =>
      provideIn(tx, context, queries),
    );
  }

  /** Asks for one person; `provision-overloaded` where too many wait already: the agency asks again later. */
  async ask(
    query: AgencyQuery,
  ): Promise<Result<ProvidedIdentity, ProvisionFailure | 'provision-overloaded'>> {
    return (await this.#answers.ask(query)) ?? overloaded();
  }
}

/** What is not on the ledger: nothing was looked at. */
export const overloaded = (): Result<never, 'provision-overloaded'> =>
  fail('provision-overloaded', 'too many queries wait; ask again later');
