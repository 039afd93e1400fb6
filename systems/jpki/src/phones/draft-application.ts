/**
 * A phone asks for the statement that its holder will sign (docs/flows/phone-certificates.md step 1): its keys are read and
 * possession of both proved before anything is shown. No person is known yet.
 */
import { randomUUID } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import { type RequestFailure, readHolderKey } from '../issue/issue-order.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { applicationStatement } from './phone-statement.ts';

export interface PhoneRequests {
  /** 32 hexadecimal digits, drawn by the phone when the app is set up: tells nothing of its hardware. */
  readonly deviceId: string;
  /** PKCS#10 in DER, each signed with its own key. */
  readonly signatureRequest: Buffer;
  readonly authenticationRequest: Buffer;
}

export type DraftApplicationFailure =
  | RequestFailure
  | 'device-id-malformed'
  /** Each certificate has a key of its own. */
  | 'keys-not-distinct';

export interface ApplicationDraft {
  readonly id: string;
  readonly statement: string;
  /** Until when the signed statement may come, in milliseconds since the epoch. */
  readonly draftEndsAt: number;
}

const DRAFT_MS = 15 * 60_000;
const SWEPT_AT_ONCE = 10;
const DEVICE_ID = /^[0-9a-f]{32}$/;

export async function draftPhoneApplication(
  context: JpkiContext,
  requests: PhoneRequests,
): Promise<Result<ApplicationDraft, DraftApplicationFailure>> {
  const { deviceId, signatureRequest, authenticationRequest } = requests;
  if (!DEVICE_ID.test(deviceId)) return fail('device-id-malformed', '32 hexadecimal digits');
  const signatureKey = readHolderKey(signatureRequest, context);
  if (!signatureKey.ok) return signatureKey;
  const authenticationKey = readHolderKey(authenticationRequest, context);
  if (!authenticationKey.ok) return authenticationKey;
  if (Buffer.compare(signatureKey.value.der, authenticationKey.value.der) === 0)
    return fail('keys-not-distinct', 'one key for both certificates');
  const now = context.clock.now();
  const id = randomUUID();
  const statement = applicationStatement({ id, ...requests, draftedAt: now });
  const draftEndsAt = now + DRAFT_MS;
  await inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await sweep(tx, now);
    await tx`
      INSERT INTO jpki.phone_draft (id, device_id, signature_request, authentication_request, statement, draft_ends_at)
      VALUES (${id}, ${deviceId}, ${signatureRequest}, ${authenticationRequest}, ${statement}, ${new Date(draftEndsAt)})`;
  });
  return ok({ id, statement, draftEndsAt });
}

/** Each draft takes up to ten that are over with it: the table stays as large as some minutes' worth. */
const sweep = (tx: Tx, now: number) => tx`
  DELETE FROM jpki.phone_draft WHERE id IN (
    SELECT id FROM jpki.phone_draft WHERE draft_ends_at <= ${new Date(now)}
    ORDER BY draft_ends_at LIMIT ${SWEPT_AT_ONCE} FOR UPDATE SKIP LOCKED)`;
