/**
 * A step of a verification, for a program: one transaction under the municipality's scope that begins with the permit of
 * this instant. A verification has one entry in the municipality's ledger, written in the step that ends it, refusals too:
 * by which program, of which pseudonym where one is known. The municipality never learns whose resident code it is.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import type { Result } from '@ishizue/outcome';
import { municipalSite } from '@ishizue/registry';
import type { LocalContext } from './local-context.ts';
import { ARTICLE } from './officer-act.ts';
import { type ProgramPermitFailure, permitProgram } from './programs/program-store.ts';
import { ledgerSubject } from './pseudonyms/enrolment.ts';

/** Who asks, as the signature of the request says. */
export interface ProgramCall {
  readonly municipality: string;
  /** `program/132217/lunch`. */
  readonly site: string;
  readonly correlation: string;
}

/** What a step came to. */
export interface Step<T, Code extends string> {
  readonly outcome: Result<T, Code>;
  /** The verification is over with it: it is entered into the ledger. Refusals always are. */
  readonly isEnd: boolean;
  /** Whose certificate it was, where that is known. */
  readonly pseudonym?: string | undefined;
  readonly fields: readonly string[];
}

const AFFAIR = 'local-authentication';

export function asProgram<T, Code extends string>(
  context: LocalContext,
  call: ProgramCall,
  work: (tx: Tx, program: string) => Promise<Step<T, Code>>,
): Promise<Result<T, Code | ProgramPermitFailure>> {
  const { municipality, site, correlation } = call;
  return inTransaction(context.sql, { site: municipalSite(municipality) }, async (tx) => {
    const permit = await permitProgram(tx, municipality, site);
    const step: Step<T, Code | ProgramPermitFailure> = permit.ok
      ? await work(tx, permit.value)
      : { outcome: permit, isEnd: true, fields: [] };
    const { outcome, isEnd, pseudonym, fields } = step;
    if (isEnd || !outcome.ok)
      await recordEntry(tx, {
        site: municipalSite(municipality),
        at: context.clock.now(),
        actorKind: 'site',
        actor: site,
        terminal: '',
        article: ARTICLE,
        affair: AFFAIR,
        subject: pseudonym === undefined ? null : ledgerSubject(context, municipality, pseudonym),
        fields: [...fields],
        result: outcome.ok ? 'ok' : outcome.failure.code,
        correlation,
      });
    return outcome;
  });
}
