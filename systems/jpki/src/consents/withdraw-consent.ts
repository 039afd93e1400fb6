/**
 * Withdrawal of a consent: signed by the holder with the signature key, or at a counter, where a clerk has made sure who the
 * holder is (docs/flows/verifiers.md step 8). It waits for an answer that is being given; from its commit on there is none.
 * Withdrawn again, nothing changes.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { lockPersons } from '../issue/issue-store.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { findSigner, type SignedStatement, type SignerFailure } from './consent-signature.ts';
import { type ConsentItem, withdrawalStatement } from './consent-statement.ts';
import { holderAccess, recordConsent } from './record-consent.ts';

/** The role of an operator of the national site who looks up and withdraws consents for holders. */
export const CONSENT_CLERK = 'consent-clerk';

/** Also where the consent is somebody else's: whose it is is not said. */
type UnknownConsent = 'consent-unknown';

export type WithdrawFailure = UnknownConsent | SignerFailure;

const AFFAIR = 'consent-withdrawal';

/** By the holder's signature over `withdrawalStatement(id)`. */
export function withdrawBySignature(
  context: JpkiContext,
  signed: SignedStatement & { readonly id: string; readonly correlation: string },
): Promise<Result<undefined, WithdrawFailure>> {
  const { id, correlation } = signed;
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const signer = await findSigner(tx, context, withdrawalStatement(id), signed);
    const residentCode = signer.ok ? signer.value.residentCode : undefined;
    const access = holderAccess(context, residentCode, { terminal: '', affair: AFFAIR, correlation });
    const check = signer.ok ? signer.value.check : signer;
    if (residentCode === undefined || !check.ok) {
      const result = check.ok ? 'certificate-unknown' : check.failure.code;
      await recordConsent(tx, context, { access, residentCode, fields: ['consent'], result });
      return check.ok ? fail('certificate-unknown', 'nobody’s certificate') : check;
    }
    return withdraw(tx, context, { id, residentCode, access, by: 'holder-signature' });
  });
}

/** By a clerk, for the holder in front of them. */
export function withdrawAtCounter(
  context: JpkiContext,
  access: Access,
  { id, residentCode }: { readonly id: string; readonly residentCode: string },
): Promise<Result<undefined, UnknownConsent>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    withdraw(tx, context, { id, residentCode, access, by: 'counter' }),
  );
}

interface Withdrawal {
  readonly id: string;
  readonly residentCode: string;
  readonly access: Access;
  readonly by: 'holder-signature' | 'counter';
}

async function withdraw(
  tx: Tx,
  context: JpkiContext,
  { id, residentCode, access, by }: Withdrawal,
): Promise<Result<undefined, UnknownConsent>> {
  await lockPersons(tx, [residentCode]); // as answers do
  const [consent] = await tx<{ isWithdrawn: boolean }[]>`
    SELECT withdrawn_at IS NOT NULL AS "isWithdrawn" FROM jpki.consent
    WHERE id = ${id} AND resident_code = ${residentCode}`;
  if (consent && !consent.isWithdrawn)
    await tx`
      UPDATE jpki.consent SET withdrawn_at = ${new Date(context.clock.now())}, withdrawn_by = ${by} WHERE id = ${id}`;
  const result = !consent ? 'consent-unknown' : consent.isWithdrawn ? 'already-withdrawn' : 'withdrawn';
  await recordConsent(tx, context, { access, residentCode, fields: ['consent'], result });
  return consent ? ok(undefined) : fail('consent-unknown', 'the holder has given no consent of this id');
}

/** A consent as its holder sees it. Instants are milliseconds since the epoch. */
export interface OwnConsent {
  readonly id: string;
  readonly verifier: string;
  readonly purpose: string;
  readonly items: readonly ConsentItem[];
  readonly givenAt: number;
  readonly expiresAt: number;
  readonly withdrawnAt: number | null;
}

const LISTED_MAX = 500;

/** The consents of a holder, the newest first; the look is on the ledger. */
export function consentsOf(
  context: JpkiContext,
  access: Access,
  residentCode: string,
): Promise<readonly OwnConsent[]> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const rows = await tx<(Omit<OwnConsent, 'givenAt' | 'expiresAt' | 'withdrawnAt'> & ConsentTimes)[]>`
      SELECT id::text, verifier, purpose, items, given_at, expires_at, withdrawn_at FROM jpki.consent
      WHERE resident_code = ${residentCode} ORDER BY given_at DESC, id LIMIT ${LISTED_MAX}`;
    await recordConsent(tx, context, { access, residentCode, fields: ['consent'], result: 'ok' });
    return rows.map(({ given_at, expires_at, withdrawn_at, ...row }) => ({
      ...row,
      givenAt: given_at.getTime(),
      expiresAt: expires_at.getTime(),
      withdrawnAt: withdrawn_at?.getTime() ?? null,
    }));
  });
}

interface ConsentTimes {
  readonly given_at: Date;
  readonly expires_at: Date;
  readonly withdrawn_at: Date | null;
}
