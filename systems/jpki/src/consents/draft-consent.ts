/**
 * A verifier asks for a statement that a holder may sign (docs/flows/verifiers.md step 6). Who is told and for what purpose
 * is what is registered, never what the verifier says. No person is known yet.
 */
import { randomUUID } from 'node:crypto';
import { addDays, dateInTokyo, endOfDateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';
import { type AskedServices, type PermitFailure, permitVerifier } from '../verifiers/permit-verifier.ts';
import type { VerifierCall } from '../verifiers/verifier-access.ts';
import { findVerifier } from '../verifiers/verifier-store.ts';
import { type ConsentItem, consentStatement } from './consent-statement.ts';

export type DraftConsentFailure = PermitFailure | 'consent-day-invalid';

export interface ConsentWish {
  /** Each once, at least one. */
  readonly items: readonly ConsentItem[];
  /** The last day of the consent, in Japan. */
  readonly lastDay: IsoDate;
}

export interface ConsentDraft {
  readonly id: string;
  readonly statement: string;
  /** Until when the signed statement may come, in milliseconds since the epoch. */
  readonly draftEndsAt: number;
}

/** What latest attributes, and consents to them, are asked under. */
export const ATTRIBUTE_SERVICE: AskedServices = {
  services: ['latest-attributes'],
  certificateKinds: ['signature'],
};

const DRAFT_MS = 15 * 60_000;
const CONSENT_DAYS_MAX = 1_827; // ours: five years, as long as a certificate
const SWEPT_AT_ONCE = 10;

export function draftConsent(
  context: JpkiContext,
  caller: VerifierCall,
  { items, lastDay }: ConsentWish,
): Promise<Result<ConsentDraft, DraftConsentFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const permit = await permitVerifier(tx, caller, ATTRIBUTE_SERVICE);
    if (!permit.ok) return permit;
    const now = context.clock.now();
    const today = dateInTokyo(now);
    if (lastDay < today || lastDay > addDays(today, CONSENT_DAYS_MAX))
      return fail('consent-day-invalid', `from today until ${CONSENT_DAYS_MAX} days from now`);
    const { verifier, title, purpose } = permit.value;
    const operator = verifier === caller.verifier ? undefined : await findVerifier(tx, caller.verifier);
    const id = randomUUID();
    const statement = consentStatement({
      id,
      recipient: { verifier, title },
      operator,
      purpose,
      items,
      draftedAt: now,
      lastDay,
    });
    const draftEndsAt = now + DRAFT_MS;
    await sweep(tx, now);
    await tx`
      INSERT INTO jpki.consent_draft (id, verifier, asked_by, purpose, items, statement, expires_at, draft_ends_at)
      VALUES (${id}, ${verifier}, ${caller.verifier}, ${purpose}, ${[...items]}, ${statement},
        ${new Date(endOfDateInTokyo(lastDay))}, ${new Date(draftEndsAt)})`;
    return ok({ id, statement, draftEndsAt });
  });
}

/** Each draft takes up to ten that are over with it: the table stays as large as some minutes' worth. */
const sweep = (tx: Tx, now: number) => tx`
  DELETE FROM jpki.consent_draft WHERE id IN (
    SELECT id FROM jpki.consent_draft WHERE draft_ends_at <= ${new Date(now)}
    ORDER BY draft_ends_at LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED)`;
