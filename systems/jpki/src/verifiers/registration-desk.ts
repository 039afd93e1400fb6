/** The desk at which verifiers are registered, at the national site; opened when it is first asked for. */
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { Pseudonyms } from '@ishizue/ledger';
import { CaseDesk } from '@ishizue/procedure';
import { NATIONAL_SITE } from '@ishizue/registry';
import { verifierRegistration } from './verifier-registration.ts';

interface DeskParts {
  /** The pool of the role of schema `jpki`. */
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
}

/** Answers the same desk each time; where it could not be opened, who asks next tries again. */
export function registrationDesk({ sql, clock, pseudonyms }: DeskParts): () => Promise<CaseDesk> {
  const options = {
    sql,
    site: NATIONAL_SITE,
    clock,
    pseudonyms,
    procedure: verifierRegistration,
    context: undefined,
  };
  let desk: Promise<CaseDesk> | undefined;
  const open = async (): Promise<CaseDesk> => {
    try {
      return await CaseDesk.open(options);
    } catch (error) {
      desk = undefined;
      throw error;
    }
  };
  return () => (desk ??= open());
}
