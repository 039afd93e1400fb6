/**
 * The kiosk collects the paper, once: what is handed out is compared with the request a last time, the request becomes
 * `delivered`, the certificate can be verified from now on, and the bytes are deleted, all in one transaction.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { sendAll } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { CertificatesContext } from '../certificates-context.ts';
import { AT_CENTRE } from './at-centre.ts';
import { centreEntry } from './centre-entry.ts';
import { outcomeMessage } from './outcome-message.ts';
import { deleteDocuments, type KioskRequest, lockRequests, moveRequests } from './request-store.ts';
import { isSuspended } from './suspensions.ts';

export type TakeFailure =
  | 'request-unknown'
  | 'document-token-wrong'
  | 'document-not-ready'
  | 'document-already-delivered'
  | 'request-expired'
  | 'request-refused'
  | 'request-stopped'
  | 'issue-suspended';

export interface TakenDocument {
  readonly requestId: string;
  readonly certificateId: string;
  readonly sha256: string;
  readonly bytes: Buffer;
}

/** Hands the document of a request to whoever has its token. */
export async function takeDocument(
  context: CertificatesContext,
  requestId: string,
  token: string,
): Promise<Result<TakenDocument, TakeFailure>> {
  const taken = await inTransaction(context.sql, AT_CENTRE, async (tx) => {
    const request = (await lockRequests(tx, [requestId])).get(requestId);
    if (!request) return fail('request-unknown', 'there is no such request');
    if (!isTokenOf(request, token))
      return fail('document-token-wrong', 'the token is not that of the request');
    if (request.state !== 'rendered') return notReady(request);
    return deliver(tx, context, request);
  });
  context.wake();
  return taken;
}

function isTokenOf({ tokenSha256 }: KioskRequest, token: string): boolean {
  return tokenSha256 !== null && timingSafeEqual(createHash('sha256').update(token).digest(), tokenSha256);
}

function notReady({ state }: KioskRequest): Result<never, TakeFailure> {
  if (state === 'delivered') return fail('document-already-delivered', 'the document was handed out');
  if (state === 'timed-out') return fail('request-expired', 'the time of the request is over');
  if (state === 'refused') return fail('request-refused', 'the request was refused');
  if (state === 'stopped') return fail('request-stopped', 'the request was stopped');
  return fail('document-not-ready', 'the municipality has not answered yet');
}

async function deliver(
  tx: Tx,
  context: CertificatesContext,
  request: KioskRequest,
): Promise<Result<TakenDocument, TakeFailure>> {
  const { requestId, municipality, certificateId, sha256, subject } = request;
  if (municipality === null || certificateId === null || sha256 === null || subject === null)
    throw new Error('a rendered request lacks what was rendered');
  const now = new Date(context.clock.now());
  if (request.deadlineAt.getTime() <= now.getTime()) {
    await endWithoutPaper(tx, request, 'time-out', 'request-expired', now);
    return fail('request-expired', 'the time of the request is over');
  }
  if (await isSuspended(tx, municipality, request.class)) {
    await endWithoutPaper(tx, request, 'refuse', 'issue-suspended', now);
    return fail('issue-suspended', 'issue at kiosks is suspended for the municipality');
  }
  const [row] = await tx<{ bytes: Buffer }[]>`
    SELECT bytes FROM certificates.national_document
    WHERE request_id = ${requestId} AND certificate_id = ${certificateId}`;
  if (!row || createHash('sha256').update(row.bytes).digest('hex') !== sha256)
    throw new Error('a document is not the one that was compared');
  await moveRequests(tx, [{ request, event: 'deliver' }], now);
  await tx`
    INSERT INTO certificates.national_certificate (certificate_id, request_id, class, municipality_code, issued_on,
      pages, sha256)
    VALUES (${certificateId}, ${requestId}, ${request.class}, ${municipality}, ${request.issuedOn}, ${request.pages},
      ${sha256})`;
  await deleteDocuments(tx, [requestId]);
  await recordEntry(tx, centreEntry(request, subject, now.getTime(), ['certificate'], 'ok'));
  await sendAll(tx, [outcomeMessage(request, 'delivered', now)]);
  return ok({ requestId, certificateId, sha256, bytes: row.bytes });
}

async function endWithoutPaper(
  tx: Tx,
  request: KioskRequest,
  event: 'time-out' | 'refuse',
  code: string,
  now: Date,
): Promise<void> {
  await moveRequests(tx, [{ request, event, code }], now);
  await deleteDocuments(tx, [request.requestId]);
  await sendAll(tx, [outcomeMessage(request, event === 'time-out' ? 'timed-out' : 'refused', now)]);
}
