/**
 * A statement that its holder has signed becomes a consent (docs/flows/verifiers.md step 6): signature, path and revocation
 * are checked, and what was signed is stored with the ledger entry, in one transaction. The same again changes nothing.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';
import { type PermitFailure, permitVerifier } from '../verifiers/permit-verifier.ts';
import type { VerifierCall } from '../verifiers/verifier-access.ts';
import {
  findSigner,
  type SignedStatement,
  type SignerFailure,
  type StatementSigner,
} from './consent-signature.ts';
import type { ConsentItem } from './consent-statement.ts';
import { ATTRIBUTE_SERVICE } from './draft-consent.ts';
import { holderAccess, recordConsent } from './record-consent.ts';

export type GiveConsentFailure =
  | PermitFailure
  | SignerFailure
  /** No statement of this id waits for a signature at this verifier, or the time for it is over. */
  | 'consent-draft-unknown';

export interface GivenConsent {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

interface WaitingDraft {
  readonly id: string;
  readonly statement: string;
  readonly items: readonly ConsentItem[];
  readonly verifier: string;
  readonly expiresAt: Date;
}

export function giveConsent(
  context: JpkiContext,
  caller: VerifierCall,
  signed: SignedStatement & { readonly id: string },
): Promise<Result<GivenConsent, GiveConsentFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const permit = await permitVerifier(tx, caller, ATTRIBUTE_SERVICE);
    if (!permit.ok) return permit;
    const { verifier } = permit.value;
    const known = await findGiven(tx, caller, verifier, signed);
    if (known) return ok(known);
    const draft = await lockDraft(tx, context, caller, verifier, signed.id);
    if (!draft) return fail('consent-draft-unknown', 'no statement of this id waits for a signature');
    const signer = await findSigner(tx, context, draft.statement, signed);
    const check = signer.ok ? signer.value.check : signer;
    if (signer.ok && check.ok) await store(tx, context, draft, signer.value, signed);
    const residentCode = signer.ok ? signer.value.residentCode : undefined;
    await recordConsent(tx, context, {
      access: holderAccess(context, residentCode, {
        terminal: verifier,
        affair: 'consent',
        correlation: caller.correlation,
      }),
      residentCode,
      fields: draft.items,
      result: check.ok ? 'ok' : check.failure.code,
    });
    return check.ok ? ok({ id: draft.id, expiresAt: draft.expiresAt.getTime() }) : check;
  });
}

/** The consent that the very same signature gave before. */
async function findGiven(
  tx: Tx,
  caller: VerifierCall,
  verifier: string,
  { id, signature }: SignedStatement & { readonly id: string },
): Promise<GivenConsent | undefined> {
  const [row] = await tx<{ id: string; expiresAt: Date }[]>`
    SELECT id::text, expires_at AS "expiresAt" FROM jpki.consent
    WHERE id = ${id} AND verifier = ${verifier} AND asked_by = ${caller.verifier}
      AND signature = ${Buffer.from(signature)} AND withdrawn_at IS NULL`;
  return row && { id: row.id, expiresAt: row.expiresAt.getTime() };
}

async function lockDraft(
  tx: Tx,
  context: JpkiContext,
  caller: VerifierCall,
  verifier: string,
  id: string,
): Promise<WaitingDraft | undefined> {
  const now = new Date(context.clock.now());
  const [row] = await tx<WaitingDraft[]>`
    SELECT id::text, statement, items, verifier, expires_at AS "expiresAt" FROM jpki.consent_draft
    WHERE id = ${id} AND verifier = ${verifier} AND asked_by = ${caller.verifier}
      AND draft_ends_at > ${now} AND expires_at > ${now} FOR UPDATE`;
  return row;
}

async function store(
  tx: Tx,
  context: JpkiContext,
  { id }: WaitingDraft,
  { residentCode, serial }: StatementSigner,
  { signature }: SignedStatement,
): Promise<void> {
  await tx`
    WITH draft AS (DELETE FROM jpki.consent_draft WHERE id = ${id} RETURNING *)
    INSERT INTO jpki.consent (id, verifier, asked_by, purpose, items, statement, resident_code, serial, signature,
      given_at, expires_at)
    SELECT id, verifier, asked_by, purpose, items, statement, ${residentCode}, ${serial}, ${Buffer.from(signature)},
      ${new Date(context.clock.now())}, expires_at FROM draft`;
}
