/** A person stands at a kiosk: the request gets its id, once and for all hops, and the card its challenge. */
import { randomBytes } from 'node:crypto';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { CertificateWish } from '../certificate-class.ts';
import type { CertificatesContext } from '../certificates-context.ts';
import { isOpen } from '../kiosk-hours.ts';
import { AT_CENTRE } from './at-centre.ts';
import { SUBMIT_MS } from './request-times.ts';

export type OpenFailure = 'outside-hours';

export interface OpenedRequest {
  readonly requestId: string;
  /** What the card is to sign. */
  readonly challenge: Buffer;
  readonly expiresAt: Date;
}

/** What challenges of kiosks are for. */
export const CHALLENGE_PURPOSE = 'kiosk-certificate';

/** Opens a request. `kiosk` names the terminal and holds no long run of digits. */
export async function openRequest(
  context: CertificatesContext,
  kiosk: string,
  wish: CertificateWish,
): Promise<Result<OpenedRequest, OpenFailure>> {
  if (!context.alwaysOpen && !isOpen(context.clock, wish.class))
    return fail('outside-hours', 'kiosks issue from 6:30 to 23:00, not from 29 December to 3 January');
  const challenge = await context.challenges.create(CHALLENGE_PURPOSE);
  const now = context.clock.now();
  const requestId = randomBytes(16).toString('hex');
  const expiresAt = new Date(Math.min(now + SUBMIT_MS, challenge.expiresAt.getTime()));
  await inTransaction(context.sql, AT_CENTRE, async (tx) => {
    await tx`
      INSERT INTO certificates.national_request (request_id, state, step, deadline_at, class, extent,
        with_relationship, with_domicile, kiosk, challenge_id, opened_at)
      VALUES (${requestId}, 'opened', 1, ${expiresAt}, ${wish.class}, ${wish.extent}, ${wish.withRelationship},
        ${wish.withDomicile}, ${kiosk}, ${challenge.id}, ${new Date(now)})`;
    await tx`
      INSERT INTO certificates.national_history (request_id, step, event, state, at)
      VALUES (${requestId}, 1, 'open', 'opened', ${new Date(now)})`;
  });
  return ok({ requestId, challenge: challenge.nonce, expiresAt });
}
