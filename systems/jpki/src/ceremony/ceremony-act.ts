/**
 * A step of a ceremony by one person: who, for what purpose, with which result. An entry of the ledger in the transaction
 * that does it, refusals too. Steps take turns, so that what is checked first still holds.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { fail, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';

/** The role of an operator of the national site who takes part in ceremonies. */
export const CEREMONY_OFFICER = 'ceremony-officer';

/** Who acts. That they have the role, the caller has found out. */
export interface CeremonyOfficer {
  readonly operator: string;
  /** Why, in their words; no personal data. 1 to 500 bytes. */
  readonly purpose: string;
  readonly terminal: string;
  readonly correlation: string;
}

const PURPOSE_BYTES_MAX = 500;

/** Does the work in one transaction with its record; without a purpose there is no act to record. */
export function actInCeremony<T, Code extends string>(
  context: JpkiContext,
  by: CeremonyOfficer,
  affair: Step['affair'],
  work: (tx: Tx) => Promise<Result<T, Code>>,
): Promise<Result<T, Code | 'purpose-missing'>> {
  const { purpose } = by;
  if (purpose.trim() === '' || /[\p{Cc}]/u.test(purpose) || Buffer.byteLength(purpose) > PURPOSE_BYTES_MAX)
    return Promise.resolve(fail('purpose-missing', `1 to ${PURPOSE_BYTES_MAX} bytes in one line say why`));
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended('ceremonies', 0))`;
    const done = await work(tx);
    await recordStep(tx, context, by, { affair, result: done.ok ? 'ok' : done.failure.code });
    return done;
  });
}

interface Step {
  readonly affair: 'ceremony-propose' | 'ceremony-approve' | 'ceremony-finish';
  readonly result: string;
  /** SHA-256 of a transcript in hexadecimal: the ledger's tree then proves what was written. */
  readonly transcript?: string;
}

/** The entry of a step, in the transaction that does it. */
export const recordStep = (
  tx: Tx,
  { clock }: JpkiContext,
  { operator, terminal, correlation }: CeremonyOfficer,
  { affair, result, transcript }: Step,
): Promise<void> =>
  recordEntry(tx, {
    site: NATIONAL_SITE,
    at: clock.now(),
    actorKind: 'operator',
    actor: operator,
    terminal,
    article: '公的個人認証法 第39条',
    affair,
    subject: null,
    fields: ['authority-key'],
    result,
    correlation: transcript ?? correlation,
  });
