/**
 * An act of an officer upon a verifier: who, for what purpose, with which result. A row of `jpki.verifier_act` and a ledger
 * entry in the transaction that does it, refusals too. Acts take turns, so that what is checked first still holds.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { fail, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';
import { lockVerifier } from './verifier-store.ts';
import { verifierName } from './verifier-terms.ts';

/** The role of an operator of the national site who registers verifiers. */
export const VERIFIER_OFFICER = 'verifier-officer';

/** Who acts. That they have the role, the caller has found out. */
export interface VerifierOfficer {
  readonly operator: string;
  /** Why, in their words; no personal data. 1 to 500 bytes. */
  readonly purpose: string;
  readonly terminal: string;
  readonly correlation: string;
}

interface ActOnVerifier {
  /** `verifier-register`, `verifier-suspend`, … */
  readonly act: string;
  readonly verifier: string;
  readonly proposal?: string;
}

const PURPOSE_BYTES_MAX = 500;

/** Does the work in one transaction with its record; without a purpose there is no act to record. */
export function actOnVerifier<T, Code extends string>(
  context: JpkiContext,
  by: VerifierOfficer,
  acted: ActOnVerifier,
  work: (tx: Tx) => Promise<Result<T, Code>>,
): Promise<Result<T, Code | 'purpose-missing'>> {
  if (by.purpose.trim() === '' || Buffer.byteLength(by.purpose) > PURPOSE_BYTES_MAX)
    return Promise.resolve(fail('purpose-missing', `1 to ${PURPOSE_BYTES_MAX} bytes say why`));
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended('verifiers', 0))`;
    await lockVerifier(tx, acted.verifier);
    const done = await work(tx);
    await record(tx, context, by, acted, done.ok ? 'ok' : done.failure.code);
    return done;
  });
}

async function record(
  tx: Tx,
  { clock, pseudonyms }: JpkiContext,
  by: VerifierOfficer,
  { act, verifier, proposal }: ActOnVerifier,
  result: string,
): Promise<void> {
  const at = clock.now();
  const named = verifierName.safeParse(verifier).success ? verifier : null;
  await tx`
    INSERT INTO jpki.verifier_act (at, act, operator, purpose, correlation, verifier, proposal, result)
    VALUES (${new Date(at)}, ${act}, ${by.operator}, ${by.purpose}, ${by.correlation}, ${named}, ${proposal ?? null},
      ${result})`;
  await recordEntry(tx, {
    site: NATIONAL_SITE,
    at,
    actorKind: 'operator',
    actor: by.operator,
    terminal: by.terminal,
    article: '公的個人認証法 第17条',
    affair: act,
    subject: named === null ? null : pseudonyms.of(NATIONAL_SITE, named),
    fields: ['verifier'],
    result,
    correlation: by.correlation,
  });
}
